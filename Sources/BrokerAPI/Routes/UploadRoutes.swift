import Domain
import HTTPTypes
import Hummingbird
import Ledger
import Vault

/// Uploads that survive lost connections: tus 1.0.0 (https://tus.io/protocols/resumable-upload), and the
/// same things as JSON.
enum UploadRoutes {
  static let collection = "/v1/brand/uploads"
  private static let one = "/v1/brand/uploads/{upload}"

  static let all: [Route] = reading + discovery + [creation, offset, bytes, deletion, override]

  private static let reading: [Route] = [
    .json(
      .get, collection, for: .engineers, "Lists the open uploads, newest first",
      query: Route.Parameter.page(UploadID.self), gives: Page<UploadView>.self
    ) { call in
      let page = try PageRequest<Kinds.Upload>(call.query)
      return try await call.useCases.vault.openUploads(
        brand: call.tenant, limit: page.limit, after: page.after)
    },

    .json(
      .get, one, for: .engineers, "Shows an upload: its offset, and what became of it",
      gives: UploadView.self
    ) { call in
      try await call.useCases.vault.upload(
        brand: call.tenant, try call.id("upload", "upload"))
    },
  ]

  private static let discovery: [Route] = [
    .tus(.options, collection, "Tells what of the tus protocol there is", version: nil) {
      capabilities($0)
    },
    .tus(
      .options, one, "Tells what of the tus protocol there is for an upload", version: nil
    ) { call in
      _ = try await call.useCases.vault.upload(
        brand: call.tenant, try call.id("upload", "upload"))
      return capabilities(call)
    },
  ]

  private static func capabilities(_ call: Call<BrandID>) -> Response {
    Response(
      status: .noContent,
      headers: [
        .tusVersion: Tus.version, .tusExtension: Tus.extensions,
        .tusMaxSize: String(call.useCases.vault.limits.fileBytesMax),
        .tusChecksumAlgorithm: Tus.algorithms,
      ])
  }

  private static let creation = Route.tus(
    .post, collection,
    "Begins an upload, and takes its first bytes if they come with it (tus: creation)",
    headers: [.uploadLength, .uploadMetadata, .uploadChecksum], takes: .bytes(Tus.mediaType),
    status: .created, idempotencyKey: .optional,
    problems: [
      "not_found", "upload.header", "upload.metadata", "upload.metadata_text",
      "upload.defer_length",
      "quota.storage", "quota.uploads", "measuring.queue_full", "request.too_large", "request.slow",
    ] + arrival
  ) { call in
    let (upload, isNew) = try await begin(call)
    var headers: HTTPFields = [.location: "\(collection)/\(upload.id)"]
    let hasBytes = Tus.hasMediaType(call.request.headers)
    guard isNew, hasBytes || upload.length == 0 else {
      headers[.idempotentReplayed] = isNew ? nil : "true"
      return answer(upload, .created, headers)
    }
    do {
      return answer(try await receive(call, upload.id, at: 0), .created, headers)
    } catch {
      // The client never learned its name, unless the same request will tell it.
      let isKept = try IdempotencyKey.optional(in: call.request) != nil
      if !isKept { try? await call.useCases.vault.deleteUpload(brand: call.tenant, upload.id) }
      throw error
    }
  }

  private static let offset = Route.tus(
    .head, one, "Tells how much of an upload is durable (tus: core)",
    problems: [
      "upload.expired", "upload.refused", "upload.busy", "upload.too_many", "storage.full",
    ], ask)

  private static let bytes = Route.tus(
    .patch, one, "Adds bytes to an upload; with the last one it becomes a file (tus: core)",
    headers: [.uploadOffset, .uploadChecksum], takes: .bytes(Tus.mediaType), problems: arrival,
    add)

  private static let deletion = Route.tus(
    .delete, one, "Ends an upload and removes its bytes (tus: termination)",
    problems: ["upload.busy"], delete)

