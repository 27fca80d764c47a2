public import Domain

/// A brand, as the operator sees it.
public struct BrandView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: BrandID
  /// Its name.
  public var name: String
  /// When it was created.
  public var createdAt: Instant

  private enum CodingKeys: String, CodingKey {
    case id, name
    case createdAt = "created_at"
  }
}

/// A bureau, as the operator sees it in a list.
public struct BureauSummary: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: BureauID
  /// Its name.
  public var name: String
  /// When it was created.
  public var createdAt: Instant
  /// When it enrolled its keys; left out until then.
  public var enrolledAt: Instant?

  private enum CodingKeys: String, CodingKey {
    case id, name
    case createdAt = "created_at"
    case enrolledAt = "enrolled_at"
  }
}

/// A key that was just made: the only time that its secret is seen.
public struct IssuedKey: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: APIKeyID
  /// `operator`, `owner`, `engineer`, `sales`, `storefront` or `bureau`.
  public var role: String
  /// What it is called.
  public var label: String
  /// The secret. Only its hash is stored.
  public var secret: String
}

/// A key without its secret.
public struct KeyView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: APIKeyID
  /// `operator`, `owner`, `engineer`, `sales`, `storefront` or `bureau`.
  public var role: String
  /// What it is called.
  public var label: String
  /// When it was made.
  public var createdAt: Instant
  /// Since when it is refused; left out while it is good.
  public var revokedAt: Instant?
  /// When it was last asked with; left out until then. A crash loses what was noted in its last minute.
  public var lastUsedAt: Instant?

  private enum CodingKeys: String, CodingKey {
    case id, role, label
    case createdAt = "created_at"
    case revokedAt = "revoked_at"
    case lastUsedAt = "last_used_at"
  }
}
