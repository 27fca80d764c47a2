import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import TestSupport
import Testing

@testable import Dispatching

@Suite("Taking a job back from its bureau")
struct TakeBackTests {
  /// The states in which a brand may take a job back, if it is late or held.
  static let states: [JobState] = [.accepted, .printing, .printed, .inspected, .held]

  /// A job that the first bureau brought to a state, and its lease.
  private func job(
    _ world: World, _ dispatcher: Dispatcher, _ state: JobState
  ) async throws -> LeaseView {
    let job = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, job.id)
    let steps: [JobState: [Report]] = [
      .accepted: [], .printing: [.started], .printed: [.started, try world.completion(lease)],
      .inspected: [.started, try world.completion(lease), World.passing],
      .held: [.started, .held(reason: "power cut")],
    ]
    for report in try #require(steps[state]) {
      try await world.report(dispatcher, lease, report)
    }
    return lease
  }

  private func accept(
    _ world: World, _ dispatcher: Dispatcher, bureau index: Int
  ) async throws -> JobView {
    let bureau = world.bureaus[index].id
    let offer = try #require(try await dispatcher.offers(bureau: bureau).data.first)
    return try await dispatcher.accept(offer.id, bureau: bureau)
  }

  private func events(_ world: World, _ order: OrderID) async throws -> [EventRecord] {
    try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try ledger.events($0, order: order, brand: brand)
    }
  }

  /// Everything that a bureau can ask for about a job that it once had: there is no such job.
  private func expectGone(
    _ world: World, _ dispatcher: Dispatcher, _ lease: LeaseView
  ) async throws {
    let (job, bureau) = (lease.job, world.bureaus[0].id)
    let offer: OfferID = try await world.database.read {
      try #require(
        try $0.row(
          Statement("SELECT id FROM offer WHERE job_id = $1 AND bureau_id = $2"), job, bureau)
      ).identifier("id")
    }
    let before = try await world.record(job)
    let (entries, reports) = (
      try await world.number("SELECT COUNT(*) AS n FROM ledger_entry"),
      try await world.number("SELECT COUNT(*) AS n FROM report")
    )
    let shipped = Report.shipped(Shipment(carrier: "DHL", tracking: "1"))
    for report in [
      .started, try world.completion(lease), World.passing, World.failing, shipped,
      .held(reason: "x"),
    ] {
      for (epoch, attempt) in [(lease.epoch, lease.attempt), (before.epoch, before.attempt)] {
        #expect(
          await code {
            try await world.report(dispatcher, lease, report, epoch: epoch, attempt: attempt)
          } == "not_found")
      }
    }
    for epoch in [lease.epoch, before.epoch] {
      #expect(
        await code { _ = try await dispatcher.heartbeat(job, bureau: bureau, epoch: epoch) }
          == "not_found")
    }
    #expect(await code { _ = try await world.lease(dispatcher, job) } == "not_found")
    #expect(await code { _ = try await dispatcher.package(of: job, bureau: bureau) } == "not_found")
    #expect(await code { _ = try await dispatcher.job(job, bureau: bureau) } == "not_found")
    #expect(await code { _ = try await dispatcher.accept(offer, bureau: bureau) } == "not_found")
    #expect(
      await code { _ = try await dispatcher.carrierDelivered(job, bureau: bureau) } == "not_found")
    #expect(try await dispatcher.jobs(bureau: bureau).data.isEmpty)
    #expect(try await world.record(job) == before)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM ledger_entry") == entries)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM report") == reports)
  }

  @Test("a late job goes to the next bureau, which makes it; the first can do nothing more")
  func reassigned() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, .printing)
    let before = try await world.record(lease.job)
    _ = try await world.opened(dispatcher, lease.job)
    world.clock.advance(by: .seconds(6 * 86_400))
    try await dispatcher.reassign(order: before.order, brand: world.brand, reason: "no answer")

    let offered = try await world.record(lease.job)
    #expect(offered.state == .offered && offered.bureau == world.bureaus[1].id)
    #expect([offered.attempt, offered.epoch, offered.version] == [2, 2, before.version + 2])
    #expect(offered.leaseHolder == nil)
    #expect(try await world.orderState(before.order) == "placed")
    #expect(try await world.counts() == [2, 2, 0])
    #expect(offered.productionDay == world.clock.now.day + 1, "the next bureau is not late already")
    #expect(offered.dueDay == world.clock.now.day + 5)
    try await expectGone(world, dispatcher, lease)

    let accepted = try await accept(world, dispatcher, bureau: 1)
    #expect(accepted.attempt == 2 && !accepted.leased)
    #expect(try await world.counts() == [0, 4, 0])
    try await finish(world, dispatcher, accepted, bureau: 1)
    try await expectGone(world, dispatcher, lease)
    #expect(try await world.orderState(before.order) == "shipped")
    for table in ["key_release", "package"] {
      #expect(try await world.number("SELECT COUNT(*) AS n FROM \(table)") == 2)
    }
    let events = try await events(world, before.order)
    #expect(
      events.map(\.kind) == [
        "order.placed", "job.offer", "job.accept", "job.start", "job.reassign", "job.offer",
        "job.accept", "job.start", "job.complete", "job.pass", "job.ship",
      ])
    #expect(events.map(\.version) == Array(1...11))
    #expect(events[4].data == ["reason": "no answer", "bureau": world.bureaus[0].id.text])
    let reports = try await dispatcher.reports(order: before.order, brand: world.brand)
    #expect(reports.map(\.attempt) == [1, 2, 2, 2, 2])
    #expect(
      reports.map(\.bureau)
        == [world.bureaus[0].id] + Array(repeating: world.bureaus[1].id, count: 4))
  }

  /// Fetches and opens the package, and reports every step to the shipment.
  private func finish(
    _ world: World, _ dispatcher: Dispatcher, _ job: JobView, bureau index: Int
  ) async throws {
    let bureau = world.bureaus[index]
    let lease = try await dispatcher.lease(job.id, bureau: bureau.id, holder: "b")
    #expect(lease.epoch == 3 && lease.attempt == 2)
    let package = try await world.opened(dispatcher, job.id, bureau: index)
    #expect(package.files.map(\.content) == world.files.map(\.plaintext))
    for report in [
      .started, try world.completion(lease, bureau: bureau.id, by: bureau.signingKey),
      World.passing, .shipped(Shipment(carrier: "DHL", tracking: "2")),
    ] as [Report] {
      try await world.report(dispatcher, lease, report, bureau: index)
    }
  }

  @Test("an abandoned job ends with its order, and its units stay consumed", arguments: states)
  func abandoned(state: JobState) async throws {
    let world = try await World()
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, state)
    let order = try await world.record(lease.job).order
    world.clock.advance(by: .seconds(6 * 86_400))
    try await dispatcher.abandon(order: order, brand: world.brand)
    #expect(try await world.record(lease.job).state == .cancelled)
    #expect(try await world.orderState(order) == "cancelled")
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await events(world, order).last?.kind == "job.abandon")
    #expect(try await events(world, order).last?.data == ["bureau": world.bureaus[0].id.text])
    try await expectGone(world, dispatcher, lease)
    for bureau in world.bureaus {
      #expect(try await dispatcher.offers(bureau: bureau.id).data.isEmpty)
    }
    #expect(
      await code { try await dispatcher.abandon(order: order, brand: world.brand) } == "job.state")
  }

  @Test("from every state in which a bureau has it, a late job is reassigned", arguments: states)
  func fromEveryState(state: JobState) async throws {
    let world = try await World()
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, state)
    let order = try await world.record(lease.job).order
    world.clock.advance(by: .seconds(6 * 86_400))
    try await dispatcher.reassign(order: order, brand: world.brand)
    #expect(try await world.record(lease.job).state == .offered)
    #expect(try await world.counts() == [2, 2, 0])
    try await expectGone(world, dispatcher, lease)
    // The customer may cancel again, until the next bureau accepts.
    try await world.cancel(dispatcher, lease.job)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await world.orderState(order) == "cancelled")
  }

  @Test("a job that is in time is left to its bureau, to the last moment of the day")
  func inTime() async throws {
    for (state, lateDay) in [(JobState.accepted, 2), (.printing, 6), (.inspected, 6)] {
      let world = try await World()
      let dispatcher = world.start()
      let lease = try await job(world, dispatcher, state)
      let before = try await world.record(lease.job)
      let today = world.clock.now.day
      let late = today + lateDay
      // The clock starts at nine in the morning.
      world.clock.advance(by: .seconds(lateDay * 86_400 - 9 * 3600) - .milliseconds(1))
      for act in [dispatcher.reassign, dispatcher.abandon] {
        do {
          try await act(before.order, world.brand, nil, nil)
          Issue.record("\(state) was taken back")
        } catch let problem as Problem {
          #expect(problem.code == "job.not_overdue" && problem.kind == .conflict)
          #expect(problem.detail.contains("\(late)"))
        }
      }
      #expect(try await world.record(lease.job) == before)
      #expect(try await world.counts() == [0, 2, 0])
      world.clock.advance(by: .milliseconds(1))
      try await dispatcher.reassign(order: before.order, brand: world.brand)
    }
  }

  @Test("a job that no bureau has, or that is with the carrier, is not taken back")
  func wrongStates() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, .inspected)
    try await world.report(dispatcher, lease, .shipped(Shipment(carrier: "DHL", tracking: "1")))
    let shipped = try await world.record(lease.job)
    let offered = try await world.place(dispatcher)
    let counts = try await world.counts()
    world.clock.advance(by: .seconds(60 * 86_400))
    for order in [shipped.order, offered.order] {
      for act in [dispatcher.reassign, dispatcher.abandon] {
        #expect(await code { try await act(order, world.brand, nil, nil) } == "job.state")
      }
    }
    let stranger: BrandID = world.clock.ambient.identifier(at: world.clock.now)
    for act in [dispatcher.reassign, dispatcher.abandon] {
      #expect(await code { try await act(shipped.order, stranger, nil, nil) } == "not_found")
      for reason in ["", "a\nb", "a\u{202E}b", String(repeating: "x", count: 501)] {
        #expect(
          await code { try await act(shipped.order, world.brand, reason, nil) } == "order.reason")
      }
    }
    #expect(try await world.counts() == counts)
    #expect(try await world.record(lease.job) == shipped)
  }

  @Test("without units for another bureau nothing changes, and the job can still be given up")
  func exhaustedLicence() async throws {
    let world = try await World(authorised: 3)
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, .printing)
    let before = try await world.record(lease.job)
    world.clock.advance(by: .seconds(6 * 86_400))
    #expect(
      await code { try await dispatcher.reassign(order: before.order, brand: world.brand) }
        == "licence.count_exhausted")
    #expect(try await world.record(lease.job) == before)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await world.orderState(before.order) == "in_production")
    // The bureau goes on as if nothing had been.
    let bureau = world.bureaus[0].id
    _ = try await dispatcher.heartbeat(lease.job, bureau: bureau, epoch: lease.epoch)
    try await dispatcher.abandon(order: before.order, brand: world.brand)
    #expect(try await world.counts() == [0, 2, 0])
  }

  @Test("when no bureau is left the order is unmakeable and the new units go back")
  func nobodyLeft() async throws {
    let world = try await World(authorised: 6, bureaus: 2)
    let dispatcher = world.start()
    let lease = try await job(world, dispatcher, .held)
    let order = try await world.record(lease.job).order
    try await dispatcher.reassign(order: order, brand: world.brand)
    let second = try await accept(world, dispatcher, bureau: 1)
    #expect(try await world.counts() == [0, 4, 0])
    // It has not been late for a moment: a repeated request does not take the job from it.
    #expect(
      await code { try await dispatcher.reassign(order: order, brand: world.brand) }
        == "job.not_overdue")
    let secondLease = try await dispatcher.lease(
      second.id, bureau: world.bureaus[1].id, holder: "b")
    try await world.report(dispatcher, secondLease, .held(reason: "no powder"), bureau: 1)
    try await dispatcher.reassign(order: order, brand: world.brand)
    #expect(try await world.record(lease.job).state == .unmakeable)
    #expect(try await world.orderState(order) == "unmakeable")
    #expect(try await world.counts() == [0, 4, 0])
    #expect(
      try await events(world, order).suffix(2).map(\.kind) == ["job.reassign", "job.exhaust"])
  }

  @Test("of many that retry, reassign and abandon a held job at once, exactly one has an effect")
  func manyDecisions() async throws {
    let world = try await World(authorised: 200, scrap: 40)
    let dispatcher = world.start()
    var (consumed, scrapped, reserved) = (0, 0, 0)
    for round in 0..<9 {
      let lease = try await job(world, dispatcher, .held)
      consumed += 2
      let order = try await world.record(lease.job).order
      // Late by every rule, so that what one effect leaves open is taken by another.
      world.clock.advance(by: .seconds(6 * 86_400))
      let outcomes = await withTaskGroup(of: String?.self) { group in
        for index in 0..<48 {
          group.addTask {
            await code {
              switch (index + round) % 3 {
              case 0: try await dispatcher.retryHeld(order: order, brand: world.brand)
              case 1: try await dispatcher.reassign(order: order, brand: world.brand)
              default: try await dispatcher.abandon(order: order, brand: world.brand)
              }
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == nil } == 1)
      let refusals: Set = ["job.state", "job.not_overdue"]
      #expect(refusals.isSuperset(of: outcomes.compactMap { $0 }), "\(outcomes)")
      let effects = try await events(world, order).map(\.kind).filter {
        ["job.retry", "job.reassign", "job.abandon"].contains($0)
      }
      #expect(effects.count == 1)
      if effects == ["job.retry"] { scrapped += 2 }
      if effects == ["job.reassign"] { reserved += 2 }
      #expect(try await world.counts() == [reserved, consumed, scrapped])
      #expect(try await world.record(lease.job).attempt == (effects == ["job.abandon"] ? 1 : 2))
    }
  }

  @Test("a failed inspection, reported often while the job is taken back, counts once at most")
  func failureAgainstTakingBack() async throws {
    let world = try await World(authorised: 200, scrap: 40)
    let dispatcher = world.start()
    var (consumed, scrapped, reserved) = (0, 0, 0)
    for round in 0..<6 {
      let lease = try await job(world, dispatcher, .printed)
      consumed += 2
      let order = try await world.record(lease.job).order
      world.clock.advance(by: .seconds(6 * 86_400))
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<30 {
          group.addTask {
            switch (index + round) % 3 {
            case 0: _ = try? await world.report(dispatcher, lease, World.failing)
            case 1: try? await dispatcher.reassign(order: order, brand: world.brand)
            default: try? await dispatcher.abandon(order: order, brand: world.brand)
            }
          }
        }
      }
      let effects = try await events(world, order).map(\.kind).filter {
        ["job.fail", "job.reassign", "job.abandon"].contains($0)
      }
      #expect(effects.count == 1)
      if effects == ["job.fail"] { scrapped += 2 }
      if effects == ["job.reassign"] { reserved += 2 }
      #expect(try await world.counts() == [reserved, consumed, scrapped])
    }
  }
}
