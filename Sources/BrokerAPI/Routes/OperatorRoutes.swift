import Brokering
import BureauProtocol
import Domain
import HTTPTypes

/// What the operator of the installation does: tenants, their keys, where bureaus are and what they hold.
enum OperatorRoutes {
  static let all: [Route] = tenants + keys + admission

  private static let tenants: [Route] = [
    .json(
      .post, "/v1/operator/brands", for: .operator, "Creates a brand", takes: NewTenant.self,
      gives: BrandView.self, status: .created, problems: ["tenant.name"]
    ) { call, body in try await call.useCases.tenants.createBrand(name: body.name) },

    .json(
      .get, "/v1/operator/brands", for: .operator, "Lists the brands, newest first",
      query: Route.Parameter.page(BrandID.self), gives: Page<BrandView>.self
    ) { call in
      let page = try PageRequest<Kinds.Brand>(call.query)
      return try await call.useCases.tenants.brands(limit: page.limit, after: page.after)
    },

    .json(
      .post, "/v1/operator/bureaus", for: .operator, "Creates a bureau", takes: NewTenant.self,
      gives: BureauSummary.self, status: .created, problems: ["tenant.name"]
    ) { call, body in try await call.useCases.tenants.createBureau(name: body.name) },

    .json(
      .get, "/v1/operator/bureaus", for: .operator, "Lists the bureaus, newest first",
      query: Route.Parameter.page(BureauID.self), gives: Page<BureauSummary>.self
    ) { call in
      let page = try PageRequest<Kinds.Bureau>(call.query)
      return try await call.useCases.tenants.bureaus(limit: page.limit, after: page.after)
    },
  ]

  private static let keys: [Route] = [
    .json(
      .post, "/v1/operator/brands/{brand}/keys", for: .operator,
      "Makes a key for a brand or its storefront; the secret is shown this once",
      takes: NewBrandKey.self, gives: NewKey.self, status: .created, problems: ["key.label"]
    ) { call, body in
      NewKey(
        try await call.useCases.tenants.issue(
          body.role.owner(try call.id("brand", "brand")), label: body.label))
    },

    .json(
      .get, "/v1/operator/brands/{brand}/keys", for: .operator,
      "Lists a brand's keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self) + [brandRole], gives: Page<KeyView>.self
    ) { call in
      let page = try PageRequest<Kinds.APIKey>(call.query)
      guard let role = BrandRole(rawValue: call.query["role"] ?? "brand") else {
        throw Query.refusal("The parameter “role” is brand or storefront.")
      }
      return try await call.useCases.tenants.keys(
        of: role.owner(try call.id("brand", "brand")), limit: page.limit, after: page.after)
    },

    .json(
      .delete, "/v1/operator/brands/{brand}/keys/{key}", for: .operator,
      "Revokes a brand's key", gives: Revoked.self
    ) { call in
      let (brand, key): (BrandID, APIKeyID) =
        (try call.id("brand", "brand"), try call.id("key", "key"))
      do {
        try await call.useCases.tenants.revoke(key, of: .brand(brand))
      } catch let problem as Problem where problem.kind == .absent {
        try await call.useCases.tenants.revoke(key, of: .storefront(brand))
      }
      return Revoked(id: key)
    },

    .json(
      .post, "/v1/operator/bureaus/{bureau}/keys", for: .operator,
      "Makes a key for a bureau; the secret is shown this once", takes: NewBureauKey.self,
      gives: NewKey.self, status: .created, problems: ["key.label"]
    ) { call, body in
      NewKey(
        try await call.useCases.tenants.issue(
          .bureau(try call.id("bureau", "bureau")), label: body.label))
    },

    .json(
      .get, "/v1/operator/bureaus/{bureau}/keys", for: .operator,
      "Lists a bureau's keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self), gives: Page<KeyView>.self
    ) { call in
      let page = try PageRequest<Kinds.APIKey>(call.query)
      return try await call.useCases.tenants.keys(
        of: .bureau(try call.id("bureau", "bureau")), limit: page.limit, after: page.after)
    },

    .json(
      .delete, "/v1/operator/bureaus/{bureau}/keys/{key}", for: .operator,
      "Revokes a bureau's key", gives: Revoked.self
    ) { call in
      let key: APIKeyID = try call.id("key", "key")
      try await call.useCases.tenants.revoke(key, of: .bureau(try call.id("bureau", "bureau")))
      return Revoked(id: key)
    },
  ]

  /// What decides where a bureau may print, and what: as the operator has seen it, for a bureau that said
  /// it of itself could put itself into any country and beside every customer.
  private static let admission: [Route] = [
    .json(
      .post, "/v1/operator/bureaus/{bureau}/sites", for: .operator,
      "Records a site of a bureau, where the operator knows it to be", takes: NewSite.self,
      gives: SiteView.self, status: .created, problems: ["site.name", "bureau.limit"]
    ) { call, body in
      SiteView(
        try await call.useCases.bureaus.addSite(
          try call.id("bureau", "bureau"), name: body.name, country: body.country,
          coordinates: body.coordinates))
    },

    .json(
      .post, "/v1/operator/bureaus/{bureau}/certifications", for: .operator,
      "Records a certification that a bureau holds, as seen on paper",
      takes: NewCertification.self, gives: Certification.self, status: .created,
      problems: ["certification.invalid", "bureau.limit"]
    ) { call, body in
      try await call.useCases.bureaus.certify(try call.id("bureau", "bureau"), body)
    },

    .json(
      .get, "/v1/operator/bureaus/{bureau}", for: .operator,
      "Shows a bureau with its sites, machines and certifications", gives: BureauView.self
    ) { call in
      BureauView(try await call.useCases.bureaus.bureau(try call.id("bureau", "bureau")))
    },
  ]

  private static let brandRole = Route.Parameter(
    name: "role", description: "Whose keys",
    schema: ["type": "string", "enum": ["brand", "storefront"], "default": "brand"])

  struct NewTenant: Codable, Sendable {
    let name: String
  }

  enum BrandRole: String, Codable, Sendable, CaseIterable {
    case brand
    case storefront

    func owner(_ brand: BrandID) -> KeyOwner {
      switch self {
      case .brand: .brand(brand)
      case .storefront: .storefront(brand)
      }
    }
  }

  struct NewBrandKey: Codable, Sendable {
    let role: BrandRole
    let label: String
  }

  struct NewBureauKey: Codable, Sendable {
    let label: String
  }

  /// A key that was just made: the only answer that has its secret.
  struct NewKey: Codable, Sendable {
    let id: APIKeyID
    let role: String
    let label: String
    let key: String

    init(_ issued: IssuedKey) {
      (id, role, label, key) = (issued.id, issued.role, issued.label, issued.secret)
    }
  }

  struct Revoked: Codable, Sendable {
    let id: APIKeyID
  }
}
