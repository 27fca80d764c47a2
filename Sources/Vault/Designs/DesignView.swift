public import Domain
public import Ledger
public import MeshFiles

/// A design as its brand sees it: the newest revision with its files, and the newest licence, which
/// are those that a new part takes.
public struct DesignView: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: DesignID
  /// Its name.
  public let name: String
  /// The brand's own name for it, unique in the brand, if it has one.
  public let reference: String?
  /// Grows with every change of the design and its newest revision; not with counts that orders move, or
  /// what is measured.
  public let version: Int
  /// When it was created.
  public let createdAt: Instant
  /// Whether only post-quantum keys may receive it.
  public let isPostQuantumOnly: Bool
  /// Whether a bureau sees the picture of a revision with the offer to make it.
  public let isPreviewInOffers: Bool
  /// How many key releases and archives went to classical keys: what no later change takes back.
  public let classicalReleases: Int
  /// Its newest revision.
  public let revision: RevisionView
  /// The newest licence for printing it.
  public let licence: LicenceRecord
  /// The newest revision's files, in the order of their names.
  public let files: [FileView]
  /// What the whole design was shredded with, if it was; left out where that was before an import.
  public let shredding: ShreddingID?
  /// Whether the whole design is shredded, and so over.
  public let isShredded: Bool
  /// What may be done now: with the draft `upload`, `profiles`, `release`, `measure`, `declare`;
  /// without one `revise`,
  /// which opens the next; `shred` while no revision is sold.
  public let actions: [String]

  init(
    id: DesignID, name: String, reference: String?, version: Int, createdAt: Instant,
    isPostQuantumOnly: Bool, isPreviewInOffers: Bool,
    classicalReleases: Int, revision: RevisionView, licence: LicenceRecord, files: [FileView],
    shredding: ShreddingID?, isShredded: Bool, isSold: Bool, filesMax: Int
  ) {
    self.id = id
    self.name = name
    self.reference = reference
    self.version = version
    self.createdAt = createdAt
    self.isPostQuantumOnly = isPostQuantumOnly
    self.isPreviewInOffers = isPreviewInOffers
    self.classicalReleases = classicalReleases
    self.revision = revision
    self.licence = licence
    self.files = files
    self.shredding = shredding
    self.isShredded = isShredded
    let ofDraft = revision.draftActions(files, filesMax: filesMax)
    actions =
      isShredded ? [] : (ofDraft.isEmpty ? ["revise"] : ofDraft) + (isSold ? [] : ["shred"])
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, reference, version, revision, licence, files, shredding, actions
    case createdAt = "created_at"
    case isPostQuantumOnly = "pq_only"
    case isPreviewInOffers = "preview_in_offers"
    case classicalReleases = "classical_releases"
    case isShredded = "shredded"
  }
}

/// One file of a revision. Sizes are of what was uploaded; the file itself is only stored sealed.
public struct FileView: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: FileID
  /// Its name, unique in the revision.
  public let name: String
  /// What it is for.
  public let purpose: FilePurpose
  /// Its media type.
  public let mediaType: String
  /// Its length in bytes.
  public let bytes: Int
  /// What whoever uploaded a mesh has said its coordinates are in; left out if nobody did. The measurement
  /// says which unit they were read in.
  public let unit: MeshUnit?
  /// The sizes of a mesh; nil for a document, and until a worker has measured one that is not STL. Of STEP,
  /// `measured_by` says whose they are.
  public let measurement: MeshSummary?
  /// When it became part of the revision.
  public let createdAt: Instant

  /// What may keep the mesh from printing as meant: those of the measurement.
  public var problems: [MeshProblem] { measurement?.problems ?? [] }

  /// Whether it is a STEP file, as its name or media type always says.
  var isSTEP: Bool {
    (MeshFamily(mediaType: mediaType) ?? MeshFamily(fileNamed: name)) == .step
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, purpose, bytes, unit, measurement
    case mediaType = "media_type"
    case createdAt = "created_at"
  }
}
