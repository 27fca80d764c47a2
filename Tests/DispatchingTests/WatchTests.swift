import BureauProtocol
import Database
import Domain
import Ledger
import TestSupport
import Testing

@testable import Dispatching

@Suite("A bureau's lists, page by page and when they change", .timeLimit(.minutes(5)))
struct WatchTests {
  /// All jobs that pages of a stage show.
  private func all(
    _ dispatcher: Dispatcher, _ bureau: BureauID, _ stage: JobStage?
  ) async throws -> [JobID] {
    var (ids, hasMore): ([JobID], Bool) = ([], true)
    while hasMore {
      let page = try await dispatcher.jobs(
        bureau: bureau, stage: stage, limit: 100, after: ids.last)
      #expect((page.seen == nil) == !ids.isEmpty, "only the first page says what was seen")
      ids += page.data.map(\.id)
      hasMore = page.hasMore
    }
    return ids
  }

  @Test("more than 200 live jobs, and more than 200 offers, are all there")
  func pages() async throws {
    let world = try await World(authorised: 1000, bureaus: 1)
    let (dispatcher, bureau) = (world.start(), world.bureaus[0].id)
    for _ in 0..<230 { try await world.place(dispatcher) }
    var offers: [OfferView] = []
    while offers.count < 230 {
      let page = try await dispatcher.offers(bureau: bureau, limit: 100, after: offers.last?.id)
      #expect(page.hasMore == (offers.count + page.data.count < 230))
      offers += page.data
    }
    #expect(Set(offers.map(\.id)).count == 230)
    for offer in offers { _ = try await dispatcher.accept(offer.id, bureau: bureau) }
    let jobs = offers.map(\.job).sorted()
    #expect(try await all(dispatcher, bureau, nil) == jobs)
    // Whatever waits for a carrier hides nothing.
    for job in jobs.prefix(120) {
      try await world.database.write {
        _ = try $0.run(Statement("UPDATE job SET state = 'shipped' WHERE id = $1"), job)
      }
    }
    #expect(try await all(dispatcher, bureau, .waiting) == Array(jobs.prefix(120)))
    #expect(try await all(dispatcher, bureau, .work) == Array(jobs.dropFirst(120)))
    #expect(try await all(dispatcher, bureau, nil) == jobs)
    for limit in [0, 101] {
      #expect(
        await code { _ = try await dispatcher.jobs(bureau: bureau, limit: limit) } == "page.limit")
    }
  }

  @Test("whoever has seen the list waits for another one: every step, lease and offer is one")
  func changes() async throws {
    let world = try await World(bureaus: 2)
    let (dispatcher, bureau) = (world.start(), world.bureaus[0].id)
    var seen: String?
    /// Waits with what was seen; the step has to wake it.
    func woken(_ what: String, by step: () async throws -> Void) async throws {
      let poll = Task { [seen] in
        try await dispatcher.jobs(bureau: bureau, stage: .work, seen: seen, wait: .seconds(600))
      }
      try await step()
      let list = try await poll.value
      #expect(list.seen != seen, "\(what)")
      let again = try await dispatcher.jobs(
        bureau: bureau, stage: .work, seen: list.seen, wait: .milliseconds(1))
      #expect(again == list, "\(what): the same is no news")
      seen = list.seen
    }
    var job: JobView?
    try await woken("accepted") { job = try await world.accepted(dispatcher) }
    let id = try #require(job).id
    var lease: LeaseView?
    try await woken("leased") { lease = try await world.lease(dispatcher, id) }
    let held = try #require(lease)
    try await woken("started") { try await world.report(dispatcher, held, .started) }
    let completion = try world.completion(held)
    try await woken("completed") { try await world.report(dispatcher, held, completion) }
    try await woken("failed") { try await world.report(dispatcher, held, World.failing) }
    try await woken("leased again") { lease = try await world.lease(dispatcher, id) }
    let next = try #require(lease)
    try await woken("held") { try await world.report(dispatcher, next, .held(reason: "x")) }
    let order = try await world.record(id).order
    let other = world.bureaus[1].id
    let offers = Task {
      try await dispatcher.offers(bureau: other, wait: .seconds(600)).data.map(\.job)
    }
    try await dispatcher.reassign(order: order, brand: world.brand)
    #expect(try await offers.value == [id])
    // Taken back by the customer: an offer that goes is a change, too.
    let open = try await dispatcher.offers(bureau: other)
    let gone = Task {
      try await dispatcher.offers(bureau: other, seen: open.seen, wait: .seconds(600)).data
    }
    try await world.cancel(dispatcher, id)
    #expect(try await gone.value.isEmpty)
  }

  @Test("what changed while nobody waited, or before a restart, is news at once")
  func restarted() async throws {
    let world = try await World(bureaus: 1)
    let bureau = world.bureaus[0].id
    let before = world.start()
    let first = try await world.accepted(before)
    let seen = try await before.jobs(bureau: bureau).seen
    try await world.report(before, try await world.lease(before, first.id), .started)
    let after = world.start()
    let list = try await after.jobs(bureau: bureau, seen: seen, wait: .seconds(600))
    #expect(list.data.map(\.state) == [.printing])
  }

  @Test("no change is lost, however many readers and steps there are at once")
  func concurrency() async throws {
    let world = try await World(authorised: 1000, bureaus: 1)
    let (dispatcher, bureau) = (world.start(), world.bureaus[0].id)
    let job = try await world.accepted(dispatcher).id
    for round in 1...25 {
      let target = try await world.record(job).epoch + 4
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<12 {
          group.addTask {
            // Sleeps for ever, should the last step be lost to it.
            var (seen, epoch): (String?, Int) = (nil, 0)
            while epoch < target {
              let list = try await dispatcher.jobs(
                bureau: bureau, stage: .work, seen: seen, wait: .seconds(600))
              (seen, epoch) = (list.seen, list.data[0].epoch)
            }
          }
        }
        group.addTask {
          for _ in 0..<4 { _ = try await world.lease(dispatcher, job) }
        }
        try await group.waitForAll()
      }
      #expect(try await world.record(job).epoch == target, "round \(round)")
    }
  }

  @Test("another bureau's changes wake nobody else")
  func others() async throws {
    let world = try await World(bureaus: 2)
    let dispatcher = world.start()
    let (mine, other) = (world.bureaus[0].id, world.bureaus[1].id)
    let ended = Task {
      try await dispatcher.offers(bureau: other, wait: .seconds(600)).data.count
    }
    // Hundreds wait beside it, each for a bureau of its own.
    let crowd = (0..<500).map { _ in
      Task { [id = world.clock.ambient.identifier(BureauID.self, at: world.clock.now)] in
        try await dispatcher.jobs(bureau: id, wait: .seconds(600)).data.count
      }
    }
    let lease = try await world.printed(dispatcher)
    try await world.report(dispatcher, lease, World.passing)
    #expect(try await dispatcher.jobs(bureau: mine).data.map(\.state) == [.inspected])
    for poll in crowd { poll.cancel() }
    for poll in crowd {
      await #expect(throws: CancellationError.self) { try await poll.value }
    }
    ended.cancel()
    await #expect(throws: CancellationError.self) { try await ended.value }
  }
}
