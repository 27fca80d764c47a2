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
    #expect(terminal.shown.contains("Database backups taken before 20"))
    func retired() async throws -> Int {
      let status = try JSON(
        try await folder.run("vault", "status", "--json", environment: environment).must())
      return status["versions"].items.count { $0["retired_at"] != .null }
    }
    #expect(try await retired() == 0)
    _ = try await folder.run(retire + ["--yes"], environment: environment).must()
    #expect(try await retired() == 1)
  }
}
