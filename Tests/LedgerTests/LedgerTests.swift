import Database
import Domain
import TestSupport
import Testing

@testable import Ledger

private struct World {
  let directory: TemporaryDirectory
  let database: Database
  let ledger: Ledger
  let ambient = Ambient.simulated()
  let brand: BrandID
  let licence: LicenceID
  let job: NewJob

  init(authorised: Int = 3, scrap: Int = 1) async throws {
    directory = try TemporaryDirectory()
    database = try Database.open(directory: directory.path + "/data")
    try await database.migrate()
    let (ledger, now) = (Ledger(ambient: ambient), ambient.now())
    let (brand, licence): (BrandID, LicenceID) = (
      ambient.identifier(at: now), ambient.identifier(at: now)
    )
    let job = NewJob(
      id: ambient.identifier(at: now), brand: brand, order: ambient.identifier(at: now),
      part: ambient.identifier(at: now), design: ambient.identifier(at: now),
      revision: ambient.identifier(at: now), profile: ambient.identifier(at: now),
      licence: licence, quantity: 2,
      productionDay: now.day + 1, dueDay: now.day + 5)
    (self.ledger, self.brand, self.licence, self.job) = (ledger, brand, licence, job)
    try await database.write { tx in
      try tx.run(
        Statement("INSERT INTO brand (id, name, created_at) VALUES ($1, 'Brand', 0)"), brand)
      try tx.run(
        Statement("INSERT INTO design (id, brand_id, name, created_at) VALUES ($1, $2, \'D\', 0)"),
        job.design, brand)
      try tx.run(
        Statement(
          """
          INSERT INTO revision (
            id, brand_id, design_id, number, state, created_at, released_at)
          VALUES ($1, $2, $3, 1, 'released', 0, 0)
          """),
        job.revision, brand, job.design)
      try tx.run(
        Statement("INSERT INTO print_profile VALUES ($1, $2, $3, $4, 1, 'standard', '{}', 0)"),
        job.profile, brand, job.design, job.revision)
      try ledger.grantLicence(
        tx, id: licence, brand: brand, design: job.design,
        terms: LicenceTerms(authorisedUnits: authorised, scrapAllowance: scrap), at: now)
      try tx.run(
        Statement(
          """
          INSERT INTO part (
            id, brand_id, design_id, revision_id, licence_id, sku, name, description, fits,
            price_minor, payout_minor, currency, lead_days, created_at)
          VALUES ($1, $2, $3, $4, $5, 'S', 'P', '', '[]', 1, 1, 'EUR', 3, 0)
          """),
        job.part, brand, job.design, job.revision, licence)
      try tx.run(
        Statement(
          """
          INSERT INTO customer_order VALUES
          ($1, $2, $3, 2, 2, 'EUR', 'placed', 'DE', 0, 0, $4, $4, 1, 0, $5)
          """), job.order, brand, job.part, [UInt8](repeating: 0, count: 1), job.id)
    }
  }

  func counts() async throws -> [Int] {
    let record = try await database.read { [ledger, licence, brand] in
      try ledger.licence($0, licence, brand: brand)
    }
    return [record.reserved, record.consumed, record.scrapped]
  }
}

@Test("no more units are reserved than authorised, whatever asks at once")
func reservationsAreLimited() async throws {
  let world = try await World(authorised: 5)
  let (ledger, licence, brand) = (world.ledger, world.licence, world.brand)
  let now = world.ambient.now()
  let granted = await withTaskGroup(of: Bool.self) { group in
    for _ in 0..<32 {
      let job: JobID = world.ambient.identifier(at: now)
      group.addTask {
        do {
          try await world.database.write {
            try ledger.reserve($0, licence: licence, brand: brand, units: 1, job: job, at: now)
          }
          return true
        } catch {
          #expect((error as? Problem)?.code == "licence.count_exhausted")
          return false
        }
      }
    }
    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
  }
  #expect(granted == 5)
  #expect(try await world.counts() == [5, 0, 0])
  let entries = try await world.database.read {
    try ledger.entries($0, licence: licence, brand: brand)
  }
  #expect(entries.map(\.kind) == [.licenceGranted] + Array(repeating: .licenceReserved, count: 5))
  #expect(entries.map(\.number) == Array(1...6))
}

