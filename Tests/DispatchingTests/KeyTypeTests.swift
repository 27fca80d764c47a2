import BureauProtocol
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Dispatching

@Suite("A brand takes a design from classical keys while jobs are under way")
struct KeyTypeTests {
  /// What the vault does in the commit of the change.
  private func tighten(
    _ world: World, _ dispatcher: Dispatcher, isHolding: Bool = true
  ) async throws {
    let (design, brand, now) = (world.design, world.brand, world.clock.now)
    try await world.database.write { tx in
      try tx.run(Statement("UPDATE design SET pq_only = 1 WHERE id = $1"), design)
      guard isHolding else { return }
      try dispatcher.holdClassicalJobs(tx, of: design, brand: brand, at: now)
    }
  }

  @Test("an accepted job of a classical key is held; it is not printed there again, but elsewhere")
  func accepted() async throws {
    let world = try await World(key: .x25519)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, job.id)
    _ = try await world.opened(dispatcher, job.id)
    try await tighten(world, dispatcher)

    let held = try await world.record(job.id)
    #expect(held.state == .held && held.epoch > lease.epoch && held.leaseHolder == nil)
    let event = try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try #require(try ledger.events($0, order: job.order, brand: brand).last)
    }
    #expect(event.kind == "job.hold" && event.data["reason"] == DesignKeyPolicy.message)
    #expect(
      await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) }
        == "design.key_type")
    #expect(try await world.record(job.id) == held)
    try await dispatcher.reassign(order: job.order, brand: world.brand)
    let next = try #require(try await dispatcher.offers(bureau: world.bureaus[1].id).data.first)
    _ = try await dispatcher.accept(next.id, bureau: world.bureaus[1].id)
    _ = try await world.opened(dispatcher, job.id, bureau: 1)
  }

  @Test("a stored package is not served to a classical key, nor stored, after the change")
  func packages() async throws {
    for isStored in [true, false] {
      let world = try await World(key: .x25519)
      let dispatcher = world.start()
      let job = try await world.accepted(dispatcher)
      if isStored { _ = try await world.opened(dispatcher, job.id) }
      // The job's state alone does not keep it.
      try await tighten(world, dispatcher, isHolding: false)
      #expect(await code { _ = try await world.opened(dispatcher, job.id) } == "design.key_type")
      let stored = try await world.number("SELECT COUNT(*) AS n FROM package_file")
      #expect(stored == (isStored ? world.files.count : 0))
    }
  }

  @Test("changed while a package is being made, its classical headers go nowhere")
  func whilePreparing() async throws {
    let world = try await World(key: .x25519)
    let accepting = world.start()
    let job = try await world.accepted(accepting)
    var dependencies = world.dependencies
    let files = dependencies.releasedFiles
    dependencies.releasedFiles = { job, bureau in
      let made = try await files(job, bureau)
      try await tighten(world, accepting, isHolding: false)
      return made
    }
    let dispatcher = world.start(dependencies: dependencies)
    #expect(await code { _ = try await world.lease(dispatcher, job.id) } == "design.key_type")
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 0)
  }

  @Test("what is being printed goes on; a failed inspection prints nothing again")
  func printing() async throws {
    let world = try await World(key: .x25519)
    let dispatcher = world.start()
    let first = try await world.printed(dispatcher)
    let job = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, job.id)
    try await world.report(dispatcher, lease, .started)
    try await tighten(world, dispatcher)
    #expect(try await world.record(job.id).state == .printing)
    #expect(
      try await world.report(dispatcher, lease, try world.completion(lease)).state == .printed)
    #expect(try await world.report(dispatcher, lease, World.passing).state == .inspected)
    #expect(try await world.report(dispatcher, first, World.failing).state == .held)
  }

  @Test("jobs of post-quantum keys go on as they were")
  func postQuantum() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    try await tighten(world, dispatcher)
    #expect(try await world.record(job.id).state == .accepted)
    _ = try await world.opened(dispatcher, job.id)
  }
}
