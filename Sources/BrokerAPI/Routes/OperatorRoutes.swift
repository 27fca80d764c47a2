import Brokering
import BureauProtocol
import Domain
import HTTPTypes
import Vault

/// What the operator of the installation does: tenants, their keys, where bureaus are and what they hold.
enum OperatorRoutes {
  static let all: [Route] = ownKeys + tenants + quotas + measuring + keys + admission

  private static let ownKeys: [Route] = [
    .creating(
      "/v1/operator/keys", for: .operator,
      "Makes another operator's key; the secret is shown this once", takes: NewLabel.self,
      gives: NewKey.self, problems: ["key.label", "key.made_before"]
    ) { call, body, once in
      NewKey(
        try await call.useCases.tenants.issue(.operator, label: body.label, once: once))
    } replay: { _, key in
      throw NewKey.secretIsGone(key)
    },

    .json(
      .get, "/v1/operator/keys", for: .operator,
      "Lists the operators' keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self), gives: Page<KeyView>.self
    ) { call in try await call.keys(of: .operator) },

    .json(
      .delete, "/v1/operator/keys/{key}", for: .operator,
      "Revokes an operator's key, but not the last one that works", gives: RevokedKey.self,
      problems: ["key.last_operator"]
    ) { call in
      let key: APIKeyID = try call.id("key", "key")
      try await call.useCases.tenants.revoke(key, of: .operator, leavingOne: true)
      return RevokedKey(id: key)
    },
  ]

  private static let tenants: [Route] = [
    .creating(
      "/v1/operator/brands", for: .operator, "Creates a brand", takes: NewTenant.self,
      gives: BrandView.self, problems: ["tenant.name"]
    ) { call, body, once in
      try await call.useCases.tenants.createBrand(name: body.name, once: once)
    } replay: { call, brand in
      try await call.useCases.tenants.brand(brand)
    },

    .json(
      .get, "/v1/operator/brands", for: .operator, "Lists the brands, newest first",
      query: Route.Parameter.page(BrandID.self), gives: Page<BrandView>.self
    ) { call in
      let page = try PageRequest<Kinds.Brand>(call.query)
      return try await call.useCases.tenants.brands(limit: page.limit, after: page.after)
    },

    .creating(
      "/v1/operator/bureaus", for: .operator, "Creates a bureau", takes: NewTenant.self,
      gives: BureauSummary.self, problems: ["tenant.name"]
    ) { call, body, once in
      try await call.useCases.tenants.createBureau(name: body.name, once: once)
    } replay: { call, bureau in
      try await call.useCases.tenants.bureau(bureau)
    },

    .json(
      .get, "/v1/operator/bureaus", for: .operator, "Lists the bureaus, newest first",
      query: Route.Parameter.page(BureauID.self), gives: Page<BureauSummary>.self
    ) { call in
      let page = try PageRequest<Kinds.Bureau>(call.query)
      return try await call.useCases.tenants.bureaus(limit: page.limit, after: page.after)
    },
  ]

  private static let quotas: [Route] = [
    .json(
      .get, "/v1/operator/brands/{brand}/quota", for: .operator,
      "Shows what a brand stores and may store", gives: BrandQuota.self
    ) { call in try await call.useCases.vault.quota(of: try call.id("brand", "brand")) },

    .json(
      .put, "/v1/operator/brands/{brand}/quota", for: .operator,
      "Says what a brand may store; what is left out is as the server's configuration says",
      takes: NewQuota.self, gives: BrandQuota.self, problems: ["quota.invalid"]
    ) { call, body in
      try await call.useCases.vault.setQuota(
        of: try call.id("brand", "brand"), storedBytesMax: body.storedBytesMax,
        openUploadsMax: body.openUploadsMax)
    },
  ]

  private static let measuring: [Route] = [
    .json(
      .post, "/v1/operator/brands/{brand}/designs/{design}/measurement", for: .operator,
      "Has a mesh measured once more that was refused or is in quarantine",
      gives: MeasuringStanding.self, problems: ["design.no_geometry", "measuring.queue_full"]
    ) { call in
      MeasuringStanding(
        try await call.useCases.vault.measureAgain(
          brand: try call.id("brand", "brand"), design: try call.id("design", "design")))
    }
  ]

