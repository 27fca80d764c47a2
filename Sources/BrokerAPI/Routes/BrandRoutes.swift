import Brokering
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vault

/// What a brand does with its designs, parts and licences.
enum BrandRoutes {
  static let all: [Route] = designs + [upload] + parts

  private static let designs: [Route] = [
    .creating(
      "/v1/brand/designs", for: .brand,
      "Creates a design with an empty draft and grants the licence for it", takes: NewDesign.self,
      gives: DesignView.self, problems: ["design.name", "design.profile", "licence.terms"]
    ) { call, body, once in
      try await call.useCases.vault.createDesign(
        brand: call.tenant, name: body.name, profile: body.profile, terms: body.licence,
        once: once)
    } replay: { call, design in
      try await call.useCases.vault.design(brand: call.tenant, design)
    },

    .json(
      .get, "/v1/brand/designs", for: .brand, "Lists the brand's designs, newest first",
      query: Route.Parameter.page(DesignID.self), gives: Page<DesignView>.self
    ) { call in
      let page = try PageRequest<Kinds.Design>(call.query)
      return try await call.useCases.vault.designs(
        brand: call.tenant, limit: page.limit, after: page.after)
    },

    .json(
      .get, "/v1/brand/designs/{design}", for: .brand, "Shows a design", gives: DesignView.self
    ) { call in
      try await call.useCases.vault.design(
        brand: call.tenant, try call.id("design", "design"))
    },

    .json(
      .post, "/v1/brand/designs/{design}/release", for: .brand,
      "Releases the draft: it can be ordered and no longer changed", gives: DesignView.self,
      problems: ["design.no_geometry"]
    ) { call in
      try await call.useCases.vault.releaseRevision(
        brand: call.tenant, design: try call.id("design", "design"))
    },

    .json(
      .get, "/v1/brand/licences/{licence}", for: .brand, "Shows a licence with its counts",
      gives: LicenceAccount.self
    ) { call in
      try await call.useCases.vault.licence(
        brand: call.tenant, try call.id("licence", "licence"))
    },
  ]

  // Takes no Idempotency-Key: a name is taken once in a revision, so a file that is sent again because
  // its answer was lost is refused with `file.name_taken`, and the design shows what is there.
  private static let upload = Route.streaming(
    .post, "/v1/brand/designs/{design}/files", for: .brand,
    "Adds a file to the draft; it is sealed as it arrives",
    query: [
      Route.Parameter(
        name: "name", description: "The file's name, unique in the revision",
        schema: ["type": "string", "minLength": 1, "maxLength": 120], isRequired: true),
      Route.Parameter(
        name: "purpose", description: "What the file is for",
        schema: [
          "type": "string", "default": "geometry",
          "enum": .array(FilePurpose.allCases.map { .text($0.rawValue) }),
        ]),
    ],
    takes: .bytes("model/stl"), gives: .json(FileView.self), status: .created,
    problems: [
      "design.no_draft", "design.too_many_files", "design.geometry_taken", "file.name",
      "file.name_taken", "file.media_type", "file.content", "file.too_large", "mesh.*",
      "upload.too_many", "storage.full",
      "request.incomplete",
    ]
  ) { call in
    guard let name = call.query["name"] else {
      throw Query.refusal("Say how the file is called: ?name=part.stl.")
    }
    let purposes = FilePurpose.allCases.map(\.rawValue)
    guard let purpose = FilePurpose(rawValue: call.query["purpose"] ?? "geometry") else {
      throw Query.refusal("The parameter “purpose” is one of \(purposes.joined(separator: ", ")).")
    }
    let declared = call.request.headers[.contentLength].flatMap { Int($0) }
    let file = try await call.useCases.vault.upload(
      brand: call.tenant, design: try call.id("design", "design"), fileName: name,
      purpose: purpose, mediaType: call.request.headers[.contentType] ?? "",
      declaredBytes: declared,
      body: UploadBody(request: call.request, declaredBytes: declared, context: call.context))
    return try JSONCoding.response(file, status: .created)
  }

  private static let parts: [Route] = [
    .creating(
      "/v1/brand/parts", for: .brand, "Creates a part to sell from a released design",
      takes: NewPart.self, gives: PartView.self,
      problems: [
        "not_found", "part.not_released", "part.sku_taken", "part.sku", "part.name",
        "part.description", "part.fits", "part.price", "part.lead_days",
      ]
    ) { call, body, once in
      try await call.useCases.catalogue.createPart(brand: call.tenant, body, once: once)
    } replay: { call, part in
      try await call.useCases.catalogue.part(brand: call.tenant, part)
    },

    .json(
      .get, "/v1/brand/parts", for: .brand, "Lists the brand's parts, newest first",
      query: Route.Parameter.page(PartID.self), gives: Page<PartView>.self
    ) { call in
      let page = try PageRequest<Kinds.Part>(call.query)
      return try await call.useCases.catalogue.parts(
        brand: call.tenant, limit: page.limit, after: page.after)
    },

    .json(.get, "/v1/brand/parts/{part}", for: .brand, "Shows a part", gives: PartView.self) {
      call in
      try await call.useCases.catalogue.part(brand: call.tenant, try call.id("part", "part"))
    },
  ]

  struct NewDesign: Codable, Sendable {
    let name: String
    let profile: PrintProfile
    let licence: LicenceTerms
  }
}
