public import Domain

/// What `GET /v1/trust` answers and an agent pins when it enrols: which keys count for which role.
public struct TrustDocument: Hashable, Sendable, Codable {
  /// The format's version; this one is 1.
  public var version: Int
  /// When the broker wrote it.
  public var issuedAt: Instant
  /// The roles, each once.
  public var roles: [TrustRole]

  /// A trust document of version 1.
  public init(issuedAt: Instant, roles: [TrustRole]) {
    version = 1
    self.issuedAt = issuedAt
    self.roles = roles
  }

  /// The texts of the keys that count for a role; empty when the document does not name it.
  public func keys(for role: TrustRole.Name) -> [String] {
    roles.filter { $0.role == role }.flatMap(\.verificationKeys)
  }

  private enum CodingKeys: String, CodingKey {
    case version, roles
    case issuedAt = "issued_at"
  }
}

/// The keys of one role.
public struct TrustRole: Hashable, Sendable, Codable {
  /// What a key signs.
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
    /// Signs manifests and lease grants.
    case broker
  }

  /// The role.
  public var role: Name
  /// The signers' verification keys as text; each is one logical signer with a key per algorithm.
  public var verificationKeys: [String]
  /// The algorithms of which every signer's signature must have one: `ed25519`, `ml-dsa-65`.
  public var signaturesRequired: [String]

  /// A role's keys.
  public init(role: Name, verificationKeys: [String], signaturesRequired: [String]) {
    self.role = role
    self.verificationKeys = verificationKeys
    self.signaturesRequired = signaturesRequired
  }

  private enum CodingKeys: String, CodingKey {
    case role
    case verificationKeys = "verification_keys"
    case signaturesRequired = "signatures_required"
  }
}
