import BureauProtocol
import Database
import Domain
import Ledger
import TestSupport
import Testing

@testable import Dispatching

@Suite("After a database was restored")
struct RecoveryTests {
  private func recover(_ world: World) async throws -> [RecoveredJob] {
    let (ledger, now) = (world.ledger, world.clock.now)
    return try await world.database.write {
      try JobRecovery(ledger: ledger).holdUnfinished($0, because: "restored", at: now)
    }
  }

  @Test("every lease is over, and no epoch granted before can come again", arguments: [1, 3])
  func epochs(times: Int) async throws {
    let world = try await World()
    let before = world.start()
    let job = try await world.accepted(before)
    let lease = try await world.lease(before, job.id)
    try await world.report(before, lease, .started)
    for _ in 0..<times { _ = try await recover(world) }

    // Another process, as after a recovery.
    let dispatcher = world.start()
    let record = try await world.record(job.id)
    #expect(record.state == .held && record.leaseHolder == nil && record.bureau != nil)
    #expect(Int64(record.epoch) == Int64(lease.epoch) + Int64(times) * JobRecovery.epochLeap)
    for epoch in [lease.epoch, lease.epoch + 1, lease.epoch + 1_000_000, record.epoch] {
      let report = Report.held(reason: "x")
      #expect(
        await code { try await world.report(dispatcher, lease, report, epoch: epoch) }
          == "lease.stale_epoch")
      #expect(
        await code {
          _ = try await dispatcher.heartbeat(
            job.id, bureau: world.bureaus[0].id, epoch: epoch)
        } == "job.state")
    }
    // An answer that was lost may still be asked for: it changes nothing.
    try await world.report(dispatcher, lease, .started)
    #expect(try await world.record(job.id) == record)
  }

  @Test("an open offer is withdrawn, and its units count as consumed")
  func offered() async throws {
    let world = try await World(authorised: 5)
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    let offer = try #require(try await dispatcher.offers(bureau: world.bureaus[0].id).data.first)
    let recovered = try await recover(world)
    #expect(recovered.map(\.presumedUnits) == [2] && recovered[0].bureau == world.bureaus[0].id)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await world.orderState(job.order) == "accepted")
    #expect(try await dispatcher.offers(bureau: world.bureaus[0].id).data.isEmpty)
    #expect(
      await code { _ = try await dispatcher.accept(offer.id, bureau: world.bureaus[0].id) }
        == "offer.withdrawn")
    // The bureau that may have accepted is no stranger who may see the job, and no one to print it again.
    #expect(
      await code { _ = try await dispatcher.job(job.id, bureau: world.bureaus[0].id) }
        == "not_found")
    #expect(
      await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) }
        == "job.no_bureau")
    #expect(try await world.record(job.id).state == .held)
  }

  @Test("a licence is never used for more than it allows by what brands decide then")
  func licence() async throws {
    // Room for the order alone: the bureau that was asked may have the key.
    let world = try await World(authorised: 2)
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    _ = try await recover(world)
    #expect(
      await code { try await dispatcher.reassign(order: job.order, brand: world.brand) }
        == "licence.count_exhausted")
    try await dispatcher.abandon(order: job.order, brand: world.brand)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await world.orderState(job.order) == "cancelled")
  }

  @Test("the next bureau makes what the brand reassigns")
  func reassigned() async throws {
    let world = try await World(authorised: 4)
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    _ = try await recover(world)
    try await dispatcher.reassign(order: job.order, brand: world.brand)
    let bureau = world.bureaus[1].id
    let offer = try #require(try await dispatcher.offers(bureau: bureau).data.first)
    _ = try await dispatcher.accept(offer.id, bureau: bureau)
    #expect(try await world.counts() == [0, 4, 0])
    let lease = try await dispatcher.lease(job.id, bureau: bureau, holder: "b")
    #expect(Int64(lease.epoch) > JobRecovery.epochLeap && lease.attempt == 2)
  }

  @Test("printing again takes scrap allowance, whether or not the attempt is known to have begun")
  func retried() async throws {
    let world = try await World(scrap: 2)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    _ = try await recover(world)
    try await dispatcher.retryHeld(order: job.order, brand: world.brand)
    #expect(try await world.counts() == [0, 2, 2])
    let record = try await world.record(job.id)
    #expect(record.state == .accepted && record.attempt == 2)

    _ = try await recover(world)
    #expect(
      await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) }
        == "licence.scrap_exhausted")
  }

  @Test("a lease that was granted after the copy was made is never taken for one granted later")
  func lostLeases() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    let known = try await world.lease(dispatcher, job.id)
    // What the copy does not know: leases up to this epoch.
    let lost = (known.epoch + 1)...(known.epoch + 20)
    _ = try await recover(world)
    try await dispatcher.retryHeld(order: job.order, brand: world.brand)
    let restarted = world.start()
    for _ in 0..<5 {
      let lease = try await world.lease(restarted, job.id)
      #expect(lease.epoch > lost.upperBound)
      for epoch in lost {
        #expect(
          await code { try await world.report(restarted, lease, .started, epoch: epoch) }
            == "lease.stale_epoch")
      }
    }
  }

  @Test("what is finished or with the carrier stays as it is, and what was held stays held")
  func others() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let shipped = try await world.printed(dispatcher)
    try await world.report(dispatcher, shipped, World.passing)
    try await world.report(
      dispatcher, shipped, .shipped(Shipment(carrier: "DHL", tracking: "1")))
    let held = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, held.id)
    try await world.report(dispatcher, lease, .held(reason: "power cut"))
    let cancelled = try await world.place(dispatcher)
    try await world.cancel(dispatcher, cancelled.id)
    let before = try await [shipped.job, cancelled.id].asyncMap { try await world.record($0) }
    let recovered = try await recover(world)
    #expect(recovered.map(\.id) == [held.id])
    let after = try await [shipped.job, cancelled.id].asyncMap { try await world.record($0) }
    #expect(after[1] == before[1])
    #expect(after[0].state == .shipped && after[0].version == before[0].version)
    // It may have been lost since, and leased for another attempt.
    #expect(Int64(after[0].epoch) == Int64(before[0].epoch) + JobRecovery.epochLeap)
    #expect(after[0].leaseHolder == nil)
    let record = try await world.record(held.id)
    #expect(
      record.version == (try await dispatcher.job(held.id, bureau: world.bureaus[0].id)).version)
    // Held by its bureau, whose attempt is known not to have begun: free, as ever.
    try await dispatcher.retryHeld(order: record.order, brand: world.brand)
    #expect(try await world.counts()[2] == 0)
  }

  @Test("the event says why to the brand")
  func event() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    _ = try await recover(world)
    let events = try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try ledger.events($0, order: job.order, brand: brand)
    }
    #expect(events.last?.kind == "job.recover")
    #expect(events.last?.data == ["bureau": world.bureaus[0].id.text, "reason": "restored"])
  }

  @Test("the accepted jobs of a revision whose payload is lost are held, and no others")
  func lostPayload() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let accepted = try await world.accepted(dispatcher)
    let printed = try await world.printed(dispatcher)
    let (ledger, now) = (world.ledger, world.clock.now)
    for (revisions, count) in [
      (Set<RevisionID>(), 0), ([world.revision], 1), ([world.revision], 0),
    ] {
      let held = try await world.database.write {
        try JobRecovery(ledger: ledger).hold(
          $0, acceptedJobsOf: revisions, because: "lost", at: now)
      }
      #expect(held.count == count)
    }
    #expect(try await world.record(accepted.id).state == .held)
    #expect(try await world.record(printed.job).state == .printed)
  }
}

extension Array {
  fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var result: [T] = []
    for element in self { result.append(try await body(element)) }
    return result
  }
}
