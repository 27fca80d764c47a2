import Foundation
import Glibc
import TestSupport
import Testing

extension CommandLineTools {
  private static let age = ["/usr/bin/age", "/usr/local/bin/age"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test("a key ring with a passphrase: asked for, from a file, wrong, missing, and in use")
  func keyRingPassphrase() async throws {
    let folder = try CommandFolder()
    let ring = folder.path("keys/ring.json")
    let serve = [
      "serve", "--preview-width", "0", "--json", "--port", "0", "--data", folder.path("data"),
      "--key-ring", ring,
      "--log-level", "error",
    ]
    func file(_ name: String, _ text: String) throws -> String {
      let path = try folder.files.write(text.utf8, to: name)
      chmod(path, 0o600)
      return path
    }
    let (first, second) = (
      try file("first", "correct horse battery\n"), try file("second", "battery staple horse")
    )
    try await folder.run("vault", "passphrase", "--key-ring", ring, "--new-passphrase-file", first)
      .isRefused("key_ring.storage")
    let short = try file("short", "correct horse\n")
    try await folder.run(serve + ["--key-ring-passphrase-file", short])
      .isRefused("key_ring.passphrase")
    #expect(!FileManager.default.fileExists(atPath: ring))
    // The first start seals it.
    var server = try folder.start(serve + ["--key-ring-passphrase-file", first])
    try await ready(server)
    try await folder.run(
      "vault", "passphrase", "--key-ring", ring, "--key-ring-passphrase-file", first, "--remove"
    ).isRefused("key_ring.in_use")
    server.kill()

    try await folder.run(serve).isRefused("key_ring.passphrase")
    try await folder.run(serve + ["--key-ring-passphrase-file", second])
      .isRefused("key_ring.passphrase")
    try await folder.run(serve + ["--key-ring-passphrase-file", folder.path("none")])
      .isRefused("key_ring.storage")
    chmod(first, 0o644)
    try await folder.run(serve + ["--key-ring-passphrase-file", first])
      .isRefused("key_ring.mode")
    chmod(first, 0o600)
    _ = try await folder.run(
      "vault", "passphrase", "--key-ring", ring, "--key-ring-passphrase-file", first,
      "--new-passphrase-file", second
    ).must()
    #expect(try folder.mode("keys/ring.json") == 0o600)
    try await folder.run(
      "vault", "passphrase", "--key-ring", ring, "--key-ring-passphrase-file", second,
      "--new-passphrase-file", short
    ).isRefused("key_ring.passphrase")
    try await folder.run(serve + ["--key-ring-passphrase-file", first])
      .isRefused("key_ring.passphrase")

    // On a terminal it asks.
    let terminal = try PseudoTerminal()
    server = try folder.start(serve, input: terminal.path)
    try await terminal.answer("Passphrase of the key ring: ", with: "battery staple horse")
    try await ready(server)
    #expect(!terminal.look().contains("battery"), "the terminal showed what was typed")
    server.kill()

    _ = try await folder.run(
      "vault", "passphrase", "--key-ring", ring, "--remove",
      environment: ["EVERPART_PASSPHRASE": "battery staple horse"]
    ).must()
    try await folder.run(serve + ["--key-ring-passphrase-file", second])
      .isRefused("key_ring.passphrase")
    let change = try folder.start(
      ["vault", "passphrase", "--key-ring", ring], input: terminal.path)
    try await terminal.answer("New passphrase of the key ring: ", with: "a third passphrase")
    try await terminal.answer("Again, to be sure: ", with: "a third passphrase")
    _ = try await folder.outcome(of: change).must()
    #expect(
      String(decoding: try folder.files.read("keys/ring.json"), as: UTF8.self)
        .hasPrefix("-----BEGIN AGE"))
  }

  @Test(
    "a first import that fails has told of the key ring that it made, for the next one finds it")
  func importTellsOfKeyRing() async throws {
    let folder = try CommandFolder()
    let key = folder.path("key.txt")
    _ = try await folder.run("keygen", "-o", key).must()
    try folder.files.write("no archive".utf8, to: "brand.tar")
    func run(_ more: String...) async throws -> CommandFolder.Outcome {
      try await folder.run(
        [
          "vault", "import", folder.path("brand.tar"), "-i", key, "--data", folder.path("data"),
          "--key-ring", folder.path("keys/ring.json"),
        ] + more)
    }
    let first = try await run()
    first.isRefused("archive.layout")
    #expect(first.text.hasPrefix("Key ring made: \(folder.path("keys/ring.json")). Back it up now"))
    let second = try await run("--json")
    second.isRefused("archive.layout")
    #expect(second.text.isEmpty)
  }

  @Test("the age command opens a sealed key ring", .enabled(if: age != nil, "needs age"))
  func ageOpensKeyRing() async throws {
    let folder = try CommandFolder()
    let ring = folder.path("keys/ring.json")
    let passphrase = try folder.files.write("correct horse battery\n".utf8, to: "passphrase")
    chmod(passphrase, 0o600)
    let server = try folder.start([
      "serve", "--preview-width", "0", "--json", "--port", "0", "--data", folder.path("data"),
      "--key-ring", ring,
      "--key-ring-passphrase-file", passphrase,
    ])
    try await ready(server)
    server.kill()
    let terminal = try PseudoTerminal()
    let open = try folder.start(["-d", ring], of: Self.age, input: terminal.path)
    try await terminal.answer("Enter passphrase", with: "correct horse battery")
    let opened = try JSON(try await folder.outcome(of: open).must())
    #expect(opened["format"] == "everpart-key-ring-1")
    #expect(opened["wrapping_keys"].items.count == 1)
  }

  private func ready(_ server: Child) async throws {
    try await eventually("the server") { () -> Bool? in
      try #require(server.isRunning)
      return server.text.contains("\"ready\"") ? true : nil
    }
  }
}