  private static let override = Route.tus(
    .post, one, "Stands for the method that X-HTTP-Method-Override names: HEAD, PATCH or DELETE",
    headers: [.methodOverride, .uploadOffsetOfPatch, .uploadChecksum], takes: .bytes(Tus.mediaType),
    problems: ["method_not_allowed"] + arrival
  ) { call in
    switch call.request.headers[.methodOverride]?.uppercased() {
    case "PATCH": return try await add(call)
    case "HEAD": return try await ask(call)
    case "DELETE": return try await delete(call)
    default:
      throw Problem(
        .method, "method_not_allowed",
        "Send PATCH, or say X-HTTP-Method-Override: PATCH, HEAD or DELETE.")
    }
  }

  /// What may happen to bytes.
  private static let arrival = [
    "upload.header", "upload.media_type", "upload.offset", "upload.length", "upload.checksum",
    "upload.busy", "upload.too_many", "upload.expired", "upload.finished", "upload.refused",
    "upload.damaged", "design.no_draft", "design.too_many_files", "design.geometry_taken",
    "file.name", "file.name_taken", "file.media_type", "file.content", "file.unit",
    "file.too_large", "mesh.*", "storage.full", "request.incomplete",
  ]

  /// The new upload, or the one that the same request has begun before.
  private static func begin(_ call: Call<BrandID>) async throws -> (UploadView, isNew: Bool) {
    let headers = call.request.headers
    guard headers[.uploadDeferLength] == nil else {
      throw Problem(
        .malformed, "upload.defer_length",
        "Say with Upload-Length how many bytes the file has: it cannot be said later.")
    }
    if !Tus.hasMediaType(headers) {
      // Some clients say that they send no body in chunks.
      if headers[.contentLength].flatMap({ Int($0) }) ?? 0 > 0 { try Tus.checkMediaType(headers) }
      try await JSONBody.drain(call.request, call.context, patience: call.api.bodyPatience)
    }
    let metadata = try Tus.metadata(headers)
    guard let name = metadata["filename"], let design = metadata["design"] else {
      throw Problem(
        .malformed, "upload.metadata",
        "Upload-Metadata has to have a filename and the design that the file is for.")
    }
    guard let design = DesignID(design) else { throw Problem.absent("design") }
    guard let purpose = FilePurpose(rawValue: metadata["purpose"] ?? "geometry") else {
      let purposes = FilePurpose.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        .malformed, "upload.metadata", "A purpose in Upload-Metadata is one of \(purposes).")
    }
    let unit = metadata["unit"].flatMap(MeshUnit.init(rawValue:))
    guard unit != nil || metadata["unit"] == nil else {
      throw Problem(
        .malformed, "upload.metadata", "A unit in Upload-Metadata is one of \(MeshUnit.names).")
    }
    let new = NewUpload(
      design: design, name: name, purpose: purpose,
      mediaType: metadata["filetype"] ?? purpose.mediaType(ofFileNamed: name), unit: unit,
      length: try Tus.bytes(.uploadLength, headers), metadata: headers[.uploadMetadata] ?? "")
    do {
      let once = try call.idempotentRequest([String(new.length), new.metadata])
      return (
        try await call.useCases.vault.createUpload(brand: call.tenant, new, once: once), true
      )
    } catch let repeated as RepeatedRequest {
      guard let id = UploadID(repeated.resource) else {
        throw Problem.failed("\(collection) once made \(repeated.resource)")
      }
      return (try await call.useCases.vault.upload(brand: call.tenant, id), false)
    }
  }

  private static func receive(
    _ call: Call<BrandID>, _ upload: UploadID, at offset: Int
  ) async throws -> UploadView {
    let (request, channel) = (call.request, call.context.channel)
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    return try await call.useCases.vault.receive(
      upload, brand: call.tenant, at: offset, declaredBytes: request.hasBody ? declared : 0,
      checksum: try Tus.checksum(request.headers), letGo: { channel.close(promise: nil) },
      body: UploadBody(request: request, declaredBytes: declared, context: call.context))
  }

  @Sendable private static func add(_ call: Call<BrandID>) async throws -> Response {
    try Tus.checkMediaType(call.request.headers)
    let offset = try Tus.bytes(.uploadOffset, call.request.headers)
    return answer(
      try await receive(call, try call.id("upload", "upload"), at: offset), .noContent)
  }

  @Sendable private static func ask(_ call: Call<BrandID>) async throws -> Response {
    let upload = try await call.useCases.vault.settledUpload(
      brand: call.tenant, try call.id("upload", "upload"))
    if let reason = upload.reason {
      throw Problem(
        .gone, "upload.refused", "The file was refused. \(reason.code): \(reason.detail)")
    }
    var headers: HTTPFields = [.uploadLength: String(upload.length)]
    if !upload.metadata.isEmpty { headers[.uploadMetadata] = upload.metadata }
    return answer(upload, .ok, headers)
  }

  @Sendable private static func delete(_ call: Call<BrandID>) async throws -> Response {
    try await call.useCases.vault.deleteUpload(
      brand: call.tenant, try call.id("upload", "upload"))
    return Response(status: .noContent)
  }

  private static func answer(
    _ upload: UploadView, _ status: HTTPResponse.Status, _ more: HTTPFields = [:]
  ) -> Response {
    var headers = more
    headers[.uploadOffset] = String(upload.offset)
    if upload.state == .open { headers[.uploadExpires] = Tus.date(upload.expiresAt) }
    return Response(status: status, headers: headers)
  }
}

