import Foundation
import Sealing
import TestSupport
import Testing

extension CommandLineTools {
  @Test("a passphrase comes from the environment or a prompt without echo")
  func passphrase() async throws {
    let folder = try CommandFolder()
    let file = try folder.files.write("a design".utf8, to: "plain")
    let sealed = folder.path("sealed")
    let given = ["EVERPART_PASSPHRASE": "correct horse battery"]
    let seal = ["seal", "-p", "-o", sealed, file]
    try await folder.run(seal).isRefused("cli.passphrase")
    try await folder.run(seal, environment: ["EVERPART_PASSPHRASE": ""])
      .isRefused("cli.passphrase")
    #expect(try folder.files.files() == ["plain"])
    _ = try await folder.run(seal, environment: given).must()
    #expect(
      try await folder.run("open", sealed, environment: given).must() == Array("a design".utf8))
    let wrong = try await folder.run(
      "open", "-o", folder.path("out"), sealed, environment: ["EVERPART_PASSPHRASE": "wrong"])
    wrong.isRefused("sealing.no_match")

    let terminal = try PseudoTerminal()
    let open = try folder.start(["open", sealed], input: terminal.path)
    try await terminal.answer("Passphrase: ", with: "correct horse battery")
    #expect(try await folder.outcome(of: open).must() == Array("a design".utf8))
    #expect(!terminal.look().contains("correct"), "the terminal showed what was typed")
    #expect(try folder.files.files() == ["plain", "sealed"])
  }

  @Test("a new passphrase is asked for twice")
  func confirmation() async throws {
    let folder = try CommandFolder()
    let terminal = try PseudoTerminal()
    let seal = try folder.start(
      ["seal", "-p", "-o", folder.path("sealed"), "/dev/null"], input: terminal.path)
    try await terminal.answer("Passphrase: ", with: "one thing and more")
    try await terminal.answer("Again, to be sure: ", with: "another")
    try await folder.outcome(of: seal).isRefused("cli.passphrase")
    #expect(!terminal.look().contains("thing") && !terminal.shown.contains("another"))
    #expect(try folder.files.files() == [])
  }

  @Test("a short passphrase seals and opens, as with age")
  func shortPassphrase() async throws {
    let folder = try CommandFolder()
    let file = try folder.files.write("a design".utf8, to: "plain")
    let (sealed, short) = (folder.path("sealed"), ["EVERPART_PASSPHRASE": "x"])
    _ = try await folder.run(["seal", "-p", "-o", sealed, file], environment: short).must()
    #expect(
      try await folder.run("open", sealed, environment: short).must() == Array("a design".utf8))
  }

  @Test("an identity file under a passphrase opens what an open one does, as with age")
  func sealedIdentity() async throws {
    let folder = try CommandFolder()
    let recipient = try await folder.key("identity")
    let plain = try folder.files.write("a design".utf8, to: "plain")
    let file = folder.path("file.age")
    _ = try await folder.run("seal", "-r", recipient, "-o", file, plain).must()
    let given = ["EVERPART_PASSPHRASE": "correct horse battery"]
    let identity = try folder.files.read("identity")
    for options in [[], ["-a"]] {
      let sealed = folder.path("identity.age")
      _ = try await folder.run(
        ["seal", "-p", "-o", sealed] + options + [folder.path("identity")], environment: given
      ).must()
      let open = ["open", "-i", sealed, file]
      #expect(try await folder.run(open, environment: given).must() == Array("a design".utf8))
      let wrong = try await folder.run(open, environment: ["EVERPART_PASSPHRASE": "wrong"])
      wrong.isRefused("cli.passphrase")
      #expect(wrong.errors.contains("identity.age"))
      let terminal = try PseudoTerminal()
      let asked = try folder.start(open, input: terminal.path)
      try await terminal.answer(
        "Passphrase of \(sealed): ", with: "correct horse battery")
      #expect(try await folder.outcome(of: asked).must() == Array("a design".utf8))
    }
    // What is no identity inside is none outside.
    let other = try folder.files.write(try Self.sealed([1, 2, 3], "x"), to: "other.age")
    try await folder.run("open", "-i", other, file, environment: ["EVERPART_PASSPHRASE": "x"])
      .isRefused("sealing.key")
    #expect(try folder.files.read("identity") == identity)
  }

  /// Sealed with a passphrase as a program without a minimum does it.
  private static func sealed(_ plain: [UInt8], _ passphrase: String) throws -> [UInt8] {
    var random = SeededGenerator(seed: 71)
    return try AgeSealer.seal(plain, to: .passphrase(passphrase, workFactor: 4), using: &random)
  }

  @Test("no process that the executable starts inherits a passphrase or key")
  func inheritance() async throws {
    let folder = try CommandFolder()
    defer { withExtendedLifetime(folder) {} }
    let demo = try folder.start(
      ["demo", "--directory", folder.path("demo"), "--parts", Repository.path("Fixtures/parts")],
      environment: [
        "EVERPART_PASSPHRASE": "correct horse", "EVERPART_KEY": "battery staple",
        "EVERPART_SERVER": "inherited",
      ])
    let inherited = try await eventually("the demonstration's server") {
      demo.environment(ofChild: "serve")
    }
    demo.terminate()
    try await eventually("the demonstration's end") { demo.status }
    #expect(inherited.contains("EVERPART_SERVER=inherited"))
    #expect(!inherited.contains { $0.contains("correct horse") || $0.contains("battery staple") })
  }
}
