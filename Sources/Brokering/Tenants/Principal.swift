public import Domain
public import Ledger

/// Whose keys: everybody whose things are apart from all others'.
public enum Tenant: Hashable, Sendable {
  /// Who runs this installation.
  case `operator`
  /// A brand, with its storefront.
  case brand(BrandID)
  /// A bureau.
  case bureau(BureauID)

  /// The tenant's identifier as it is stored; the operator is a tenant of that name.
  var text: String {
    switch self {
    case .operator: "operator"
    case .brand(let id): id.text
    case .bureau(let id): id.text
    }
  }
}

/// What one of a brand's people may do. What each route admits is said where it is declared.
public enum BrandRole: String, Hashable, Sendable, CaseIterable {
  /// Everything, keys and settings included.
  case owner
  /// Designs, files, revisions and releases; sees parts and orders.
  case engineer
  /// Parts, prices and orders; sees what designs are called and measure, never what a file holds.
  case sales
}

/// On whose behalf a key acts.
public enum KeyOwner: Hashable, Sendable {
  /// Runs this installation.
  case `operator`
  /// One of a brand's people.
  case brand(BrandID, BrandRole)
  /// A brand's storefront: its catalogue and orders, none of its designs or terms.
  case storefront(BrandID)
  /// A bureau.
  case bureau(BureauID)

  /// The role's name as it is stored and shown.
  public var role: String {
    switch self {
    case .operator: "operator"
    case .brand(_, let role): role.rawValue
    case .storefront: "storefront"
    case .bureau: "bureau"
    }
  }

  /// Whose the key is.
  public var tenant: Tenant {
    switch self {
    case .operator: .operator
    case .brand(let id, _), .storefront(let id): .brand(id)
    case .bureau(let id): .bureau(id)
    }
  }

  init?(role: String, tenant: String) {
    switch role {
    case "operator": self = .operator
    case "storefront":
      guard let id = BrandID(tenant) else { return nil }
      self = .storefront(id)
    case "bureau":
      guard let id = BureauID(tenant) else { return nil }
      self = .bureau(id)
    default:
      guard let role = BrandRole(rawValue: role), let id = BrandID(tenant) else { return nil }
      self = .brand(id, role)
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

  /// On which side of which tenant it stands, without the key and a brand's role: what belongs to a
  /// tenant stays its own when the key is changed for another.
  public var scope: String {
    let side = if case .brand = owner { "brand" } else { owner.role }
    return "\(side) \(owner.tenant.text)"
  }

  /// Who this is in an audit trail.
  public var actor: AuditActor {
    switch owner {
    case .operator: .operator
    case .brand, .storefront: .key(key, role: owner.role)
    case .bureau(let bureau): .bureau(bureau)
    }
  }

  /// The brand whose things it may reach; `nil` for the operator and bureaus.
  public var brand: BrandID? {
    switch owner {
    case .brand(let id, _), .storefront(let id): id
    case .operator, .bureau: nil
    }
  }
}