@Test("units are consumed only after they were reserved, and scrap only as far as allowed")
func consumptionFollowsReservation() async throws {
  let world = try await World(authorised: 2, scrap: 1)
  let (ledger, licence, brand, job) = (world.ledger, world.licence, world.brand, world.job.id)
  let now = world.ambient.now()
  let bureau: BureauID = world.ambient.identifier(at: now)
  await #expect(throws: Problem.self) {
    try await world.database.write {
      _ = try ledger.consume(
        $0, licence: licence, brand: brand, units: 2, job: job, bureau: bureau, at: now)
    }
  }
  try await world.database.write {
    try ledger.reserve($0, licence: licence, brand: brand, units: 2, job: job, at: now)
    _ = try ledger.consume(
      $0, licence: licence, brand: brand, units: 2, job: job, bureau: bureau, at: now)
    try ledger.useScrap($0, licence: licence, brand: brand, units: 1, job: job, at: now)
  }
  #expect(try await world.counts() == [0, 2, 1])
  await #expect {
    try await world.database.write {
      try ledger.useScrap($0, licence: licence, brand: brand, units: 1, job: job, at: now)
    }
  } throws: {
    ($0 as? Problem)?.code == "licence.scrap_exhausted"
  }
}

@Test("another brand's licence is not there")
func licencesBelongToBrands() async throws {
  let world = try await World()
  let (ledger, licence) = (world.ledger, world.licence)
  let stranger: BrandID = world.ambient.identifier(at: world.ambient.now())
  await #expect(throws: Problem.absent("licence")) {
    try await world.database.read { try ledger.licence($0, licence, brand: stranger) }
  }
}

@Test("a job moves with its order, and every step is an event with the new version")
func jobsMoveWithOrders() async throws {
  let world = try await World()
  let (ledger, brand, order) = (world.ledger, world.brand, world.job.order)
  let now = world.ambient.now()
  let end = try await world.database.write { [job = world.job] tx in
    var record = try ledger.createJob(tx, job, at: now)
    for event in [JobEvent.offer, .accept, .start, .complete, .fail, .start] {
      record = try ledger.advance(tx, record, by: event, at: now)
    }
    return record
  }
  #expect(end.state == .printing)
  #expect([end.version, end.attempt] == [7, 2])
  let events = try await world.database.read {
    try ledger.events($0, order: order, brand: brand, after: 2)
  }
  #expect(events.map(\.version) == Array(3...7))
  #expect(events.last?.kind == "job.start")
  let state = try await world.database.read { tx in
    try tx.row(Statement("SELECT state FROM customer_order WHERE id = $1"), order)?.text("state")
  }
  #expect(state == "in_production")
}

@Test("a stale copy of a job moves nothing")
func staleJobsAreRefused() async throws {
  let world = try await World()
  let (ledger, now) = (world.ledger, world.ambient.now())
  let stale = try await world.database.write { [job = world.job] tx in
    let record = try ledger.createJob(tx, job, at: now)
    _ = try ledger.advance(tx, record, by: .offer, at: now)
    return record
  }
  await #expect {
    try await world.database.write { _ = try ledger.advance($0, stale, by: .cancel, at: now) }
  } throws: {
    ($0 as? Problem)?.code == "job.changed"
  }
}

@Test("a job is moved for its own brand only")
func jobsMoveForTheirBrand() async throws {
  let world = try await World()
  let (ledger, job, now) = (world.ledger, world.job, world.ambient.now())
  let record = try await world.database.write { try ledger.createJob($0, job, at: now) }
  let theirs = JobRecord(
    NewJob(
      id: job.id, brand: world.ambient.identifier(at: now), order: job.order, part: job.part,
      design: job.design, revision: job.revision, profile: job.profile, licence: job.licence,
      quantity: job.quantity,
      productionDay: job.productionDay, dueDay: job.dueDay))
  await #expect {
    try await world.database.write { _ = try ledger.advance($0, theirs, by: .cancel, at: now) }
  } throws: {
    ($0 as? Problem)?.code == "job.changed"
  }
  #expect(try await world.database.read { try ledger.job($0, job.id) } == record)
}
