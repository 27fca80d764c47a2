public import Database
public import Domain

/// What is recorded in a brand's audit trail.
public enum AuditAction: String, Sendable, Hashable, Codable, CaseIterable {
  /// A design was created.
  case designCreated = "design.created"
  /// It was said which kinds of key may receive a design.
  case designKeyTypesSet = "design.key_types_set"
  /// It was said whether bureaus see a design's picture with an offer.
  case designPreviewSet = "design.preview_set"
  /// A file was added to a draft.
  case fileUploaded = "file.uploaded"
  /// Somebody asked for another try at measuring a mesh.
  case measuringAsked = "measuring.asked"
  /// A brand said how large a part is that is not measured.
  case sizesDeclared = "sizes.declared"
  /// A mesh has ended as many workers as it may.
  case meshQuarantined = "mesh.quarantined"
  /// An original was handed out, or is about to be: the entry comes before the first byte.
  case originalRead = "original.read"
  /// Somebody approved of a revision.
  case revisionApproved = "revision.approved"
  /// A revision can be ordered from now on.
  case revisionReleased = "revision.released"
  /// A revision cannot be ordered any more.
  case revisionWithdrawn = "revision.withdrawn"
  /// The keys of a revision's files, or of all of a design's, were destroyed.
  case designShredded = "design.shredded"
  /// Units were authorised.
  case licenceGranted = "licence.granted"
  /// A bureau may have the keys of a job's files.
  case keyReleased = "key.released"
  /// Headers that open a job's files with the bureau's key were made and stored.
  case packageMade = "package.made"
  /// A bureau fetched them, or is about to: the entry comes before the first byte.
  case packageFetched = "package.fetched"
  /// A job was taken from its bureau, for the next one.
  case jobReassigned = "job.reassigned"
  /// A job was taken from its bureau and ended.
  case jobAbandoned = "job.abandoned"
  /// The parcel of a job was said to be lost.
  case jobLost = "job.lost"
  /// An API key was made.
  case apiKeyMade = "api_key.made"
  /// An API key was revoked.
  case apiKeyRevoked = "api_key.revoked"
  /// The brand's settings were changed.
  case settingsChanged = "settings.changed"
  /// The brand's whole vault was handed out, sealed to the brand's own key, or is about to be: the entry
  /// comes before the first byte.
  case archiveExported = "archive.exported"
  /// The brand came from another installation.
  case archiveImported = "archive.imported"
}

/// Who did it.
public struct AuditActor: Sendable, Hashable, Codable {
  /// What kind of somebody.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// One of the brand's own keys.
    case key
    /// A bureau, with whichever of its keys.
    case bureau
    /// Who runs this installation.
    case `operator`
    /// The broker by itself.
    case broker
  }

  /// What kind of somebody.
  public let kind: Kind
  /// The brand's key; nil for others.
  public let key: APIKeyID?
  /// The role of the brand's key when it acted; nil for others.
  public let role: String?
  /// The bureau; nil for others.
  public let bureau: BureauID?

  private init(
    _ kind: Kind, key: APIKeyID? = nil, role: String? = nil, bureau: BureauID? = nil
  ) {
    (self.kind, self.key, self.role, self.bureau) = (kind, key, role, bureau)
  }

  /// A brand's key, with its role.
  public static func key(_ id: APIKeyID, role: String) -> AuditActor {
    AuditActor(.key, key: id, role: role)
  }

  /// A bureau.
  public static func bureau(_ id: BureauID) -> AuditActor { AuditActor(.bureau, bureau: id) }

  /// Who runs this installation.
  public static let `operator` = AuditActor(.operator)

  /// The broker by itself.
  public static let broker = AuditActor(.broker)

  /// The identifier that goes with the kind.
  public var id: String? { key?.text ?? bureau?.text }

  /// Reads the columns `actor`, `actor_id` and `actor_role`.
  public init(row: Row) throws {
    switch try row.named("actor", as: Kind.self) {
    case .key: self = .key(try row.identifier("actor_id"), role: try row.text("actor_role"))
    case .bureau: self = .bureau(try row.identifier("actor_id"))
    case .operator: self = .operator
    case .broker: self = .broker
    }
  }
}

/// What an action was done to: those that it concerns, and no others.
public struct AuditSubject: Sendable, Hashable {
  /// The design.
  public var design: DesignID?
  /// The design's revision.
  public var revision: RevisionID?
  /// The revision's file.
  public var file: FileID?
  /// The licence.
  public var licence: LicenceID?
  /// The order that a job serves.
  public var order: OrderID?
  /// The job.
  public var job: JobID?
  /// The bureau that got or lost something.
  public var bureau: BureauID?
  /// The API key that was made or revoked.
  public var key: APIKeyID?

  /// What is concerned; everything may be left out.
  public init(
    design: DesignID? = nil, revision: RevisionID? = nil, file: FileID? = nil,
    licence: LicenceID? = nil, order: OrderID? = nil, job: JobID? = nil, bureau: BureauID? = nil,
    key: APIKeyID? = nil
  ) {
    (self.design, self.revision, self.file, self.licence) = (design, revision, file, licence)
    (self.order, self.job, self.bureau, self.key) = (order, job, bureau, key)
  }

  /// A job with everything that it is about.
  public init(of job: JobRecord, bureau: BureauID?) {
    self.init(
      design: job.design, revision: job.revision, licence: job.licence, order: job.order,
      job: job.id, bureau: bureau)
  }
}

/// One entry as stored.
public struct AuditEntry: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: AuditEntryID
  /// Its place in the brand's trail, counted from 1 without gaps.
  public let number: Int64
  /// When.
  public let at: Instant
  /// What was done.
  public let action: AuditAction
  /// Who did it.
  public let actor: AuditActor
  /// The design that it concerns, if one; so are all the following.
  public let design: DesignID?
  /// The revision.
  public let revision: RevisionID?
  /// The file.
  public let file: FileID?
  /// The licence.
  public let licence: LicenceID?
  /// The order.
  public let order: OrderID?
  /// The job.
  public let job: JobID?
  /// The bureau.
  public let bureau: BureauID?
  /// The API key.
  public let key: APIKeyID?
  /// A name or a number that helps a reader; may be empty.
  public let detail: String

  init(row: Row) throws {
    id = try row.identifier("id")
    number = try row.integer("number")
    at = try row.instant("at")
    action = try row.named("action")
    actor = try AuditActor(row: row)
    design = try row.identifierOrNil("design_id")
    revision = try row.identifierOrNil("revision_id")
    file = try row.identifierOrNil("file_id")
    licence = try row.identifierOrNil("licence_id")
    order = try row.identifierOrNil("order_id")
    job = try row.identifierOrNil("job_id")
    bureau = try row.identifierOrNil("bureau_id")
    key = try row.identifierOrNil("key_id")
    detail = try row.text("detail")
  }
}
