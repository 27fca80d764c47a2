import Foundation
import TestSupport
import Testing

extension CommandLineTools {
  @Test("a passphrase comes from the environment or a prompt without echo")
  func passphrase() async throws {
    let folder = try CommandFolder()
    let file = try folder.files.write("a design".utf8, to: "plain")
    let sealed = folder.path("sealed")
    let given = ["EVERPART_PASSPHRASE": "correct horse"]
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
    try await terminal.answer("Passphrase: ", with: "correct horse")
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
    try await terminal.answer("Passphrase: ", with: "one thing")
    try await terminal.answer("Again, to be sure: ", with: "another")
    try await folder.outcome(of: seal).isRefused("cli.passphrase")
    #expect(!terminal.look().contains("thing") && !terminal.shown.contains("another"))
    #expect(try folder.files.files() == [])
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
