import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import TestSupport
import Testing

@testable import Dispatching

@Suite("Leases")
struct LeaseTests {
  @Test("of 32 agents that lease at once, exactly one gets the job")
  func concurrentLeases() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let outcomes = await withTaskGroup(of: String?.self) { group in
      for index in 0..<32 {
        group.addTask {
          await code { _ = try await world.lease(dispatcher, job, "agent \(index)") }
        }
      }
      return await group.reduce(into: [String: Int]()) { $0[$1 ?? "granted", default: 0] += 1 }
    }
    #expect(outcomes == ["granted": 1, "lease.held": 31])
    #expect(try await world.record(job).epoch == 1)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 1)
  }

  @Test("two agents in one group commit: the second sees the first's epoch, and has to wait")
  func sameGroup() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    _ = try await world.lease(dispatcher, job, "before")
    world.clock.advance(by: .seconds(60))
    // After-commit work has not run between the two, as in a group of waiting writers.
    let refusal = await code {
      try await world.database.write { tx in
        for holder in ["a", "b"] {
          let record = try dispatcher.heldJob(tx, job, bureau).record
          try dispatcher.take(tx, record, bureau: bureau, holder: holder)
        }
      }
    }
    #expect(refusal == "lease.held")
    #expect(try await world.record(job).epoch == 1)
    #expect(try await world.lease(dispatcher, job, "c").epoch == 2)
  }

  @Test("the holder that asks again gets the next epoch, and the one before is stale")
  func sameHolder() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    let first = try await world.lease(dispatcher, job)
    let second = try await world.lease(dispatcher, job)
    #expect([first.epoch, second.epoch] == [1, 2])
    #expect(
      await code { _ = try await dispatcher.heartbeat(job, bureau: bureau, epoch: 1) }
        == "lease.stale_epoch")
    #expect(
      await code { try await world.report(dispatcher, first, .started) } == "lease.stale_epoch")
    #expect(try await dispatcher.heartbeat(job, bureau: bureau, epoch: 2).termSeconds == 60)
    #expect(try await world.report(dispatcher, second, .started).state == .printing)
  }

  @Test("a lease holds for its term on the monotonic clock, heartbeats extend it")
  func terms() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    let lease = try await world.lease(dispatcher, job)
    world.clock.advance(by: .seconds(59))
    #expect(await code { _ = try await world.lease(dispatcher, job, "b") } == "lease.held")
    _ = try await dispatcher.heartbeat(job, bureau: bureau, epoch: lease.epoch)
    world.clock.jumpWallClock(by: .seconds(100_000))
    world.clock.advance(by: .seconds(59))
    #expect(await code { _ = try await world.lease(dispatcher, job, "b") } == "lease.held")
    #expect(try await dispatcher.job(job, bureau: bureau).leased)
    world.clock.advance(by: .seconds(1))
    #expect(try await dispatcher.job(job, bureau: bureau).leased == false)
    #expect(try await world.lease(dispatcher, job, "b").epoch == 2)
  }

  @Test("an expired lease that another agent took cannot complete a job")
  func fenced() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let old = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, old, .started)
    world.clock.advance(by: .seconds(60))
    let new = try await world.lease(dispatcher, job, "b")
    #expect(
      await code { try await world.report(dispatcher, old, try world.completion(old)) }
        == "lease.stale_epoch")
    // The new epoch in the request does not help a completion that was signed under the old one.
    #expect(
      await code {
        try await world.report(dispatcher, old, try world.completion(old), epoch: new.epoch)
      } == "completion.mismatch")
    #expect(
      try await world.report(dispatcher, new, try world.completion(new)).state == .printed)
  }

  @Test("after a restart a full term passes before another agent gets the job")
  func restart() async throws {
    let world = try await World(bureaus: 1)
    let before = world.start()
    let (job, bureau) = (try await world.accepted(before).id, world.bureaus[0].id)
    let lease = try await world.lease(before, job)
    world.clock.advance(by: .seconds(55))
    world.clock.restartUptime()
    let after = world.start()
    #expect(try await after.job(job, bureau: bureau).leased)
    world.clock.advance(by: .seconds(59))
    #expect(await code { _ = try await world.lease(after, job, "b") } == "lease.held")
    // The holder itself goes on as if nothing had been.
    #expect(try await after.heartbeat(job, bureau: bureau, epoch: lease.epoch).epoch == 1)
    #expect(try await world.report(after, lease, .started).state == .printing)
    world.clock.advance(by: .seconds(60))
    #expect(try await world.lease(after, job, "b").epoch == 2)
  }

  @Test("nothing is reported under an epoch that nobody was granted")
  func guessedEpochs() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    for epoch in [-1, 0, 1, .max] {
      let request = ReportRequest(epoch: epoch, attempt: 1, report: .started)
      #expect(
        await code { _ = try await dispatcher.report(job, bureau: bureau, request) }
          == "lease.stale_epoch")
    }
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .started)
    try await world.report(dispatcher, lease, try world.completion(lease))
    try await world.report(dispatcher, lease, World.failing)
    // The failed inspection ended the lease with its attempt, and took an epoch that is nobody's.
    let record = try await world.record(job)
    #expect([record.attempt, record.epoch] == [2, 2])
    for epoch in 1...3 {
      #expect(
        await code {
          try await world.report(dispatcher, lease, .started, epoch: epoch, attempt: 2)
        } == "lease.stale_epoch")
    }
    let next = try await world.lease(dispatcher, job, "b")
    #expect([next.epoch, next.attempt] == [3, 2])
  }

  @Test("a job that is shipped or held is not leased, and a holder has a short plain name")
  func refusals() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    for holder in ["", "a\nb", String(repeating: "x", count: 101)] {
      #expect(await code { _ = try await world.lease(dispatcher, job, holder) } == "lease.holder")
    }
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .held(reason: "power cut"))
    #expect(await code { _ = try await world.lease(dispatcher, job) } == "job.state")
    #expect(
      await code {
        _ = try await dispatcher.heartbeat(job, bureau: world.bureaus[0].id, epoch: lease.epoch)
      } == "job.state")
  }
}
