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
public enum Principal: Hashable, Sendable {
  /// The operator.
  case `operator`(APIKeyID)
  /// A brand.
  case brand(BrandID, APIKeyID)
  /// A brand's storefront.
  case storefront(BrandID, APIKeyID)
  /// A bureau.
  case bureau(BureauID, APIKeyID)

  init(_ owner: KeyOwner, key: APIKeyID) {
    switch owner {
    case .operator: self = .operator(key)
    case .brand(let id): self = .brand(id, key)
    case .storefront(let id): self = .storefront(id, key)
    case .bureau(let id): self = .bureau(id, key)
    }
  }

  /// Its role and tenant, without the key: what belongs to a tenant stays its own when the key is
  /// changed for another.
  public var scope: String {
    let owner: KeyOwner =
      switch self {
      case .operator: .operator
      case .brand(let id, _): .brand(id)
      case .storefront(let id, _): .storefront(id)
      case .bureau(let id, _): .bureau(id)
      }
    return "\(owner.role) \(owner.tenant)"
  }

  /// The key that asked.
  public var key: APIKeyID {
    switch self {
    case .operator(let key), .brand(_, let key), .storefront(_, let key), .bureau(_, let key): key
    }
  }

  /// The brand whose things it may reach; `nil` for the operator and bureaus.
  public var brand: BrandID? {
    switch self {
    case .brand(let id, _), .storefront(let id, _): id
    case .operator, .bureau: nil
    }
  }

  /// The bureau that it is, if it is one.
  public var bureau: BureauID? {
    if case .bureau(let id, _) = self { id } else { nil }
  }
}
