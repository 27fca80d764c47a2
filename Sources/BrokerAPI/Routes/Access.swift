import Brokering
import Domain

/// Whose keys a route admits.
struct Admission: Sendable, Hashable {
  /// The side of the API that the route is on, as its path begins.
  let side: String
  /// The roles that may use it, as keys have them.
  let roles: [String]

  /// The roles for people: `owner, engineer or sales`.
  var text: String {
    guard let last = roles.last, roles.count > 1 else { return roles.first ?? "" }
    return roles.dropLast().joined(separator: ", ") + " or " + last
  }
}

/// Who may use a route, and whose things it works on.
struct Access<Tenant: Sendable>: Sendable {
  /// The roles; nil where no key is needed.
  let admits: Admission?
  /// The tenant of a key that is admitted; nil for every other key.
  let tenant: @Sendable (Principal?) -> Tenant?
}

extension Access where Tenant == Void {
  /// Everybody, without a key.
  static var everybody: Access { Access(admits: nil) { _ in () } }
  /// Who runs this installation.
  static var `operator`: Access {
    Access(admits: Admission(side: "operator", roles: ["operator"])) {
      if case .operator = $0?.owner { () } else { nil }
    }
  }
}

extension Access where Tenant == BrandID {
  /// All of a brand's own people.
  static var brand: Access { brand([.owner, .engineer, .sales]) }
  /// Who answers for the brand: keys, settings, the audit trail.
  static var owners: Access { brand([.owner]) }
  /// Who works on designs.
  static var engineers: Access { brand([.owner, .engineer]) }
  /// Who sells parts and follows orders.
  static var sales: Access { brand([.owner, .sales]) }

  private static func brand(_ roles: [BrandRole]) -> Access {
    Access(admits: Admission(side: "brand", roles: roles.map(\.rawValue))) {
      if case .brand(let brand, let role) = $0?.owner, roles.contains(role) { brand } else { nil }
    }
  }

  /// A brand's shop.
  static var storefront: Access {
    Access(admits: Admission(side: "storefront", roles: ["storefront"])) {
      if case .storefront(let id) = $0?.owner { id } else { nil }
    }
  }
}

extension Access where Tenant == BureauID {
  /// A bureau and its agents.
  static var bureau: Access {
    Access(admits: Admission(side: "bureau", roles: ["bureau"])) {
      if case .bureau(let bureau) = $0?.owner { bureau } else { nil }
    }
  }
}
