import Foundation
import HTTPClient
import TestSupport
import Testing

extension CommandLineTools {
  @Test("an owner types the name of what is shredded, and reads what is left to do")
  func shredding() async throws {
    let world = try await JourneyWorld()
    let folder = try CommandFolder()
    // Their files are used to the end.
    defer { withExtendedLifetime((world, folder)) {} }
    let environment = ["EVERPART_SERVER": world.url, "EVERPART_KEY": world.brand.key]
    func run(_ arguments: String..., key: String? = nil) async throws -> CommandFolder.Outcome {
      try await folder.run(
        ["brand"] + arguments,
        environment: environment.merging(["EVERPART_KEY": key ?? world.brand.key]) { $1 })
    }
    let path = try await world.draft()
    _ = try await world.upload(.bytes(Mesh.canary(seed: 3, tetrahedra: 40)), to: path).must()
    let design = String(path.split(separator: "/").last ?? "")
    let engineer = try await run("key", "create", "--role", "engineer", "--label", "Ada").text
      .trimmingCharacters(in: .newlines)
    try await run("shred", design, "--yes", key: engineer).isRefused("auth.role")
    try await run("shred", design).isRefused("shredding.confirm")
    let terminal = try PseudoTerminal()
    let typo = try folder.start(
      ["brand", "shred", design], input: terminal.path, environment: environment)
    try await terminal.answer("Type the design's name", with: "leg cap")
    try await folder.outcome(of: typo).isRefused("shredding.not_confirmed")
    #expect(try await run("shreddings", "--json").must() == Array("[]\n".utf8))

    let another = try PseudoTerminal()
    let shred = try folder.start(
      ["brand", "shred", design], input: another.path, environment: environment)
    try await another.answer("Type the design's name", with: "Leg cap")
    let shown = String(decoding: try await folder.outcome(of: shred).must(), as: UTF8.self)
    for part in [
      "Shredding  shr_", "Leg cap  erased", "File       leg-cap.stl  geometry", "version 1",
      "in use",
      "Left to do", "`everpart vault rotate`", "What it does not do",
    ] { #expect(shown.contains(part), "\(shown)") }
    let id = String(try #require(shown.firstMatch(of: /shr_[0-9a-f]+/)).output)
    #expect(String(decoding: try await run("shreddings", id).must(), as: UTF8.self) == shown)
    let listed = String(decoding: try await run("shreddings").must(), as: UTF8.self)
    #expect(listed.contains(id) && listed.contains("all") && listed.contains("erased"))
    try await run("shred", design, "--yes").isRefused("design.shredded")
    try await run("shreddings", id, key: world.otherBrand.key).isRefused("not_found")

    // A revision, by a script.
    let next = try await world.draft()
    _ = try await world.upload(.bytes(Mesh.canary(seed: 4, tetrahedra: 40)), to: next).must()
    let revision = try await world.brand.get(next).must()["revision"]["id"].text
    let report = try JSON(
      try await run(
        "shred", String(next.split(separator: "/").last ?? ""), revision, "--yes", "--json"
      ).must())
    #expect(report["revision"].text == revision && report["state"] == "erased")
  }
}
