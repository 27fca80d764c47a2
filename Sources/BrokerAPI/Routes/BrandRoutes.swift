import Brokering
import Dispatching
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vault

/// What a brand does with its designs, parts and licences.
enum BrandRoutes {
  static let all: [Route] =
    designs + revisions + measuring + [upload, original, comparison, preview] + parts
    + settings

  private static let designs: [Route] = [
    .creating(
      "/v1/brand/designs", for: .engineers,
      "Creates a design with an empty draft and grants the licence for it", takes: NewDesign.self,
      gives: DesignView.self,
      problems: [
        "design.name", "design.profile", "design.profiles", "design.profile_name",
        "design.profile_twice", "design.reference", "design.reference_taken", "licence.terms",
      ]
    ) { call, body, once in
      try call.requireOwner(ifAllowingClassicalKeys: body.pqOnly)
      return try await call.useCases.vault.createDesign(
        brand: call.tenant, name: body.name,
        profiles: try body.named(), terms: body.licence,
        isPostQuantumOnly: body.pqOnly ?? true, reference: body.reference, once: once)
    } replay: { call, design in
      try await call.useCases.vault.design(brand: call.tenant, design)
    },

    .json(
      .get, "/v1/brand/designs", for: .brand, "Lists the brand's designs, newest first",
      query: Route.Parameter.page(DesignID.self) + [
        Route.Parameter(
          name: "reference", description: "Only the design of this reference",
          schema: ["type": "string"])
      ], gives: Page<DesignView>.self
    ) { call in
      if let reference = call.query["reference"] {
        return try await call.useCases.vault.designs(brand: call.tenant, reference: reference)
      }
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
      .post, "/v1/brand/designs/{design}/release", for: .engineers,
      "Approves the draft's release, and releases it once enough keys have", gives: DesignView.self,
      problems: [
        "design.no_geometry", "design.no_draft", "design.profile_sold", "mesh.measuring", "mesh.*",
        "geometry.not_measured", "geometry.not_converted",
        "vault.record",
      ]
    ) { call in
      // Measuring takes a moment, and who has just uploaded would have to ask again.
      let (vault, brand) = (call.useCases.vault, call.tenant)
      let design: DesignID = try call.id("design", "design")
      try await call.waiting(for: .seconds(20)) {
        try await vault.awaitMeasured(brand: brand, design: design, wait: $0)
      }
      return try await call.useCases.vault.releaseRevision(
        brand: brand, design: design, by: try call.key(),
        if: IfMatch.optional(in: call.request) ?? .any)
    }.matching(.optional),

    .json(
      .patch, "/v1/brand/designs/{design}", for: .engineers,
      "Gives a design another name, or says whether only post-quantum keys may receive it; that "
        + "classical ones may takes an owner",
      takes: DesignChange.self, gives: DesignView.self, problems: ["not_found", "design.name"]
    ) { call, body in
      try call.requireOwner(ifAllowingClassicalKeys: body.isPostQuantumOnly)
      let (dispatcher, brand) = (call.useCases.dispatcher, call.tenant)
      return try await call.useCases.vault.changeDesign(
        brand: brand, try call.id("design", "design"), body,
        if: try IfMatch.required(in: call.request)
      ) { transaction, design, now in
        try dispatcher.holdClassicalJobs(transaction, of: design, brand: brand, at: now)
      }
    }.matching(.required),

    .json(
      .get, "/v1/brand/licences/{licence}", for: .brand, "Shows a licence with its counts",
      gives: LicenceAccount.self
    ) { call in
      try await call.useCases.vault.licence(
        brand: call.tenant, try call.id("licence", "licence"))
    },

    .json(
      .get, "/v1/brand/licences/{licence}/entries", for: .brand,
      "Lists the ledger entries that prove a licence's counts, oldest first",
      query: Route.Parameter.page(LedgerEntryID.self), gives: Page<LicenceAccount.Entry>.self
    ) { call in
      let page = try PageRequest<Kinds.LedgerEntry>(call.query)
      return try await call.useCases.vault.licenceEntries(
        brand: call.tenant, try call.id("licence", "licence"), limit: page.limit,
        after: page.after)
    },
  ]

