import Foundation
import TestSupport
import Testing

extension CommandLineTools {
  @Test("an owner makes, lists and revokes keys, and reads and exports what was done with them")
  func keysAndAudit() async throws {
    let world = try await JourneyWorld()
    let folder = try CommandFolder()
    // Their files are used to the end.
    defer { withExtendedLifetime((world, folder)) {} }
    func run(_ arguments: String..., key: String? = nil) async throws -> CommandFolder.Outcome {
      try await folder.run(
        ["brand"] + arguments,
        environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": key ?? world.brand.key])
    }
    func text(_ outcome: CommandFolder.Outcome) -> String {
      String(decoding: outcome.must(), as: UTF8.self)
    }
    let made = try await run("key", "create", "--role", "engineer", "--label", "=Ada")
    let secret = text(made).trimmingCharacters(in: .newlines)
    // The secret alone on standard output; what it is, beside it.
    #expect(!made.errors.contains(secret) && made.errors.contains("shown this once"))
    #expect(made.errors.hasPrefix("key_") && made.errors.contains("  engineer  =Ada\n"))
    #expect(secret.hasPrefix("evp_live_"))
    _ = try await run("designs", key: secret).must()
    try await run("keys", key: secret).isRefused("auth.role")
    // What an option says wrongly is wrong usage, whoever finds it out.
    for wrong in [
      ["key", "create", "--role", "king", "--label", "x"], ["keys", "--role", "boss"],
      ["audit", "--action", "nope"], ["audit", "--since", "yesterday"],
      ["audit", "--export", folder.path("no"), "--limit", "5"],
    ] {
      let outcome = try await folder.run(
        ["brand"] + wrong,
        environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.brand.key])
      #expect(outcome.code == 2, "\(wrong): \(outcome.errors)")
    }
    // One letter too early, as typed by hand; nobody is asked.
    let mistyped = String(secret.dropLast()) + (secret.hasSuffix("a") ? "b" : "a")
    try await run("keys", "--server", "http://127.0.0.1:1", key: mistyped)
      .isRefused("cli.key_mistyped")

    let listed = try JSON(try await run("keys", "--role", "engineer", "--json").must())
    #expect(listed.items.count == 1 && listed[0]["label"] == "=Ada")
    #expect(!listed[0]["last_used_at"].text.isEmpty)
    #expect(text(try await run("keys")).contains("last used"))
    let id = listed[0]["id"].text
    #expect(text(try await run("key", "revoke", id)) == "revoked\n")
    try await run("designs", key: secret).isRefused("auth.invalid")
    let owners = try JSON(try await run("keys", "--role", "owner", "--json").must())
    try await run("key", "revoke", owners[0]["id"].text).isRefused("key.last_owner")

    func operate(_ arguments: String...) async throws -> CommandFolder.Outcome {
      try await folder.run(
        ["operator"] + arguments,
        environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.operatorKey])
    }
    let operators = try JSON(try await operate("keys", "--json").must())
    #expect(operators.items.map { $0["role"] } == ["operator"])
    try await operate("revoke-key", "operator", operators[0]["id"].text)
      .isRefused("key.last_operator")
    #expect(text(try await operate("add-key", "operator", "--label", "y")).hasPrefix("evp_live_"))
    for wrong in [
      ["add-key", "operator", "--role", "engineer"], ["keys", "foo"],
      ["quota", "brd_1", "--storage-gib", "0"],
    ] {
      let outcome = try await folder.run(
        ["operator"] + wrong,
        environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.operatorKey])
      #expect(outcome.code == 2, "\(wrong): \(outcome.errors)")
    }

    let entries = try JSON(try await run("audit", "--key", id, "--json").must()).items
    #expect(entries.map { $0["action"] } == ["api_key.revoked", "api_key.made"])
    let shown = text(try await run("audit", "--action", "api_key.revoked"))
    #expect(shown.contains(id) && shown.contains("owner \(owners[0]["id"].text)"))
    try folder.files.write("kept".utf8, to: "all.csv")
    try await run("audit", "--export", folder.path("all.csv")).isRefused("file.exists")
    #expect(try folder.files.read("all.csv") == Array("kept".utf8))
    for (name, more) in [("all.jsonl", [String]()), ("all.csv", ["--force"])] {
      let written = try await folder.run(
        ["brand", "audit", "--export", folder.path(name)] + more,
        environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.brand.key])
      #expect(text(written).hasPrefix("Written  \(folder.path(name))  "))
    }
    let lines = try folder.files.read("all.jsonl").split(separator: UInt8(ascii: "\n"))
    let table = String(decoding: try folder.files.read("all.csv"), as: UTF8.self)
    #expect(lines.count == 4 && table.split(separator: "\r\n").count == 5)
    #expect(!table.contains(secret))
    // A pipe is opened once: who reads it would take a second time for the end.
    let line = #"""
      mkfifo "$1"
      timeout 30 "$0" brand audit --export "$1" > /dev/null &
      timeout 30 cat "$1"; wait $!
      """#
    let piped = try folder.start(
      ["-c", line, try Product.require(), folder.path("pipe.csv")], of: "/bin/sh",
      environment: ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.brand.key])
    #expect(try await folder.outcome(of: piped).must() == Array(table.utf8))
  }
}