extension Route {
  /// A route of the tus protocol: its answers are headers, and what it takes streams.
  ///
  /// - Parameter version: whether the client has to say which version it speaks.
  fileprivate static func tus(
    _ method: HTTPRequest.Method, _ path: String, _ summary: String,
    version: Parameter? = .tusResumable, headers: [Parameter] = [], takes: Content = .nothing,
    status: HTTPResponse.Status? = nil, idempotencyKey: IdempotencyKey.Use = .ignored,
    problems: [String] = [],
    _ handle: @escaping @Sendable (Call<BrandID>) async throws -> Response
  ) -> Route {
    Route(
      method: method, path: path, admits: Access.engineers.admits, summary: summary, query: [],
      idempotencyKey: idempotencyKey, takes: takes, gives: .nothing,
      status: status ?? (method == .head ? .ok : .noContent),
      problems: problems + (version == nil ? [] : ["upload.tus_version"]), timeLimit: nil,
      answer: { request, context, api in
        let (tenant, principal) = try await api.admit(request, context, to: .engineers)
        if case .nothing = takes {
          try await JSONBody.drain(request, context, patience: api.bodyPatience)
        }
        if version != nil { try Tus.checkVersion(request.headers) }
        let call = Call(
          api: api, tenant: tenant, principal: principal, request: request, context: context,
          query: try Query(request.uri.query, allowing: []))
        // Sealing and hashing megabytes would keep the loop from its other connections.
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
          try await handle(call)
        }
      }, headers: (version.map { [$0] } ?? []) + headers)
  }
}

extension Route.Parameter {
  fileprivate static let tusResumable = header(
    .tusResumable, "The version of the protocol", ["type": "string", "enum": ["1.0.0"]],
    isRequired: true)
  fileprivate static let uploadLength = header(
    .uploadLength, "How many bytes the file has", ["type": "integer", "minimum": 0],
    isRequired: true)
  fileprivate static let uploadOffset = header(
    .uploadOffset, "How many bytes of the file are there already",
    ["type": "integer", "minimum": 0], isRequired: true)
  fileprivate static let uploadOffsetOfPatch = header(
    .uploadOffset, "How many bytes of the file are there already; required for PATCH",
    ["type": "integer", "minimum": 0])
  fileprivate static let uploadMetadata = header(
    .uploadMetadata,
    "Keys with values in base64: filename, design (dsn_…), purpose (geometry if left out), filetype "
      + "(by the name's ending if left out) and unit (what a mesh's coordinates are in, where its format "
      + "does not say it; millimeter if left out)",
    ["type": "string", "maxLength": .integer(NewUpload.metadataBytesMax)],
    isRequired: true)
  fileprivate static let uploadChecksum = header(
    .uploadChecksum, "sha1 or sha256, a space and the body's digest in base64",
    ["type": "string"])
  fileprivate static let methodOverride = header(
    .methodOverride, "The method that is meant",
    ["type": "string", "enum": ["PATCH", "HEAD", "DELETE"]], isRequired: true)

  private static func header(
    _ name: HTTPField.Name, _ description: String, _ schema: JSONValue, isRequired: Bool = false
  ) -> Route.Parameter {
    Route.Parameter(
      name: name.rawName, description: description, schema: schema, isRequired: isRequired)
  }
}