  private static let revisions: [Route] = [
    .creating(
      "/v1/brand/designs/{design}/revisions", for: .engineers, "Opens the design's next draft",
      takes: NewRevision.self, gives: RevisionDetails.self,
      problems: [
        "not_found", "design.draft_exists", "design.shredded", "design.profile", "design.profiles",
        "design.profile_name", "design.profile_twice",
      ]
    ) { call, body, once in
      try await call.useCases.vault.openRevision(
        brand: call.tenant, design: try call.id("design", "design"),
        profiles: body.profile == nil && body.profiles == nil ? nil : try body.named(), once: once)
    } replay: { call, revision in
      try await call.useCases.vault.revision(
        brand: call.tenant, design: try call.id("design", "design"), revision)
    },

    .json(
      .put, "/v1/brand/designs/{design}/profiles", for: .engineers,
      "Exchanges the draft's print profiles for others; approvals before do not count any more",
      takes: NewProfiles.self, gives: DesignView.self,
      problems: [
        "not_found", "design.no_draft", "design.profile", "design.profiles", "design.profile_name",
        "design.profile_twice",
      ]
    ) { call, body in
      try await call.useCases.vault.setProfiles(
        brand: call.tenant, design: try call.id("design", "design"), body.profiles,
        if: try IfMatch.required(in: call.request))
    }.matching(.required),

    .json(
      .get, "/v1/brand/designs/{design}/revisions", for: .brand,
      "Lists a design's revisions, newest first", query: Route.Parameter.page(RevisionID.self),
      gives: Page<RevisionView>.self
    ) { call in
      let page = try PageRequest<Kinds.Revision>(call.query)
      return try await call.useCases.vault.revisions(
        brand: call.tenant, design: try call.id("design", "design"), limit: page.limit,
        after: page.after)
    },

    .json(
      .get, "/v1/brand/designs/{design}/revisions/{revision}", for: .brand,
      "Shows a revision with its files and approvals", gives: RevisionDetails.self
    ) { call in
      try await call.useCases.vault.revision(
        brand: call.tenant, design: try call.id("design", "design"),
        try call.id("revision", "revision"))
    },

    .json(
      .post, "/v1/brand/designs/{design}/revisions/{revision}/withdraw", for: .engineers,
      "Withdraws a revision for ever: nothing is ordered from it or printed any more",
      takes: Withdrawal.self, gives: RevisionDetails.self,
      problems: ["not_found", "revision.reason", "revision.shredded"]
    ) { call, body in
      let (dispatcher, brand) = (call.useCases.dispatcher, call.tenant)
      return try await call.useCases.vault.withdrawRevision(
        brand: brand, design: try call.id("design", "design"),
        try call.id("revision", "revision"), reason: body.reason
      ) { transaction, revision, now in
        try dispatcher.suspendJobs(
          transaction, of: revision, brand: brand, reason: body.reason, at: now)
      }
    },
  ]

  private static let measuring: [Route] = [
    .json(
      .get, "/v1/brand/designs/{design}/measurement", for: .brand,
      "What is measured of the newest revision's mesh, or waits until it is", query: [.wait],
      gives: MeasurementView.self, problems: ["design.no_geometry", "mesh.not_asked"],
      timeLimit: .seconds(60)
    ) { call in
      let (vault, brand) = (call.useCases.vault, call.tenant)
      let design: DesignID = try call.id("design", "design")
      return try await call.waiting {
        try await vault.measurement(brand: brand, design: design, wait: $0)
      }
    },

    .json(
      .post, "/v1/brand/designs/{design}/measurement", for: .engineers,
      "Has the newest revision's mesh measured once more, if it was refused or is in quarantine",
      gives: MeasurementView.self, problems: ["design.no_geometry", "measuring.queue_full"]
    ) { call in
      try await call.useCases.vault.measureAgain(
        brand: call.tenant, design: try call.id("design", "design"))
    },

    .json(
      .put, "/v1/brand/designs/{design}/measurement", for: .engineers,
      "Says how large the part in a STEP file is that is not measured here",
      takes: NewSizes.self, gives: DesignView.self,
      problems: [
        "geometry.sizes", "geometry.is_measured", "mesh.measuring", "design.no_draft",
        "design.no_geometry",
      ]
    ) { call, body in
      try await call.useCases.vault.declareSizes(
        brand: call.tenant, design: try call.id("design", "design"), box: body.size,
        volumeCubicMillimetres: body.volume, areaSquareMillimetres: body.area)
    },
  ]

  private static let settings: [Route] = [
    .json(
      .get, "/v1/brand", for: .brand, "Shows the brand's settings", gives: BrandSettings.self
    ) { call in try await call.useCases.tenants.settings(of: call.tenant) },

    .json(
      .patch, "/v1/brand", for: .owners,
      "Sets how many keys a release takes; lowering it takes as many", takes: NewSettings.self,
      gives: BrandSettings.self, problems: ["brand.release_approvals", "brand.too_few_keys"]
    ) { call, body in
      try await call.useCases.tenants.set(
        releaseApprovals: body.releaseApprovals, of: call.tenant, by: try call.key(),
        if: try IfMatch.required(in: call.request))
    }.matching(.required),
  ]

  // Takes no Idempotency-Key: a name is taken once in a revision, so a file that is sent again because
  // its answer was lost is refused with `file.name_taken`, and the design shows what is there.
  private static let upload = Route.streaming(
    .post, "/v1/brand/designs/{design}/files", for: .engineers,
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
      Route.Parameter(
        name: "unit",
        description:
          "What a mesh's coordinates are in, where its format (STL, OBJ, PLY) does not say it; "
          + "millimeter is assumed",
        schema: [
          "type": "string", "enum": .array(MeshUnit.allCases.map { .text($0.rawValue) }),
        ]),
    ],
    takes: .either(FilePurpose.allCases.flatMap(\.mediaTypes)), gives: .json(FileView.self),
    status: .created,
    problems: [
      "design.no_draft", "design.too_many_files", "design.geometry_taken", "file.name",
      "file.name_taken", "file.media_type", "file.content", "file.unit", "file.too_large", "mesh.*",
      "quota.storage", "measuring.queue_full", "upload.too_many", "storage.full",
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
    let unit = try call.query["unit"].map { text in
      guard let unit = MeshUnit(rawValue: text) else {
        throw Query.refusal("The parameter “unit” is one of \(MeshUnit.names).")
      }
      return unit
    }
    let declared = call.request.headers[.contentLength].flatMap { Int($0) }
    let file = try await call.useCases.vault.upload(
      brand: call.tenant, design: try call.id("design", "design"), fileName: name,
      purpose: purpose, mediaType: call.request.headers[.contentType] ?? "", unit: unit,
      declaredBytes: declared,
      body: UploadBody(request: call.request, declaredBytes: declared, context: call.context))
    return try JSONCoding.response(file, status: .created)
  }

