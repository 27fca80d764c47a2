public import Database
public import Domain
public import Ledger

/// Brands and bureaus as tenants of this installation, and the keys that they act with. Make one for
/// a process: it and its copies keep who holds which key and when it was used, and hear of what they
/// revoke themselves.
public struct Tenants: Sendable {
  let database: Database
  private(set) var ledger: Ledger
  let ambient: Ambient
  let principals = PrincipalCache()
  let uses = KeyUses()

  /// Tenants kept in a database.
  public init(database: Database, ledger: Ledger, ambient: Ambient) {
    self.database = database
    self.ledger = ledger
    self.ambient = ambient
  }

  /// The same tenants, acting for somebody.
  public func acting(for actor: AuditActor, with key: APIKeyID? = nil) -> Tenants {
    var tenants = self
    tenants.ledger = ledger.acting(for: actor, with: key)
    return tenants
  }

  /// Creates a brand. `tenant.name` for a name that is empty, over 200 bytes or not plain text;
  /// `RepeatedRequest` for a request that has made one.
  public func createBrand(
    name: String, once request: IdempotentRequest? = nil
  ) async throws -> BrandView {
    try check(name, "tenant.name", "name")
    let now = ambient.now()
    let brand = BrandView(id: ambient.identifier(at: now), name: name, createdAt: now)
    try await database.write { transaction in
      try request?.claim(transaction, for: brand.id, at: now)
      try transaction.run(TenantStore.insertBrand, brand.id, brand.name, now)
    }
    return brand
  }

  /// A brand.
  public func brand(_ id: BrandID) async throws -> BrandView {
    let row = try await database.read { try $0.row(TenantStore.brand, id) }
    return try BrandView(row: row.orAbsent("brand"))
  }

  /// The brands, newest first.
  public func brands(limit: Int = 20, after: BrandID? = nil) async throws -> Page<BrandView> {
    let limit = try Page<BrandView>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(TenantStore.brands, after.cursor, limit + 1)
    }
    return Page(try rows.map(BrandView.init(row:)), limit: limit)
  }

  /// Creates a bureau; it can be offered nothing until it has enrolled and added a machine.
  /// `tenant.name` as for brands.
  public func createBureau(
    name: String, once request: IdempotentRequest? = nil
  ) async throws -> BureauSummary {
    try check(name, "tenant.name", "name")
    let now = ambient.now()
    let bureau = BureauSummary(id: ambient.identifier(at: now), name: name, createdAt: now)
    try await database.write { transaction in
      try request?.claim(transaction, for: bureau.id, at: now)
      try transaction.run(TenantStore.insertBureau, bureau.id, bureau.name, now)
      try transaction.run(NetworkStore.bump)
    }
    return bureau
  }

  /// A bureau, as in a list.
  public func bureau(_ id: BureauID) async throws -> BureauSummary {
    let row = try await database.read { try $0.row(TenantStore.bureau, id) }
    return try BureauSummary(row: row.orAbsent("bureau"))
  }

  /// The bureaus, newest first.
  public func bureaus(limit: Int = 20, after: BureauID? = nil) async throws -> Page<BureauSummary> {
    let limit = try Page<BureauSummary>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(TenantStore.bureaus, after.cursor, limit + 1)
    }
    return Page(try rows.map(BureauSummary.init(row:)), limit: limit)
  }
}

extension BrandView {
  fileprivate init(row: Row) throws {
    self.init(
      id: try row.identifier("id"), name: try row.text("name"),
      createdAt: try row.instant("created_at"))
  }
}

extension BureauSummary {
  fileprivate init(row: Row) throws {
    self.init(
      id: try row.identifier("id"), name: try row.text("name"),
      createdAt: try row.instant("created_at"),
      enrolledAt: try row.instantOrNil("enrolled_at"))
  }
}
