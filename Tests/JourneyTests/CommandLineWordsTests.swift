import Foundation
import TestSupport
import Testing

extension CommandLineTools {
  @Test("a version of the wrapping key is destroyed only after a yes")
  func retire() async throws {
    let world = try await JourneyWorld()
    let folder = try CommandFolder()
    defer { withExtendedLifetime((world, folder)) {} }
    let environment = ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.operatorKey]
    _ = try await folder.run("vault", "rotate", environment: environment).must()
    let retire = ["vault", "retire", "1"]
    try await folder.run(retire, environment: environment).isRefused("key_version.confirm")
    let terminal = try PseudoTerminal()
    let asked = try folder.start(retire, input: terminal.path, environment: environment)
    try await terminal.answer("Retire version 1? [y/N] ", with: "")
    try await folder.outcome(of: asked).isRefused("key_version.not_confirmed")
    #expect(terminal.shown.contains("Database backups"))
    func retired() async throws -> Int {
      let status = try JSON(
        try await folder.run("vault", "status", "--json", environment: environment).must())
      return status["versions"].items.count { $0["retired_at"] != .null }
    }
    #expect(try await retired() == 0)
    _ = try await folder.run(retire + ["--yes"], environment: environment).must()
    #expect(try await retired() == 1)
  }

  @Test("the server's log has no line for what was only read, and no colours in a file")
  func log() async throws {
    let folder = try CommandFolder()
    defer { withExtendedLifetime(folder) {} }
    let terminal = try PseudoTerminal()
    let log = folder.path("log")
    let server = try Child(
      try Product.require(),
      [
        "serve", "--json", "--port", "0", "--data", folder.path("data"), "--key-ring",
        folder.path("keys/ring.json"),
      ], output: terminal.path, errors: log, environment: ["TERM": "xterm"], ownSession: true)
    let lines = try await eventually("the server") { () -> [JSON]? in
      let lines = terminal.look().split(whereSeparator: \.isNewline)
        .compactMap { try? JSON($0.utf8) }
      return lines.contains { $0["event"] == "ready" } ? lines : nil
    }
    let url = lines.first { $0["event"] == "ready" }?["url"].text ?? ""
    let key = lines.first { $0["event"] == "operator_key" }?["key"].text ?? ""
    _ = try await folder.run(
      "operator", "tenants", "--server", url, environment: ["EVERPART_KEY": key]
    ).must()
    try await folder.run(
      "operator", "tenants", "--server", url, environment: ["EVERPART_KEY": SampleKey.unknown]
    ).isRefused("auth.invalid")
    _ = try await folder.run(
      "operator", "add-brand", "A", "--server", url, environment: ["EVERPART_KEY": key]
    ).must()
    let text = try await eventually("the log") { () -> String? in
      let text = try String(contentsOfFile: log, encoding: .utf8)
      return text.contains("status=201") ? text : nil
    }
    #expect(text.contains("status=401") && !text.contains("status=200"), "\(text)")
    #expect(!text.contains("\u{1B}"), "\(text)")

    // A port that is taken is said before anything is made, and nothing else is.
    let port = String(url.split(separator: ":").last ?? "")
    try await folder.run(
      "serve", "--port", port, "--data", folder.path("other"), "--key-ring",
      folder.path("other-keys/ring.json")
    ).isRefused("server.address")
    #expect(try !folder.files.files().contains { $0.hasPrefix("other") })
    server.kill()
  }

  @Test("what is wrong is said so that it can be mended")
  func words() async throws {
    let folder = try CommandFolder()
    let recipient = try await folder.key("key")
    let file = try folder.files.write("x".utf8, to: "file")
    let identity = String(decoding: try folder.files.read("key"), as: UTF8.self)
    for wrong in ["age1pq1nobody", identity] {
      let seal = try await folder.run("seal", "-a", "-r", recipient, "-r", wrong, file)
      #expect(seal.code == 1 && seal.errors.contains("sealing.key: --recipient no. 2"))
      #expect(!seal.errors.contains("AGE-SECRET"))
    }
    let away = try await folder.run(
      "brand", "designs", "--server", "http://127.0.0.1:1",
      environment: ["EVERPART_KEY": SampleKey.unknown])
    away.isRefused("http.connect_failed")
    #expect(away.errors.contains("EVERPART_SERVER"))
    try await folder.run("demo", "--directory", folder.path("")).isRefused("file.exists")
    #expect(try await folder.run("--version").text.hasPrefix("everpart "))
    let open = try await folder.run(
      "inspect", Repository.path("Fixtures/meshes/cube_open.stl"))
    #expect(open.text.contains("volume        –, convex hull 8 cm³\n"), "\(open.text)")
  }
}
