import Domain
import Ledger
import TestSupport
import Testing

@testable import Brokering
@testable import Database

private let lastUse = Statement("SELECT last_used_at FROM api_key WHERE id = $1")

private func storedUse(_ world: World, _ key: APIKeyID) async throws -> Instant? {
  try await world.database.read { try $0.row(lastUse, key)?.instantOrNil("last_used_at") }
}

@Test("a key from before the roles is its brand's owner's, and nothing else changes")
func oldKeysAreOwners() async throws {
  let directory = try TemporaryDirectory()
  let database = try Database.open(directory: directory.path("data"))
  try await database.migrate(Array(Migration.shipped.prefix { !$0.name.hasSuffix("_access") }))
  let ambient = SimulatedClock().ambient
  let now = ambient.now()
  let brand: BrandID = ambient.identifier(at: now)
  var generator = ambient.generator
  let secrets = ["brand", "storefront"].map { ($0, APISecret(using: &generator)) }
  try await database.write { transaction in
    try transaction.run(TenantStore.insertBrand, brand, "Brand", now)
    for (role, secret) in secrets {
      try transaction.run(
        TenantStore.insertKey, ambient.identifier(APIKeyID.self, at: now), secret.sha256, role,
        brand, "old", now)
    }
  }
  try await database.migrate()
  let tenants = Tenants(database: database, ledger: Ledger(ambient: ambient), ambient: ambient)
  let owner = try await tenants.authenticate(secrets[0].1.text)
  #expect(owner?.owner == .brand(brand, .owner))
  // What was repeated before is still a repetition afterwards.
  #expect(owner?.scope == "brand \(brand)")
  let storefront = try await tenants.authenticate(secrets[1].1.text)
  #expect(storefront?.owner == .storefront(brand) && storefront?.scope == "storefront \(brand)")
}

@Test("the last owner's key that works is not revoked by the brand itself, whoever asks at once")
func lastOwner() async throws {
  let world = try await World()
  let (tenants, brand) = (world.tenants, try await world.brand().id)
  let owners = try await (0..<8).asyncMap { _ in
    try await tenants.issue(.brand(brand, .owner), label: "o").id
  }
  let refused = await withTaskGroup(of: String?.self) { group in
    for key in owners {
      group.addTask {
        do {
          try await tenants.revoke(key, of: .brand(brand), leavingOne: true)
          return nil
        } catch { return (error as? Problem)?.code ?? "\(error)" }
      }
    }
    return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
  }
  #expect(refused == ["key.last_owner"])
  let left = try await tenants.keys(of: .brand(brand), role: "owner").data
    .filter { $0.revokedAt == nil }
  #expect(left.count == 1)
  let last = try #require(left.first)
  // Others may go, and the operator may revoke the last one too.
  let engineer = try await tenants.issue(.brand(brand, .engineer), label: "e")
  try await tenants.revoke(engineer.id, of: .brand(brand), leavingOne: true)
  try await tenants.revoke(last.id, of: .brand(brand))
  #expect(try await tenants.keys(of: .brand(brand), role: "owner").data.count == 8)
}

@Test("the use of a key is noted in memory, stored by the duty, and never goes back")
func lastUsed() async throws {
  let world = try await World()
  let (tenants, brand) = (world.tenants, try await world.brand().id)
  let key = try await tenants.issue(.brand(brand, .sales), label: "s")
  func shown() async throws -> Instant? {
    try await tenants.keys(of: .brand(brand), role: "sales").data.first?.lastUsedAt
  }
  #expect(try await shown() == nil)
  for _ in 0..<3 {
    world.clock.advance(by: .seconds(5))
    _ = try await tenants.authenticate(key.secret)
  }
  let used = world.clock.now
  #expect(try await shown() == used)
  #expect(try await storedUse(world, key.id) == nil)
  try await tenants.storeKeyUses()
  #expect(try await storedUse(world, key.id) == used)

  world.clock.jumpWallClock(by: .seconds(-3600))
  _ = try await tenants.authenticate(key.secret)
  #expect(try await shown() == used)
  try await tenants.storeKeyUses()
  #expect(try await storedUse(world, key.id) == used)
}

@Test("what could not be stored is stored by the next round")
func lastUsedAfterFault() async throws {
  let world = try await World()
  let (tenants, brand) = (world.tenants, try await world.brand().id)
  let key = try await tenants.issue(.storefront(brand), label: "s")
  _ = try await tenants.authenticate(key.secret)
  try await world.database.write {
    _ = try $0.run(Statement("ALTER TABLE api_key RENAME COLUMN last_used_at TO gone"))
  }
  await #expect(throws: DatabaseError.self) { try await tenants.storeKeyUses() }
  try await world.database.write {
    _ = try $0.run(Statement("ALTER TABLE api_key RENAME COLUMN gone TO last_used_at"))
  }
  try await tenants.storeKeyUses()
  #expect(try await storedUse(world, key.id) == world.clock.now)
}

@Test("keys are made and revoked in the commit of their audit entry, by whoever did it")
func keysAreAudited() async throws {
  let world = try await World()
  let brand = try await world.brand().id
  let owner = AuditActor.key(
    world.clock.ambient.identifier(at: world.clock.now), role: "owner")
  let tenants = world.tenants.acting(for: owner)
  let key = try await tenants.issue(.brand(brand, .sales), label: "Kim")
  try await tenants.revoke(key.id, of: .brand(brand))
  try await tenants.revoke(key.id, of: .brand(brand))
  let entries = try await tenants.audit(of: brand).data
  // The storefront's key that a test's brand begins with is the broker's doing.
  #expect(entries.map(\.action) == [.apiKeyRevoked, .apiKeyMade, .apiKeyMade])
  #expect(entries.map(\.actor) == [owner, owner, .broker])
  #expect(entries.prefix(2).allSatisfy { $0.key == key.id && $0.detail == "sales “Kim”" })

  try await world.database.write {
    _ = try $0.run(Statement("ALTER TABLE audit_entry RENAME TO gone"))
  }
  let before = try await world.count("api_key")
  await #expect(throws: DatabaseError.self) {
    try await tenants.issue(.brand(brand, .owner), label: "unrecorded")
  }
  #expect(try await world.count("api_key") == before)
}

@Test("an export reads all that was there when it began, a bounded page at a time")
func auditExports() async throws {
  let world = try await World()
  let (tenants, ledger, clock) = (world.tenants, world.ledger, world.clock)
  let (brand, other) = (try await world.brand("One").id, try await world.brand("Two").id)
  func record(_ count: Int) async throws {
    let now = clock.now
    try await world.database.write { transaction in
      for number in 0..<count {
        for brand in [brand, other] {
          try ledger.audit(
            transaction, number % 3 == 0 ? .fileUploaded : .originalRead, brand: brand,
            about: AuditSubject(), at: now)
        }
      }
    }
  }
  try await record(1200)
  for (filter, count) in [(AuditFilter(), 1201), (AuditFilter(action: .fileUploaded), 403)] {
    let export = try await tenants.auditExport(of: brand, filter)
    var entries: [AuditEntry] = []
    for try await page in export {
      #expect((1...AuditExport.pageSize).contains(page.count))
      entries += page
      try await record(1)
    }
    #expect(entries.count == count, "\(filter)")
    #expect(entries.map(\.number) == entries.map(\.number).sorted())
    let own = try await tenants.audit(of: brand, limit: 100).data
    #expect(Set(own.map(\.id)).isDisjoint(with: try await tenants.audit(of: other).data.map(\.id)))
  }
}

extension Sequence where Element: Sendable {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
