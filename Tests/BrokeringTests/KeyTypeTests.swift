import Brokering
import Database
import Domain
import Ledger
import Matching
import Sealing
import TestSupport
import Testing

private func allow(_ world: World, _ part: PartView, _ isPostQuantumOnly: Bool) async throws {
  try await world.database.write { tx in
    _ = try tx.run(
      Statement("UPDATE design SET pq_only = $1 WHERE id = $2"), isPostQuantumOnly, part.design)
  }
}

@Test("a classical bureau is asked only where the design allows it now, and the decision says so")
func keyTypes() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let near = try await world.bureau("Near", latitude: 52.5, key: .x25519)
  let far = try await world.bureau("Far", latitude: 48.1)
  for (key, isOnly, chosen) in [("a", true, far.id), ("b", false, near.id), ("c", true, far.id)] {
    try await allow(world, part, isOnly)
    let order = try await world.place(part.id, by: brand.storefront, key: key).id
    #expect(
      try await world.orders.order(brand: brand.id, order, viewer: .brand).job?.bureau == chosen)
    let decision = try #require(
      try await world.orders.decisions(brand: brand.id, order: order).first)
    #expect(decision.inputs.isPostQuantumOnly == isOnly)
    let reasons = decision.outcome.exclusions.flatMap(\.reasons)
    #expect(reasons.map(\.code) == (isOnly ? ["design.key_type"] : []))
    #expect(reasons.allSatisfy { $0.audience == .brand })
  }
}

@Test("an offer to a classical bureau is not accepted once the design is not for such keys")
func keyTypesAtAcceptance() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  try await allow(world, part, false)
  let bureau = try await world.bureau(key: .x25519)
  let order = try await world.place(part.id, by: brand.storefront, key: "k").id
  let job = try #require(
    try await world.database.read { try world.ledger.jobOfOrder($0, order, brand: brand.id) })
  let now = world.clock.now
  func recheck() async throws {
    try await world.database.read {
      try world.assignment.recheck(
        $0, job: job, bureau: bureau.id, machine: bureau.machine, at: now)
    }
  }
  try await recheck()
  try await allow(world, part, true)
  let problem = await #expect(throws: Problem.self) { try await recheck() }
  #expect(problem?.code == "match.no_longer_qualified")
  #expect(problem?.detail.contains("design.key_type") == true)
}
