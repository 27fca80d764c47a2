public import Database
public import Domain
public import Ledger

/// Brands and bureaus as tenants of this installation, and the keys that they act with. Make one for
/// a process: it keeps who holds which key, and hears of what it revokes itself.
public struct Tenants: Sendable {
  let database: Database
  let ambient: Ambient
  private let principals = PrincipalCache()

  /// Tenants kept in a database.
  public init(database: Database, ambient: Ambient) {
    self.database = database
    self.ambient = ambient
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

extension Tenants {
  /// Makes a key for an owner and returns its secret, which cannot be had again. `not_found` for a
  /// brand or bureau that does not exist, `key.label` for a label like a bad name;
  /// `RepeatedRequest`, with the key's identifier, for a request that has made one.
  public func issue(
    _ owner: KeyOwner, label: String, once request: IdempotentRequest? = nil
  ) async throws -> IssuedKey {
    try check(label, "key.label", "label")
    let now = ambient.now()
    var generator = ambient.generator
    let secret = APISecret(using: &generator)
    let id = ambient.identifier(APIKeyID.self, at: now)
    try await database.write { transaction in
      try request?.claim(transaction, for: id, at: now)
      switch owner {
      case .operator: break
      case .brand(let brand), .storefront(let brand):
        _ = try transaction.row(TenantStore.brand, brand).orAbsent("brand")
      case .bureau(let bureau):
        _ = try transaction.row(TenantStore.bureau, bureau).orAbsent("bureau")
      }
      try transaction.run(
        TenantStore.insertKey, id, secret.sha256, owner.role, owner.tenant, label, now)
    }
    return IssuedKey(id: id, role: owner.role, label: label, secret: secret.text)
  }

  /// Who holds a secret; `nil` for one that is malformed, unknown or revoked, without saying which.
  ///
  /// Form and checksum are compared first, so that noise never reaches the database. What is looked
  /// up is the SHA-256, so that the time a comparison takes tells nothing of a stored secret.
  public func authenticate(_ secret: String) async throws -> Principal? {
    guard let hash = APISecret(secret)?.sha256 else { return nil }
    let (known, generation) = principals.look(up: hash)
    if let known { return known }
    let found = try await database.read { transaction in
      try transaction.row(TenantStore.keyBySecret, hash)
    }
    guard let found else { return nil }
    guard
      let owner = KeyOwner(role: try found.text("role"), tenant: try found.text("tenant_id"))
    else { throw Problem.failed("an API key's row has no valid owner") }
    let principal = Principal(owner, key: try found.identifier("id"))
    principals.keep(principal, for: hash, readIn: generation)
    return principal
  }

  /// An owner's keys without their secrets, newest first.
  public func keys(
    of owner: KeyOwner, limit: Int = 20, after: APIKeyID? = nil
  ) async throws -> Page<KeyView> {
    let limit = try Page<KeyView>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(
        TenantStore.keys, owner.role, owner.tenant, after.cursor, limit + 1)
    }
    return Page(
      try rows.map { row in
        KeyView(
          id: try row.identifier("id"), role: try row.text("role"), label: try row.text("label"),
          createdAt: try row.instant("created_at"),
          revokedAt: try row.instantOrNil("revoked_at"))
      }, limit: limit)
  }

  /// Revokes an owner's key: when this returns it is refused, also after a crash. Revoking it again
  /// changes nothing; `not_found` for a key that is not this owner's.
  public func revoke(_ key: APIKeyID, of owner: KeyOwner) async throws {
    let now = ambient.now()
    try await database.write { [principals] transaction in
      transaction.afterCommit { principals.empty() }
      guard try transaction.run(TenantStore.revoke, now, key, owner.role, owner.tenant) == 1 else {
        throw Problem.absent("key")
      }
    }
  }

  /// Whether there is an operator key that is not revoked; false on a first start.
  public func hasOperatorKey() async throws -> Bool {
    try await database.read { transaction in
      try transaction.row(TenantStore.usableOperatorKey) != nil
    }
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
