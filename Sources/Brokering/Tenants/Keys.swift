import Database
public import Domain
public import Ledger

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
    try await database.write { [ledger] transaction in
      try request?.claim(transaction, for: id, at: now)
      switch owner.tenant {
      case .operator: break
      case .brand(let brand):
        _ = try transaction.row(TenantStore.brand, brand).orAbsent("brand")
        try ledger.audit(
          transaction, .apiKeyMade, brand: brand, about: AuditSubject(key: id),
          detail: "\(owner.role) “\(label)”", at: now)
      case .bureau(let bureau):
        _ = try transaction.row(TenantStore.bureau, bureau).orAbsent("bureau")
      }
      try transaction.run(
        TenantStore.insertKey, id, secret.sha256, owner.role, owner.tenant.text, label, now)
    }
    return IssuedKey(id: id, role: owner.role, label: label, secret: secret.text)
  }

  /// Who holds a secret; `nil` for one that is malformed, unknown or revoked, without saying which.
  /// Notes that the key was used, in memory.
  ///
  /// Form and checksum are compared first, so that noise never reaches the database. What is looked
  /// up is the SHA-256, so that the time a comparison takes tells nothing of a stored secret.
  public func authenticate(_ secret: String) async throws -> Principal? {
    guard let hash = APISecret(secret)?.sha256 else { return nil }
    let (known, generation) = principals.look(up: hash)
    if let known {
      uses.note(known.key, at: ambient.now())
      return known
    }
    let found = try await database.read { transaction in
      try transaction.row(TenantStore.keyBySecret, hash)
    }
    guard let found else { return nil }
    guard
      let owner = KeyOwner(role: try found.text("role"), tenant: try found.text("tenant_id"))
    else { throw Problem.failed("an API key's row has no valid owner") }
    let principal = Principal(owner, key: try found.identifier("id"))
    principals.keep(principal, for: hash, readIn: generation)
    uses.note(principal.key, at: ambient.now())
    return principal
  }

  /// A tenant's keys without their secrets, newest first: all of them, or those of one role.
  public func keys(
    of tenant: Tenant, role: String? = nil, limit: Int = 20, after: APIKeyID? = nil
  ) async throws -> Page<KeyView> {
    let limit = try Page<KeyView>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(
        TenantStore.keys, tenant.text, role ?? "", after.cursor, limit + 1)
    }
    return Page(
      try rows.map { row in
        let id: APIKeyID = try row.identifier("id")
        let used = [try row.instantOrNil("last_used_at"), uses.last(of: id)].compactMap { $0 }
        return KeyView(
          id: id, role: try row.text("role"), label: try row.text("label"),
          createdAt: try row.instant("created_at"),
          revokedAt: try row.instantOrNil("revoked_at"), lastUsedAt: used.max())
      }, limit: limit)
  }

  /// Revokes a tenant's key: when this returns it is refused, also after a crash. Revoking it again
  /// changes nothing; `not_found` for a key that is not this tenant's.
  ///
  /// - Parameter leavingOne: refuses to take a brand its last owner's key that works (`key.last_owner`), or
  ///   the installation its last operator's (`key.last_operator`).
  public func revoke(
    _ key: APIKeyID, of tenant: Tenant, leavingOne: Bool = false
  ) async throws {
    let now = ambient.now()
    try await database.write { [principals, ledger] transaction in
      transaction.afterCommit { principals.empty() }
      let row = try transaction.row(TenantStore.key, key, tenant.text).orAbsent("key")
      guard try row.instantOrNil("revoked_at") == nil else { return }
      let role = try row.text("role")
      if leavingOne, [BrandRole.owner.rawValue, KeyOwner.operator.role].contains(role),
        try transaction.row(TenantStore.another, tenant.text, role, key) == nil
      {
        throw Problem(
          .conflict, "key.last_\(role)",
          "This is the last \(role)'s key that works. Make another one first; a brand's can be revoked "
            + "by the operator.")
      }
      // Recorded first: it may be the very key that asks.
      if case .brand(let brand) = tenant {
        try ledger.audit(
          transaction, .apiKeyRevoked, brand: brand, about: AuditSubject(key: key),
          detail: "\(role) “\(try row.text("label"))”", at: now)
      }
      try transaction.run(TenantStore.revoke, now, key, tenant.text)
    }
  }

  /// Whether there is an operator key that is not revoked; false on a first start.
  public func hasOperatorKey() async throws -> Bool {
    try await database.read { transaction in
      try transaction.row(TenantStore.usableOperatorKey) != nil
    }
  }

  /// Stores when keys were last used, as far as that is known in memory alone: no request writes it. A
  /// stored moment never goes back. What a fault keeps from being stored is stored by the next call.
  public func storeKeyUses() async throws {
    let noted = uses.noted()
    var rest = noted.sorted { $0.key < $1.key }[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.usesAtOnceMax)
      rest = rest.dropFirst(Self.usesAtOnceMax)
      try await database.write { transaction in
        for (key, moment) in batch { try transaction.run(TenantStore.noteUse, moment, key) }
      }
    }
    uses.forget(noted)
  }

  /// How many a commit stores; other writers wait for no more than that.
  private static let usesAtOnceMax = 500
}
