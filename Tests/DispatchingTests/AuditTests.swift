import BureauProtocol
import Database
import Domain
import Ledger
import TestSupport
import Testing

@testable import Dispatching

@Suite("What dispatching records in the audit trail")
struct AuditTests {
  private func entries(_ world: World) async throws -> [AuditEntry] {
    try await world.database.read { [ledger = world.ledger, brand = world.brand] in
      try ledger.auditEntries($0, brand: brand, AuditFilter(), below: .max, limit: 100)
    }.reversed()
  }

  private func loseTrail(_ world: World) async throws {
    try await world.database.write {
      _ = try $0.run(Statement("ALTER TABLE audit_entry RENAME TO gone"))
    }
  }

  private func findTrail(_ world: World) async throws {
    try await world.database.write {
      _ = try $0.run(Statement("ALTER TABLE gone RENAME TO audit_entry"))
    }
  }

  @Test("a package is recorded when its headers are stored, once, and each time it is fetched")
  func packages() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    let before = try await entries(world).count
    _ = try await world.lease(dispatcher, job)
    for _ in 0..<2 { _ = try await dispatcher.package(of: job, bureau: bureau) }
    let new = try await entries(world).dropFirst(before)
    #expect(new.map(\.action) == [.packageMade, .packageFetched, .packageFetched])
    for entry in new {
      #expect(entry.actor == .bureau(bureau) && entry.bureau == bureau && entry.job == job)
      #expect(entry.design == world.design && entry.revision == world.revision)
    }
  }

  @Test("asked for many times at once, headers are recorded once and every fetch is")
  func atOnce() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { _ = try await dispatcher.package(of: job, bureau: bureau) }
      }
      try await group.waitForAll()
    }
    let actions = try await entries(world).map(\.action)
    #expect(actions.count { $0 == .packageMade } == 1)
    #expect(actions.count { $0 == .packageFetched } == 8)
  }

  @Test("no package is stored and none is handed out that cannot be recorded")
  func unrecorded() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    try await loseTrail(world)
    await #expect(throws: DatabaseError.self) { try await world.lease(dispatcher, job) }
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 0)
    try await findTrail(world)
    _ = try await world.lease(dispatcher, job)
    try await loseTrail(world)
    await #expect(throws: DatabaseError.self) {
      try await dispatcher.package(of: job, bureau: bureau)
    }
  }

  @Test("a job that is taken back is recorded as who took it, without the reason")
  func takenBack() async throws {
    let world = try await World(bureaus: 2)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .held(reason: "power cut"))
    let before = try await world.record(job)
    let count = try await entries(world).count
    let sales = AuditActor.key(
      world.clock.ambient.identifier(at: world.clock.now), role: "sales")
    let people = dispatcher.acting(for: sales)
    await #expect(throws: Problem.absent("order")) {
      try await people.reassign(
        order: world.clock.ambient.identifier(at: world.clock.now), brand: world.brand)
    }
    try await loseTrail(world)
    await #expect(throws: DatabaseError.self) {
      try await people.reassign(order: before.order, brand: world.brand)
    }
    try await findTrail(world)
    #expect(try await world.record(job).state == .held)
    try await people.reassign(order: before.order, brand: world.brand, reason: "Mrs Jones waits")
    let new = try await entries(world).dropFirst(count)
    #expect(new.map(\.action) == [.jobReassigned])
    #expect(new.first?.actor == sales && new.first?.bureau == before.bureau)
    #expect(new.first?.detail == "was held")
  }
}
