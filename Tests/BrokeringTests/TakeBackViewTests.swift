import Brokering
import Database
import Domain
import Ledger
import TestSupport
import Testing

/// An order of two at a bureau that accepted it, and what its job goes through there.
private struct AcceptedOrder {
  let world: World
  let brand: BrandID
  let bureau: BureauID
  let order: OrderID

  init(scrap: Int) async throws {
    world = try await World()
    let made = try await world.brand()
    let part = try await world.part(
      made.id, terms: LicenceTerms(authorisedUnits: 100, scrapAllowance: scrap))
    (brand, bureau) = (made.id, try await world.bureau().id)
    order = try await world.place(part.id, quantity: 2, by: made.storefront, key: "k").id
    try await move(.accept)
  }

  func move(_ event: JobEvent, data: [String: String] = [:]) async throws {
    let now = world.clock.now
    try await world.database.write { [ledger = world.ledger, order, brand, bureau] tx in
      guard let job = try ledger.jobOfOrder(tx, order, brand: brand) else {
        throw Problem.absent("job")
      }
      if event == .start {
        try tx.run(
          Statement("INSERT INTO report VALUES ($1, $2, 'started', $3, $4, 1, '{}', $5)"), job.id,
          job.attempt, brand, bureau, now)
      }
      _ = try ledger.advance(tx, job, by: event, data: data, at: now)
    }
  }

  func actions(_ viewer: OrderViewer) async throws -> [String] {
    let listed = try await world.orders.orders(brand: brand, viewer: viewer).data
    let view = try await world.orders.order(brand: brand, order, viewer: viewer)
    #expect(listed.map(\.actions) == [view.actions])
    return view.actions
  }

  /// The brand's actions; a customer has none of them.
  func brandActions() async throws -> [String] {
    let customers = try await actions(.storefront)
    #expect(Set(customers).isSubset(of: ["cancel", "delivered"]))
    return try await actions(.brand).filter { !customers.contains($0) }
  }

  func days(_ count: Int) { world.clock.advance(by: .seconds(count * 86_400)) }
}

@Test("a brand is offered to take a job back when its day is past, and the customer never is")
func lateActions() async throws {
  let accepted = try await AcceptedOrder(scrap: 2)
  accepted.days(1)
  #expect(try await accepted.brandActions().isEmpty)
  accepted.days(1)
  #expect(try await accepted.brandActions() == ["reassign", "abandon"])
  // Begun, only the due day counts: five days after the order.
  for event in [JobEvent.start, .complete, .pass] {
    try await accepted.move(event)
    #expect(try await accepted.brandActions().isEmpty)
  }
  accepted.days(3)
  #expect(try await accepted.brandActions().isEmpty)
  accepted.days(1)
  #expect(try await accepted.brandActions() == ["reassign", "abandon"])
  try await accepted.move(.ship)
  #expect(try await accepted.brandActions() == ["lost"])
  #expect(try await accepted.actions(.brand) == ["delivered", "lost"])
  try await accepted.move(.lose)
  #expect(try await accepted.actions(.storefront) == ["delivered"], "it may turn up")
}

@Test("a held job can be printed again when the scrap allowance pays for what was started")
func heldActions() async throws {
  for (scrap, expected) in [
    (1, ["reassign", "abandon"]), (2, ["reassign", "abandon", "retry"]),
  ] {
    let accepted = try await AcceptedOrder(scrap: scrap)
    try await accepted.move(.hold)
    #expect(try await accepted.brandActions() == ["reassign", "abandon", "retry"])
    try await accepted.move(.retry)
    #expect(try await accepted.brandActions().isEmpty)
    try await accepted.move(.start)
    try await accepted.move(.hold)
    #expect(try await accepted.brandActions() == expected)
  }
}

@Test("a customer sees that the order was taken back and can cancel, and not why")
func takenBackEvents() async throws {
  let accepted = try await AcceptedOrder(scrap: 0)
  try await accepted.move(.hold)
  try await accepted.move(.reassign, data: ["reason": "no answer", "bureau": "bur_x"])
  let (orders, brand, order) = (accepted.world.orders, accepted.brand, accepted.order)
  #expect(try await accepted.actions(.storefront) == ["cancel"])
  #expect(try await accepted.actions(.brand) == ["cancel"])
  let seen = try await orders.events(brand: brand, order: order).data
  #expect(seen.map(\.kind) == ["order.placed", "job.accept", "job.reassign"])
  #expect(seen.allSatisfy { $0.data.isEmpty })
  let all = try await orders.events(brand: brand, order: order, viewer: .brand).data
  #expect(all.last?.data == ["reason": "no answer", "bureau": "bur_x"])
  let view = try await orders.order(brand: brand, order)
  #expect(view.state == .placed && view.version == all.last?.version)
}
