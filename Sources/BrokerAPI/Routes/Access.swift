import Brokering
import Domain

/// Who may use a route, and whose things it works on: one role, exactly.
struct Access<Tenant: Sendable>: Sendable {
  /// The role's name in paths and problems; nil where no key is needed.
  let role: String?
  /// The tenant of a key of this role; nil for a key of another role.
  let tenant: @Sendable (Principal?) -> Tenant?
}

extension Access where Tenant == Void {
  /// Everybody, without a key.
  static var everybody: Access { Access(role: nil) { _ in () } }
  /// Who runs this installation.
  static var `operator`: Access {
    Access(role: "operator") { if case .operator = $0?.owner { () } else { nil } }
  }
}

extension Access where Tenant == BrandID {
  /// A brand's own people.
  static var brand: Access {
    Access(role: "brand") { if case .brand(let brand) = $0?.owner { brand } else { nil } }
  }
  /// A brand's shop.
  static var storefront: Access {
    Access(role: "storefront") { if case .storefront(let id) = $0?.owner { id } else { nil } }
  }
}

extension Access where Tenant == BureauID {
  /// A bureau and its agents.
  static var bureau: Access {
    Access(role: "bureau") { if case .bureau(let bureau) = $0?.owner { bureau } else { nil } }
  }
}