  // The brand's own disclosure. No key of another role or brand comes here, and what is sent is compared
  // with the upload's digest twice.
  private static let original = Route.streaming(
    .get, "/v1/brand/designs/{design}/files/{file}/content", for: .engineers,
    "A file as the brand uploaded it", gives: .bytes("application/octet-stream"),
    problems: ["revision.shredded", "vault.record"]
  ) { call in
    let original = try await call.useCases.vault.original(
      brand: call.tenant, design: try call.id("design", "design"), try call.id("file", "file"))
    return Download(channel: call.context.channel).response(
      original, totalBytes: original.totalBytes,
      headers: [
        // Never a type that a browser would show.
        .contentType: "application/octet-stream", .contentDisposition: "attachment",
        .cacheControl: "no-store",
      ])
  }

  // The brand's own disclosure. The PNG file was made by this broker, whatever its pixels show.
  private static let preview = Route.streaming(
    .get, "/v1/brand/designs/{design}/revisions/{revision}/preview", for: .brand,
    "A picture of the revision's mesh", gives: .bytes("image/png"),
    problems: ["design.no_geometry", "preview.none", "revision.shredded", "vault.record"]
  ) { call in
    try await call.useCases.vault.preview(
      brand: call.tenant, design: try call.id("design", "design"),
      revision: try call.id("revision", "revision")
    ).pngResponse
  }

  // Says nothing of a file to who has not got it.
  private static let comparison = Route.json(
    .post, "/v1/brand/designs/{design}/files/{file}/compare", for: .engineers,
    "Whether a file is the one of a SHA-256 digest, as the brand has uploaded it",
    takes: NewComparison.self, gives: FileComparison.self,
    problems: ["file.digest", "vault.record"],
    timeLimit: .seconds(300)
  ) { call, body in
    let vault = call.useCases.vault
    let (design, file): (DesignID, FileID) = (
      try call.id("design", "design"), try call.id("file", "file")
    )
    // Opening and hashing megabytes would keep the loop from its other connections.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      FileComparison(
        same: try await vault.isSame(
          brand: call.tenant, design: design, file, sha256: body.sha256))
    }
  }

  private static let parts: [Route] = [
    .creating(
      "/v1/brand/parts", for: .sales, "Creates a part to sell from a released design",
      takes: NewPart.self, gives: PartView.self,
      problems: [
        "not_found", "part.not_released", "part.profile", "part.sku_taken", "part.sku", "part.name",
        "part.description", "part.fits", "part.price", "part.lead_days",
      ]
    ) { call, body, once in
      try await call.useCases.catalogue.createPart(brand: call.tenant, body, once: once)
    } replay: { call, part in
      try await call.useCases.catalogue.part(brand: call.tenant, part)
    },

    .json(
      .get, "/v1/brand/parts", for: .brand, "Lists the brand's parts, newest first",
      query: Route.Parameter.page(PartID.self) + [
        Route.Parameter(
          name: "sku", description: "Only the part of this SKU", schema: ["type": "string"])
      ], gives: Page<PartView>.self
    ) { call in
      if let sku = call.query["sku"] {
        return try await call.useCases.catalogue.parts(brand: call.tenant, sku: sku)
      }
      let page = try PageRequest<Kinds.Part>(call.query)
      return try await call.useCases.catalogue.parts(
        brand: call.tenant, limit: page.limit, after: page.after)
    },

    .json(
      .patch, "/v1/brand/parts/{part}", for: .sales,
      "Changes a part's texts, price, lead time or print profile; orders that were placed keep theirs",
      takes: PartChange.self, gives: PartView.self,
      problems: [
        "not_found", "part.name", "part.description", "part.fits", "part.price", "part.lead_days",
        "part.profile",
      ]
    ) { call, body in
      try await call.useCases.catalogue.changePart(
        brand: call.tenant, try call.id("part", "part"), body,
        if: try IfMatch.required(in: call.request))
    }.matching(.required),

    .json(.get, "/v1/brand/parts/{part}", for: .brand, "Shows a part", gives: PartView.self) {
      call in
      try await call.useCases.catalogue.part(brand: call.tenant, try call.id("part", "part"))
    },
  ]
}

extension [UInt8] {
  /// A picture that no cache keeps.
  var pngResponse: Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "image/png", .contentLength: String(count), .cacheControl: "no-store",
      ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: self)))
  }
}