  private static let keys: [Route] = [
    .creating(
      "/v1/operator/brands/{brand}/keys", for: .operator,
      "Makes a key for a brand, an owner's if nothing else is said; the secret is shown this once",
      takes: NewBrandKey.self, gives: NewKey.self, problems: ["key.label", "key.made_before"]
    ) { call, body, once in
      NewKey(
        try await call.useCases.tenants.issue(
          (body.role ?? .owner).owner(try call.id("brand", "brand")), label: body.label,
          once: once))
    } replay: { _, key in
      throw NewKey.secretIsGone(key)
    },

    .json(
      .get, "/v1/operator/brands/{brand}/keys", for: .operator,
      "Lists a brand's keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self) + [BrandKeyRole.parameter],
      gives: Page<KeyView>.self
    ) { call in try await call.keys(of: .brand(try call.id("brand", "brand"))) },

    .json(
      .delete, "/v1/operator/brands/{brand}/keys/{key}", for: .operator,
      "Revokes a brand's key", gives: RevokedKey.self
    ) { call in
      let key: APIKeyID = try call.id("key", "key")
      try await call.useCases.tenants.revoke(key, of: .brand(try call.id("brand", "brand")))
      return RevokedKey(id: key)
    },

    .creating(
      "/v1/operator/bureaus/{bureau}/keys", for: .operator,
      "Makes a key for a bureau; the secret is shown this once", takes: NewLabel.self,
      gives: NewKey.self, problems: ["key.label", "key.made_before"]
    ) { call, body, once in
      NewKey(
        try await call.useCases.tenants.issue(
          .bureau(try call.id("bureau", "bureau")), label: body.label, once: once))
    } replay: { _, key in
      throw NewKey.secretIsGone(key)
    },

    .json(
      .get, "/v1/operator/bureaus/{bureau}/keys", for: .operator,
      "Lists a bureau's keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self), gives: Page<KeyView>.self
    ) { call in try await call.keys(of: .bureau(try call.id("bureau", "bureau"))) },

    .json(
      .delete, "/v1/operator/bureaus/{bureau}/keys/{key}", for: .operator,
      "Revokes a bureau's key", gives: RevokedKey.self
    ) { call in
      let key: APIKeyID = try call.id("key", "key")
      try await call.useCases.tenants.revoke(key, of: .bureau(try call.id("bureau", "bureau")))
      return RevokedKey(id: key)
    },
  ]

  /// What decides where a bureau may print, and what: as the operator has seen it, for a bureau that said
  /// it of itself could put itself into any country and beside every customer.
  private static let admission: [Route] = [
    .creating(
      "/v1/operator/bureaus/{bureau}/sites", for: .operator,
      "Records a site of a bureau, where the operator knows it to be", takes: NewSite.self,
      gives: SiteView.self, problems: ["site.name", "bureau.limit"]
    ) { call, body, once in
      SiteView(
        try await call.useCases.bureaus.addSite(
          try call.id("bureau", "bureau"), name: body.name, country: body.country,
          coordinates: body.coordinates, once: once))
    } replay: { call, id in
      SiteView(
        try await call.useCases.bureaus.bureau(try call.id("bureau", "bureau")).sites
          .first { $0.id == id }.orAbsent("site"))
    },

    .creating(
      "/v1/operator/bureaus/{bureau}/certifications", for: .operator,
      "Records a certification that a bureau holds, as seen on paper",
      takes: NewCertification.self, gives: Certification.self,
      problems: ["certification.invalid", "bureau.limit"]
    ) { call, body, once in
      try await call.useCases.bureaus.certify(
        try call.id("bureau", "bureau"), body, once: once)
    } replay: { call, certification in
      try await call.useCases.bureaus.bureau(try call.id("bureau", "bureau"))
        .certifications.first { $0.id == certification }.orAbsent("certification")
    },

    .json(
      .get, "/v1/operator/bureaus/{bureau}", for: .operator,
      "Shows a bureau with its sites, machines and certifications", gives: BureauView.self
    ) { call in
      BureauView(try await call.useCases.bureaus.bureau(try call.id("bureau", "bureau")))
    },
  ]

  /// How far a mesh is, without anything of its shape.
  struct MeasuringStanding: Codable, Sendable {
    let file: FileID
    let state: MeasuringState
    let attempts: Int
    let crashes: Int

    init(_ view: MeasurementView) {
      (file, state) = (view.file, view.state)
      (attempts, crashes) = (view.attempts, view.crashes)
    }
  }

  struct NewTenant: Codable, Sendable {
    let name: String
  }

  struct NewQuota: Codable, Sendable {
    let storedBytesMax: Int?
    let openUploadsMax: Int?

    private enum CodingKeys: String, CodingKey {
      case storedBytesMax = "stored_bytes_max"
      case openUploadsMax = "open_uploads_max"
    }
  }

  struct NewBrandKey: Codable, Sendable {
    let role: BrandKeyRole?
    let label: String
  }

  struct NewLabel: Codable, Sendable {
    let label: String
  }
}
