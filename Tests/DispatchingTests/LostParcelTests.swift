import BureauProtocol
import Database
import Domain
import Ledger
import TestSupport
import Testing

@testable import Dispatching

@Suite("A parcel that never arrives")
struct LostParcelTests {
  /// A job that the first bureau has shipped.
  private func shipped(_ world: World, _ dispatcher: Dispatcher) async throws -> JobRecord {
    let lease = try await world.printed(dispatcher)
    try await world.report(dispatcher, lease, World.passing)
    try await world.report(dispatcher, lease, .shipped(Shipment(carrier: "DHL", tracking: "1")))
    return try await world.record(lease.job)
  }

  private func events(_ world: World, _ order: OrderID) async throws -> [EventRecord] {
    try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try ledger.events($0, order: order, brand: brand)
    }
  }

  @Test("the same bureau makes it again, as the next attempt, on the scrap allowance")
  func madeAgain() async throws {
    let world = try await World(scrap: 2)
    let dispatcher = world.start()
    let job = try await shipped(world, dispatcher)
    let (order, brand, bureau) = (job.order, world.brand, world.bureaus[0].id)
    world.clock.advance(by: .seconds(9 * 86_400))
    #expect(
      await code { try await dispatcher.retryHeld(order: order, brand: brand) } == "job.state")
    for _ in 1...2 {
      try await dispatcher.lost(order: order, brand: brand, reason: "gone since Monday")
    }
    #expect(try await world.record(job.id).state == .lost)
    #expect(try await world.record(job.id).version == job.version + 1)
    #expect(try await world.orderState(order) == "in_production")
    #expect(try await dispatcher.job(job.id, bureau: bureau).actions == ["delivered"])
    #expect(await code { _ = try await world.lease(dispatcher, job.id) } == "job.state")

    try await dispatcher.retryHeld(order: order, brand: brand)
    let again = try await world.record(job.id)
    #expect(again.state == .accepted && again.attempt == 2 && again.bureau == bureau)
    #expect(try await world.counts() == [0, 2, 2])
    let today = world.clock.now.day
    #expect(again.productionDay == today && again.dueDay == today + 4, "nobody is late already")
    // The first parcel turns up: nothing moves backwards, and nothing forwards either.
    #expect(
      await code { try await dispatcher.delivered(order: order, brand: brand) } == "job.state")
    #expect(
      await code { _ = try await dispatcher.carrierDelivered(job.id, bureau: bureau) }
        == "job.state")
    #expect(try await world.record(job.id) == again)

    let lease = try await world.lease(dispatcher, job.id)
    for report in [
      .started, try world.completion(lease), World.passing,
      .shipped(Shipment(carrier: "DHL", tracking: "2")),
    ] as [Report] {
      try await world.report(dispatcher, lease, report)
    }
    try await dispatcher.delivered(order: order, brand: brand)
    #expect(try await world.orderState(order) == "delivered")
    let events = try await events(world, order)
    #expect(
      events.map(\.kind).suffix(8) == [
        "job.ship", "job.lose", "job.retry", "job.start", "job.complete", "job.pass", "job.ship",
        "job.deliver",
      ])
    let lost = try #require(events.first { $0.kind == "job.lose" })
    #expect(lost.data == ["reason": "gone since Monday", "bureau": bureau.text])
    #expect(
      try await world.number(
        "SELECT COUNT(*) AS n FROM ledger_entry WHERE kind = 'licence.scrap_used'") == 1)
  }

  @Test("without scrap allowance it goes to the next bureau on new units, or ends")
  func withoutAllowance() async throws {
    let world = try await World(scrap: 1)
    let dispatcher = world.start()
    let (one, two) = (
      try await shipped(world, dispatcher), try await shipped(world, dispatcher)
    )
    for job in [one, two] {
      try await dispatcher.lost(order: job.order, brand: world.brand)
      #expect(
        await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) }
          == "licence.scrap_exhausted")
    }
    try await dispatcher.reassign(order: one.order, brand: world.brand, reason: "lost")
    let next = try await world.record(one.id)
    #expect(next.state == .offered && next.bureau == world.bureaus[1].id && next.attempt == 2)
    #expect(try await world.orderState(one.order) == "placed")
    #expect(try await world.counts() == [2, 4, 0])
    try await dispatcher.abandon(order: two.order, brand: world.brand)
    #expect(try await world.orderState(two.order) == "cancelled")
    #expect(try await world.counts() == [2, 4, 0])
    for job in [one, two] {
      #expect(
        await code { try await dispatcher.delivered(order: job.order, brand: world.brand) }
          == "job.state")
      #expect(
        await code {
          _ = try await dispatcher.carrierDelivered(job.id, bureau: world.bureaus[0].id)
        } == "not_found")
    }
  }

  @Test("one that turns up before it was decided on is delivered, and nothing is made again")
  func turnsUp() async throws {
    let world = try await World(scrap: 2)
    let dispatcher = world.start()
    for byBureau in [false, true] {
      let job = try await shipped(world, dispatcher)
      try await dispatcher.lost(order: job.order, brand: world.brand)
      if byBureau {
        _ = try await dispatcher.carrierDelivered(job.id, bureau: world.bureaus[0].id)
      } else {
        try await dispatcher.delivered(order: job.order, brand: world.brand)
      }
      #expect(try await world.orderState(job.order) == "delivered")
      for action in [
        { try await dispatcher.retryHeld(order: job.order, brand: world.brand) },
        { try await dispatcher.reassign(order: job.order, brand: world.brand) },
        { try await dispatcher.abandon(order: job.order, brand: world.brand) },
        { try await dispatcher.lost(order: job.order, brand: world.brand) },
      ] as [@Sendable () async throws -> Void] {
        #expect(await code(action) == "job.state")
      }
    }
    #expect(try await world.counts() == [0, 4, 0])
  }

  @Test("a bureau says it of the attempt that it shipped, and gets no other print by it")
  func bureau() async throws {
    let world = try await World(scrap: 4)
    let dispatcher = world.start()
    let job = try await shipped(world, dispatcher)
    let (mine, other) = (world.bureaus[0].id, world.bureaus[1].id)
    let first = LostRequest(attempt: 1, reason: "the carrier has no trace")
    #expect(
      await code { _ = try await dispatcher.carrierLost(job.id, bureau: other, first) }
        == "not_found")
    #expect(
      await code {
        _ = try await dispatcher.carrierLost(
          job.id, bureau: mine, LostRequest(attempt: 1, reason: ""))
      } == "order.reason")
    for _ in 1...2 {
      #expect(try await dispatcher.carrierLost(job.id, bureau: mine, first).state == .lost)
    }
    #expect(await code { _ = try await world.lease(dispatcher, job.id) } == "job.state")
    #expect(try await world.counts() == [0, 2, 0])
    try await dispatcher.retryHeld(order: job.order, brand: world.brand)
    let lease = try await world.lease(dispatcher, job.id)
    for report in [
      .started, try world.completion(lease), World.passing,
      .shipped(Shipment(carrier: "DHL", tracking: "2")),
    ] as [Report] {
      try await world.report(dispatcher, lease, report)
    }
    // Asked again late, it does not lose the second parcel.
    #expect(
      await code { _ = try await dispatcher.carrierLost(job.id, bureau: mine, first) }
        == "report.stale_attempt")
    #expect(try await world.record(job.id).state == .shipped)
  }

  @Test("of all who speak at once, one is heard, and the licence pays for that")
  func concurrency() async throws {
    let world = try await World(authorised: 1000, scrap: 1000)
    let dispatcher = world.start()
    var (consumed, scrapped, reserved) = (0, 0, 0)
    for round in 0..<8 {
      let job = try await shipped(world, dispatcher)
      consumed += 2
      let (order, brand) = (job.order, world.brand)
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<30 {
          group.addTask {
            switch (index + round) % 5 {
            case 0: try? await dispatcher.lost(order: order, brand: brand)
            case 1: try? await dispatcher.delivered(order: order, brand: brand)
            case 2: try? await dispatcher.retryHeld(order: order, brand: brand)
            case 3: try? await dispatcher.reassign(order: order, brand: brand)
            default: try? await dispatcher.abandon(order: order, brand: brand)
            }
          }
        }
      }
      let kinds = try await events(world, order).map(\.kind)
      let effects = kinds.drop { $0 != "job.ship" }.dropFirst().filter { $0 != "job.lose" }
      if effects.first == "job.retry" { scrapped += 2 }
      if effects.first == "job.reassign" { reserved += 2 }
      #expect(kinds.count { $0 == "job.lose" } <= 1)
      #expect(kinds.count { ["job.deliver", "job.abandon", "job.retry"].contains($0) } <= 1)
      #expect(try await world.counts() == [reserved, consumed, scrapped])
    }
  }
}
