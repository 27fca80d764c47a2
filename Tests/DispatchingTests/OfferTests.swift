import BureauProtocol
import Database
import Domain
import Ledger
import Synchronization
import TestSupport
import Testing

@testable import Dispatching

@Suite("Offers")
struct OfferTests {
  private func offer(
    _ world: World, _ dispatcher: Dispatcher, bureau: Int
  ) async throws -> OfferID {
    try #require(try await dispatcher.offers(bureau: world.bureaus[bureau].id).data.first).id
  }

  @Test(
    "declined, expired, declined: each bureau is asked once, then the licence has its units back")
  func exhaustion() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    let first = try await offer(world, dispatcher, bureau: 0)
    let declined = try await dispatcher.decline(
      first, bureau: world.bureaus[0].id, reason: "no powder")
    #expect(declined.state == .declined && declined.actions.isEmpty)
    let again = try await dispatcher.decline(first, bureau: world.bureaus[0].id, reason: "no")
    #expect(again.state == .declined)
    #expect(
      await code { _ = try await dispatcher.accept(first, bureau: world.bureaus[0].id) }
        == "offer.declined")

    let second = try await offer(world, dispatcher, bureau: 1)
    #expect(try await dispatcher.expireOffers() == 0)
    world.clock.advance(by: .seconds(3600))
    #expect(try await dispatcher.offers(bureau: world.bureaus[1].id).data.isEmpty)
    #expect(try await dispatcher.offer(second, bureau: world.bureaus[1].id).state == .expired)
    #expect(try await dispatcher.expireOffers() == 1)
    #expect(try await dispatcher.expireOffers() == 0)

    let third = try await offer(world, dispatcher, bureau: 2)
    #expect(try await world.counts() == [2, 0, 0])
    _ = try await dispatcher.decline(third, bureau: world.bureaus[2].id, reason: "busy")
    #expect(try await world.counts() == [0, 0, 0])
    #expect(try await world.record(job.id).state == .unmakeable)
    #expect(try await world.orderState(job.order) == "unmakeable")
    #expect(try await world.number("SELECT COUNT(*) AS n FROM offer") == 3)
  }

  @Test("an answer after the deadline is gone, whether the sweep has come by or not")
  func late() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    world.clock.advance(by: .seconds(3600))
    for _ in 0..<2 {
      #expect(await code { _ = try await dispatcher.accept(id, bureau: bureau) } == "offer.expired")
      #expect(
        await code { _ = try await dispatcher.decline(id, bureau: bureau, reason: "x") }
          == "offer.expired")
      try await dispatcher.expireOffers()
    }
    #expect(try await world.counts() == [0, 0, 0])
  }

  @Test("accepting 32 times at once consumes the licence once and answers all the same")
  func concurrentAccepts() async throws {
    let world = try await World()
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    let views = try await withThrowingTaskGroup(of: JobView.self) { group in
      for _ in 0..<32 { group.addTask { try await dispatcher.accept(id, bureau: bureau) } }
      return try await group.reduce(into: Set<JobView>()) { $0.insert($1) }
    }
    #expect(views.count == 1)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await world.number("SELECT COUNT(*) AS n FROM key_release") == 1)
    #expect(
      try await world.number("SELECT COUNT(*) AS n FROM event WHERE kind = 'job.accept'") == 1)
    #expect(
      await code { _ = try await dispatcher.decline(id, bureau: bureau, reason: "x") }
        == "offer.accepted")
  }

  @Test("accept against cancel: one wins, the other is told, and the licence adds up")
  func acceptAgainstCancel() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let bureau = world.bureaus[0].id
    var consumed = 0
    for round in 0..<12 {
      let job = try await world.place(dispatcher).id
      let id = try #require(
        try await dispatcher.offers(bureau: bureau).data.first { $0.job == job }
      ).id
      let cancelFirst = round.isMultiple(of: 2)
      async let first = code {
        if cancelFirst {
          try await world.cancel(dispatcher, job)
        } else {
          _ = try await dispatcher.accept(id, bureau: bureau)
        }
      }
      async let second = code {
        if cancelFirst {
          _ = try await dispatcher.accept(id, bureau: bureau)
        } else {
          try await world.cancel(dispatcher, job)
        }
      }
      let outcome = await [first, second]
      let state = try await world.record(job).state
      switch state {
      case .accepted:
        consumed += 2
        #expect(outcome.compactMap { $0 } == ["job.state"])
      case .cancelled: #expect(outcome.compactMap { $0 } == ["offer.withdrawn"])
      default: Issue.record("the job is \(state)")
      }
      #expect(try await world.counts() == [0, consumed, 0])
    }
  }

  @Test("accept against decline at once: exactly one happens")
  func acceptAgainstDecline() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    let codes = await withTaskGroup(of: String?.self) { group in
      for index in 0..<32 {
        group.addTask {
          await code {
            if index.isMultiple(of: 2) {
              _ = try await dispatcher.accept(id, bureau: bureau)
            } else {
              _ = try await dispatcher.decline(id, bureau: bureau, reason: "no")
            }
          }
        }
      }
      return await group.reduce(into: Set<String>()) { if let code = $1 { $0.insert(code) } }
    }
    let record = try await world.record(job.id)
    #expect(record.version == (record.state == .accepted ? 3 : 4))
    #expect(codes == [record.state == .accepted ? "offer.accepted" : "offer.declined"])
    #expect(
      try await world.counts() == (record.state == .accepted ? [0, 2, 0] : [0, 0, 0]))
  }

  @Test("a bureau that no longer qualifies is refused, and the next one is asked")
  func disqualified() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    let id = try await offer(world, dispatcher, bureau: 0)
    world.faults.withLock { $0.disqualified = [world.bureaus[0].id] }
    #expect(
      await code { _ = try await dispatcher.accept(id, bureau: world.bureaus[0].id) }
        == "match.no_longer_qualified")
    #expect(
      await code { _ = try await dispatcher.accept(id, bureau: world.bureaus[0].id) }
        == "offer.withdrawn")
    #expect(try await world.counts() == [2, 0, 0])
    let next = try await offer(world, dispatcher, bureau: 1)
    #expect(try await dispatcher.accept(next, bureau: world.bureaus[1].id).id == job.id)
  }

  @Test("a bureau without keys cannot accept")
  func notEnrolled() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    try await world.database.write { tx in
      _ = try tx.run(Statement("UPDATE bureau SET recipient = NULL, enrolled_at = NULL"))
    }
    #expect(
      await code { _ = try await dispatcher.accept(id, bureau: bureau) } == "bureau.not_enrolled")
  }

  @Test("a release that breaks leaves nothing behind: the offer is still open, the licence whole")
  func brokenRelease() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    world.faults.withLock { $0.releaseFails = true }
    await #expect(throws: Broken.self) { try await dispatcher.accept(id, bureau: bureau) }
    #expect(try await world.counts() == [2, 0, 0])
    #expect(try await world.number("SELECT COUNT(*) AS n FROM key_release") == 0)
    world.faults.withLock { $0.releaseFails = false }
    #expect(try await dispatcher.accept(id, bureau: bureau).state == .accepted)
    #expect(try await world.counts() == [0, 2, 0])
  }

  @Test("while a payload is missing nothing is accepted or consumed, and the offer stays open")
  func missingPayload() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let (id, bureau) = (try await offer(world, dispatcher, bureau: 0), world.bureaus[0].id)
    world.faults.withLock { $0.payloadsAreMissing = true }
    #expect(
      await code { _ = try await dispatcher.accept(id, bureau: bureau) }
        == "release.payload_missing")
    #expect(try await world.counts() == [2, 0, 0])
    world.faults.withLock { $0.payloadsAreMissing = false }
    #expect(try await dispatcher.accept(id, bureau: bureau).state == .accepted)
    // What was accepted is answered again, whatever has become of the payload.
    world.faults.withLock { $0.payloadsAreMissing = true }
    #expect(try await dispatcher.accept(id, bureau: bureau).state == .accepted)
  }

  @Test("a sweep that fails for one job still ends the other offers")
  func sweepGoesOn() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let broken = try await world.place(dispatcher)
    let other = try await world.place(dispatcher)
    try await world.database.write { tx in
      // A job that its open offer does not fit: a fault of ours.
      _ = try tx.run(Statement("UPDATE job SET state = 'held' WHERE id = $1"), broken.id)
    }
    world.clock.advance(by: .seconds(3600))
    #expect(await code { try await dispatcher.expireOffers() } == "internal")
    #expect(try await world.record(other.id).state == .unmakeable)
    #expect(try await world.counts() == [2, 0, 0])
  }

  @Test("a reason is short plain text")
  func reasons() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    try await world.place(dispatcher)
    let id = try await offer(world, dispatcher, bureau: 0)
    for reason in ["", "a\u{1B}[2J", String(repeating: "x", count: 501)] {
      #expect(
        await code {
          _ = try await dispatcher.decline(id, bureau: world.bureaus[0].id, reason: reason)
        } == "offer.reason")
    }
  }

  @Test("a long poll wakes when an offer is made, and one that may not wait answers at once")
  func longPoll() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let bureau = world.bureaus[0].id
    #expect(try await dispatcher.offers(bureau: bureau).data.isEmpty)
    async let polls = withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await dispatcher.offers(bureau: bureau, wait: .seconds(600)).data.count
        }
      }
      return try await group.reduce(0, +)
    }
    try await world.place(dispatcher)
    #expect(try await polls == 8)
  }

  @Test("a long poll ends with its task")
  func cancelledPoll() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let bureau = world.bureaus[0].id
    let poll = Task { try await dispatcher.offers(bureau: bureau, wait: .seconds(600)).data }
    poll.cancel()
    await #expect(throws: CancellationError.self) { try await poll.value }
  }
}
