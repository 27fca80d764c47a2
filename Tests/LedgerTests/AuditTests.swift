import Database
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Two brands with nothing but their audit trails.
private struct Trails {
  let directory: TemporaryDirectory
  let database: Database
  let ledger: Ledger
  let clock = SimulatedClock()
  let one: BrandID
  let two: BrandID

  init() async throws {
    directory = try TemporaryDirectory()
    database = try Database.open(directory: directory.path + "/data")
    try await database.migrate()
    let (ambient, now) = (clock.ambient, clock.now)
    let (one, two): (BrandID, BrandID) = (ambient.identifier(at: now), ambient.identifier(at: now))
    (ledger, self.one, self.two) = (Ledger(ambient: ambient), one, two)
    try await database.write { tx in
      for brand in [one, two] {
        try tx.run(
          Statement("INSERT INTO brand (id, name, created_at) VALUES ($1, 'Brand', 0)"), brand)
      }
    }
  }

  func id<Kind>() -> Identifier<Kind> { clock.ambient.identifier(at: clock.now) }

  func record(
    _ action: AuditAction, _ brand: BrandID? = nil, by actor: AuditActor? = nil,
    about subject: AuditSubject = AuditSubject(), detail: String = ""
  ) async throws {
    let (brand, now) = (brand ?? one, clock.now)
    try await database.write { [ledger] in
      try ledger.audit(
        $0, action, brand: brand, by: actor, about: subject, detail: detail, at: now)
    }
  }

  func entries(
    _ brand: BrandID? = nil, _ filter: AuditFilter = AuditFilter()
  ) async throws -> [AuditEntry] {
    try await database.read { [ledger, one] in
      try ledger.auditEntries($0, brand: brand ?? one, filter, below: .max, limit: 100)
    }
  }
}

@Test("an audit entry says what was done, by whom, to what and when, and is read back as it was")
func auditEntriesAreWhole() async throws {
  let trails = try await Trails()
  let subject = AuditSubject(
    design: trails.id(), revision: trails.id(), file: trails.id(), licence: trails.id(),
    order: trails.id(), job: trails.id(), bureau: trails.id(), key: trails.id())
  let actors: [AuditActor] = [
    .key(trails.id(), role: "engineer"), .bureau(trails.id()), .operator, .broker,
  ]
  for actor in actors {
    try await trails.record(.originalRead, by: actor, about: subject, detail: "leg cap")
  }
  let entries = try await trails.entries().reversed()
  #expect(entries.map(\.actor) == actors)
  #expect(entries.map(\.number) == [1, 2, 3, 4])
  for entry in entries {
    #expect(
      AuditSubject(
        design: entry.design, revision: entry.revision, file: entry.file, licence: entry.licence,
        order: entry.order, job: entry.job, bureau: entry.bureau, key: entry.key) == subject)
    #expect(entry.action == .originalRead && entry.detail == "leg cap")
    #expect(entry.at == trails.clock.now)
  }
}

@Test("a ledger records as whoever it acts for, and as the broker where nobody was named")
func ledgersActForSomebody() async throws {
  let trails = try await Trails()
  let (brand, now) = (trails.one, trails.clock.now)
  let engineer = AuditActor.key(trails.id(), role: "engineer")
  try await trails.database.write { [ledger = trails.ledger] in
    try ledger.acting(for: engineer).audit(
      $0, .designCreated, brand: brand, about: AuditSubject(), at: now)
    try ledger.audit($0, .designCreated, brand: brand, about: AuditSubject(), at: now)
  }
  #expect(try await trails.entries().map(\.actor) == [.broker, engineer])
}

@Test("each brand's entries are numbered without gaps, and a transaction that fails leaves none")
func auditNumbers() async throws {
  struct Fault: Error {}
  let trails = try await Trails()
  let now = trails.clock.now
  for brand in [trails.one, trails.two, trails.one] {
    try await trails.record(.designCreated, brand)
    await #expect(throws: Fault.self) {
      try await trails.database.write { [ledger = trails.ledger] transaction in
        try ledger.audit(
          transaction, .designCreated, brand: brand, about: AuditSubject(), at: now)
        throw Fault()
      }
    }
  }
  #expect(try await trails.entries().map(\.number) == [2, 1])
  #expect(try await trails.entries(trails.two).map(\.number) == [1])
}

@Test("entries that are written at once get numbers of their own")
func auditNumbersAtOnce() async throws {
  let trails = try await Trails()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<32 { group.addTask { try await trails.record(.fileUploaded) } }
    try await group.waitForAll()
  }
  #expect(try await trails.entries().map(\.number) == Array((1...32).reversed()))
}

@Test("a filter lets pass what fits all of it, and nothing of another brand's")
func auditFilters() async throws {
  let trails = try await Trails()
  let (design, job, key): (DesignID, JobID, APIKeyID) = (trails.id(), trails.id(), trails.id())
  let start = trails.clock.now
  try await trails.record(.designCreated, about: AuditSubject(design: design))
  trails.clock.advance(by: .seconds(1))
  try await trails.record(.keyReleased, about: AuditSubject(design: design, job: job))
  trails.clock.advance(by: .seconds(1))
  try await trails.record(.jobAbandoned, by: .key(key, role: "sales"))
  try await trails.record(.apiKeyRevoked, about: AuditSubject(key: key))
  try await trails.record(.keyReleased, trails.two, about: AuditSubject(design: design, job: job))
  let second = start + .seconds(1)
  for (filter, numbers) in [
    (AuditFilter(), [4, 3, 2, 1]), (AuditFilter(action: .keyReleased), [2]),
    (AuditFilter(design: design), [2, 1]), (AuditFilter(job: job), [2]),
    (AuditFilter(key: key), [4, 3]), (AuditFilter(since: second), [4, 3, 2]),
    (AuditFilter(until: second), [1]), (AuditFilter(since: second, until: second), []),
    (AuditFilter(since: second, action: .apiKeyRevoked, key: key), [4]),
    (AuditFilter(action: .keyReleased, key: key), []),
  ] as [(AuditFilter, [Int64])] {
    #expect(try await trails.entries(nil, filter).map(\.number) == numbers, "\(filter)")
  }
}
