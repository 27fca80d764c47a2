import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import TestSupport
import Testing

@testable import Dispatching

@Suite("A brand withdraws the revision of jobs under way")
struct WithdrawalTests {
  /// What the vault does in the commit of a withdrawal.
  private func withdraw(
    _ world: World, _ dispatcher: Dispatcher, isSuspending: Bool = true
  ) async throws {
    let (revision, brand, now) = (world.revision, world.brand, world.clock.now)
    try await world.database.write { tx in
      try tx.run(
        Statement("UPDATE revision SET state = 'withdrawn' WHERE id = $1"), revision)
      guard isSuspending else { return }
      try dispatcher.suspendJobs(tx, of: revision, brand: brand, reason: "It breaks.", at: now)
    }
  }

  private func lastEvent(_ world: World, _ order: OrderID) async throws -> EventRecord {
    try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try #require(try ledger.events($0, order: order, brand: brand).last)
    }
  }

  @Test("an offered job is asked of nobody any more, and its event says why")
  func offered() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.place(dispatcher)
    let offer = try #require(try await dispatcher.offers(bureau: world.bureaus[0].id).data.first)
    try await withdraw(world, dispatcher)
    let stopped = try await world.record(job.id)
    #expect(stopped.state == .queued && stopped.bureau == nil && stopped.machine == nil)
    #expect(try await world.orderState(job.order) == "placed")
    let event = try await lastEvent(world, job.order)
    #expect(event.kind == "job.withdraw" && event.data["reason"] == "It breaks.")
    #expect(event.data["bureau"] == world.bureaus[0].id.text)
    #expect(
      await code { _ = try await dispatcher.accept(offer.id, bureau: world.bureaus[0].id) }
        == "offer.withdrawn")
    world.clock.advance(by: .seconds(7200))
    #expect(try await dispatcher.expireOffers() == 0)
    for bureau in world.bureaus {
      #expect(try await dispatcher.offers(bureau: bureau.id).data.isEmpty)
    }
    #expect(try await world.counts() == [2, 0, 0])
  }

  @Test("an accepted or printing job is held and its lease ended", arguments: [false, true])
  func held(isPrinting: Bool) async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, job.id)
    _ = try await world.opened(dispatcher, job.id)
    if isPrinting { try await world.report(dispatcher, lease, .started) }
    try await withdraw(world, dispatcher)

    let held = try await world.record(job.id)
    #expect(held.state == .held && held.bureau == world.bureaus[0].id)
    #expect(held.leaseHolder == nil && held.epoch > lease.epoch)
    #expect(try await dispatcher.job(job.id, bureau: world.bureaus[0].id).state == .held)
    for refused in [
      await code { _ = try await world.opened(dispatcher, job.id) },
      await code { _ = try await world.lease(dispatcher, job.id) },
      await code {
        _ = try await dispatcher.heartbeat(
          job.id, bureau: world.bureaus[0].id, epoch: lease.epoch)
      },
    ] { #expect(refused == "job.state") }
    #expect(
      await code { try await world.report(dispatcher, lease, .held(reason: "x")) }
        == "lease.stale_epoch")

    // Neither would be a print of the withdrawn revision less.
    for refused in [
      await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) },
      await code { try await dispatcher.reassign(order: job.order, brand: world.brand) },
    ] { #expect(refused == "revision.withdrawn") }
    #expect(try await world.record(job.id) == held)
    try await dispatcher.abandon(order: job.order, brand: world.brand)
    #expect(try await world.orderState(job.order) == "cancelled")
    #expect(try await world.counts() == [0, 2, 0])
  }

  @Test("printed parts go to their customer, but a failed inspection prints nothing again")
  func printed() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let first = try await world.printed(dispatcher)
    let second = try await world.printed(dispatcher)
    try await withdraw(world, dispatcher)
    #expect(try await world.report(dispatcher, first, World.passing).state == .inspected)
    let shipped = Report.shipped(Shipment(carrier: "DHL", tracking: "1"))
    #expect(try await world.report(dispatcher, first, shipped).state == .shipped)
    #expect(try await world.report(dispatcher, second, World.failing).state == .held)
    #expect(try await world.counts() == [0, 4, 0])
    // After a restart of the agent, it goes on from its lease without the package.
    #expect(
      await code { _ = try await world.opened(dispatcher, first.job) } == "job.state")
  }

  @Test("a stored package, whose headers are keys, is not served, nor stored after the withdrawal")
  func packages() async throws {
    for isStored in [true, false] {
      let world = try await World()
      let dispatcher = world.start()
      let job = try await world.accepted(dispatcher)
      if isStored { _ = try await world.opened(dispatcher, job.id) }
      // The job's state alone does not keep it.
      try await withdraw(world, dispatcher, isSuspending: false)
      #expect(
        await code { _ = try await world.opened(dispatcher, job.id) } == "revision.withdrawn")
      let stored = try await world.number("SELECT COUNT(*) AS n FROM package_file")
      #expect(stored == (isStored ? world.files.count : 0))
    }
  }

  @Test("withdrawn while a package is being made, its headers go nowhere")
  func whilePreparing() async throws {
    let world = try await World()
    let accepting = world.start()
    let job = try await world.accepted(accepting)
    var dependencies = world.dependencies
    let files = dependencies.releasedFiles
    dependencies.releasedFiles = { job, bureau in
      let made = try await files(job, bureau)
      try await withdraw(world, accepting, isSuspending: false)
      return made
    }
    let dispatcher = world.start(dependencies: dependencies)
    #expect(
      await code { _ = try await world.lease(dispatcher, job.id) } == "revision.withdrawn")
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 0)
  }

  @Test(
    "shredded while a package is being made, its headers go nowhere, and stored ones are removed")
  func shredded() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let (revision, brand) = (world.revision, world.brand)
    let shred: @Sendable () async throws -> Void = { [database = world.database] in
      try await database.write { tx in
        try tx.run(Statement("UPDATE revision SET state = 'shredded' WHERE id = $1"), revision)
        try dispatcher.shredPackages(tx, of: revision, brand: brand)
      }
    }
    let stored = try await world.accepted(dispatcher)
    _ = try await world.opened(dispatcher, stored.id)
    let job = try await world.accepted(dispatcher)
    #expect(
      try await world.number("SELECT COUNT(*) AS n FROM package_file") == world.files.count)
    var dependencies = world.dependencies
    let files = dependencies.releasedFiles
    dependencies.releasedFiles = { job, bureau in
      let made = try await files(job, bureau)
      try await shred()
      return made
    }
    let preparing = world.start(dependencies: dependencies)
    #expect(await code { _ = try await world.lease(preparing, job.id) } == "revision.shredded")
    #expect(
      await code { _ = try await world.opened(dispatcher, stored.id) } == "revision.shredded")
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package_file") == 0)
    // What the bureau was given is proved as before.
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 1)
  }

  @Test("jobs of other revisions go on")
  func others() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    let other = world.clock.ambient.identifier(RevisionID.self, at: world.clock.now)
    let (brand, now) = (world.brand, world.clock.now)
    try await world.database.write { tx in
      try dispatcher.suspendJobs(tx, of: other, brand: brand, reason: "x", at: now)
    }
    #expect(try await world.record(job.id).state == .accepted)
  }
}
