public import Domain

/// On whose behalf a key acts.
public enum KeyOwner: Hashable, Sendable {
  /// Runs this installation.
  case `operator`
  /// A brand, with everything that is its own.
  case brand(BrandID)
  /// A brand's storefront: its catalogue and orders, none of its designs or terms.
  case storefront(BrandID)
  /// A bureau.
  case bureau(BureauID)

  /// The role's name as it is stored and shown.
  public var role: String {
    switch self {
    case .operator: "operator"
    case .brand: "brand"
    case .storefront: "storefront"
    case .bureau: "bureau"
    }
  }

  /// The tenant's identifier as it is stored; the operator is a tenant of that name.
  var tenant: String {
    switch self {
    case .operator: "operator"
    case .brand(let id), .storefront(let id): id.text
    case .bureau(let id): id.text
    }
  }

  init?(role: String, tenant: String) {
    switch role {
    case "operator": self = .operator
    case "brand":
      guard let id = BrandID(tenant) else { return nil }
      self = .brand(id)
    case "storefront":
      guard let id = BrandID(tenant) else { return nil }
      self = .storefront(id)
    case "bureau":
      guard let id = BureauID(tenant) else { return nil }
      self = .bureau(id)
    default: return nil
    }
  }
}

/// Who asks: an authenticated key and whose it is.
public struct Principal: Hashable, Sendable {
  /// Whose key it is.
  public let owner: KeyOwner
  /// The key that asked.
  public let key: APIKeyID

  /// A key of an owner.
  public init(_ owner: KeyOwner, key: APIKeyID) {
    self.owner = owner
    self.key = key
  }

  /// Its role and tenant, without the key: what belongs to a tenant stays its own when the key is
  /// changed for another.
  public var scope: String { "\(owner.role) \(owner.tenant)" }

  /// The brand whose things it may reach; `nil` for the operator and bureaus.
  public var brand: BrandID? {
    switch owner {
    case .brand(let id), .storefront(let id): id
    case .operator, .bureau: nil
    }
  }
}
