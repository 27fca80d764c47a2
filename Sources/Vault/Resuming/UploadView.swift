public import Domain

/// Whether an upload goes on.
public enum UploadState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Waits for the rest of its bytes.
  case open
  /// Its bytes are a file of the design.
  case finished
  /// Its bytes are gone, because they cannot be a file of the design.
  case refused
}

/// An upload that survives lost connections: what its client has promised, how much of it is durable, and
/// what became of it.
public struct UploadView: Sendable, Hashable, Codable {
  /// Why an upload was refused, as it is stored and shown: a problem's code and detail.
  public struct Reason: Sendable, Hashable, Codable {
    /// Stable and machine-readable, such as `mesh.truncated`.
    public let code: String
    /// What is wrong and what to do about it.
    public let detail: String
  }

  /// Its identifier.
  public let id: UploadID
  /// The design whose draft the file is for.
  public let design: DesignID
  /// That draft.
  public let revision: RevisionID
  /// The file's name.
  public let name: String
  /// What the file is for.
  public let purpose: FilePurpose
  /// The file's media type.
  public let mediaType: String
  /// What its client says a mesh's coordinates are in; left out if it says nothing.
  public let unit: MeshUnit?
  /// How many bytes the file has.
  public let length: Int
  /// How many of them, from the first on, are durable: where its client goes on.
  public let offset: Int
  /// Whether it goes on.
  public let state: UploadState
  /// Why it was refused, if it was.
  public let reason: Reason?
  /// The file that it became, if it did.
  public let file: FileView?
  /// When it was created.
  public let createdAt: Instant
  /// When it is given up unless it has come further by then.
  public let expiresAt: Instant
  /// What its client said of the file, as it was sent; not part of the JSON.
  public private(set) var metadata = ""

  init(_ record: UploadRecord, file: FileView?) {
    id = record.id
    design = record.design
    revision = record.revision
    name = record.name
    purpose = record.purpose
    mediaType = record.mediaType
    unit = record.unit
    length = record.length
    offset = record.received
    state = record.state
    reason = record.refusal
    self.file = file
    createdAt = record.createdAt
    expiresAt = record.expiresAt
    metadata = record.metadata
  }

  private enum CodingKeys: String, CodingKey {
    case id, design, revision, name, purpose, unit, length, offset, state, reason, file
    case mediaType = "media_type"
    case createdAt = "created_at"
    case expiresAt = "expires_at"
  }
}

/// What the client of a new upload says of its file.
public struct NewUpload: Sendable, Hashable {
  /// The design whose draft the file is for.
  public let design: DesignID
  /// The file's name.
  public let name: String
  /// What the file is for.
  public let purpose: FilePurpose
  /// The file's media type.
  public let mediaType: String
  /// What a mesh's coordinates are in, for a file that states no unit; millimetres are assumed if it is nil.
  public let unit: MeshUnit?
  /// How many bytes it has.
  public let length: Int
  /// What the client gets back when it asks; at most ``metadataBytesMax`` bytes.
  public let metadata: String

  /// The most bytes that metadata may have.
  public static let metadataBytesMax = 4096

  /// A new upload.
  public init(
    design: DesignID, name: String, purpose: FilePurpose = .geometry, mediaType: String,
    unit: MeshUnit? = nil, length: Int, metadata: String
  ) {
    self.design = design
    self.name = name
    self.purpose = purpose
    self.mediaType = mediaType
    self.unit = unit
    self.length = length
    self.metadata = metadata
  }
}
