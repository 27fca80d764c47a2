import TestSupport
import Testing

extension Journeys {
  @Test("the command lists every entry of a licence")
  func licenceEntries() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    try await world.publish(Mesh.canary(seed: 81, tetrahedra: 4))
    for number in 0..<101 { _ = try await world.place(idempotencyKey: "\(number)").must() }
    let child = try Child(
      try Product.require(), ["brand", "licence", world.licence, "--json"],
      output: world.root.path("licence.out"), errors: world.root.path("licence.err"),
      environment: world.environment(of: world.brand.key))
    try await eventually("the end of the command") { child.status }
    let shown = try JSON(Array(child.text.utf8))
    let kinds = shown["entries"].items.map { $0["kind"].text }
    #expect(kinds == ["licence.granted"] + Array(repeating: "licence.reserved", count: 101))
    #expect(shown["has_more_entries"] == false)
  }
}
