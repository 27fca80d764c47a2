public import BlobStore
public import Database
public import Domain
public import Ledger
public import MeshFiles
public import Sealing
public import Workers

/// Keeps brands' designs: takes files and seals them as they arrive, and gives a bureau the key to
/// one revision for one job.
///
/// Geometry and file keys exist here in memory only. What is stored is the sealed payload (blob
/// store), the wrapped file key and a measurement (database).
///
///     upload    intent row ─► sealed payload ─► wrapped key + live file, one commit
///     release   recordRelease in the transaction of the acceptance ─► releasedFiles: new headers
public struct Vault: Sendable {
  let database: Database
  let blobs: any BlobStore
  let keys: any KeyHolder
  private(set) var ledger: Ledger
  let ambient: Ambient
  /// What it takes before it refuses.
  public let limits: VaultLimits
  let uploadsInProgress: UploadsInProgress
  let verifiedPayloads = VerifiedPayloads()
  let uploadHolds = UploadHolds()
  let releaseIsKnown: @Sendable (Int64) async throws -> Void
  let worker: Worker?
  let converter: StepConverter?
  let measuringTurns = MeasuringTurns()
  let measuringSignals = Signals<DesignID>()
  /// Rings when there is a mesh to be measured.
  public let measuringBell = MeasuringBell()

  /// A vault over a database and a blob store. Make one for a process: it knows its uploads in
  /// progress, which ``sweep()`` leaves alone, and who is at which open upload.
  ///
  /// - Parameters:
  ///   - worker: what measures stored meshes. Without one nothing is measured beyond what is while a mesh
  ///     comes in, and no release waits for it.
  ///   - converter: what makes meshes of STEP files, for a worker to run; without one their brands say the sizes.
  ///   - releaseIsKnown: returns when it is durably known, outside of the database, that a ledger entry was
  ///     written; no key leaves before that of its release is.
  public init(
    database: Database, blobs: any BlobStore, keys: any KeyHolder, ledger: Ledger,
    ambient: Ambient, limits: VaultLimits = VaultLimits(), worker: Worker? = nil,
    converter: StepConverter? = nil,
    releaseIsKnown: @escaping @Sendable (Int64) async throws -> Void = { _ in }
  ) {
    self.database = database
    self.blobs = blobs
    self.keys = keys
    self.ledger = ledger
    self.ambient = ambient
    self.limits = limits
    self.releaseIsKnown = releaseIsKnown
    self.worker = worker
    self.converter = converter
    uploadsInProgress = UploadsInProgress(
      max: limits.uploadsAtOnceMax, brandMax: limits.brandUploadsAtOnceMax)
  }

  /// The same vault, acting for somebody: what it does is recorded in the audit trail as theirs.
  public func acting(for actor: AuditActor, with key: APIKeyID? = nil) -> Vault {
    var vault = self
    vault.ledger = ledger.acting(for: actor, with: key)
    return vault
  }
}

/// What the vault takes from outside before it refuses.
public struct VaultLimits: Sendable, Hashable {
  /// Bytes that a mesh may have.
  public var fileBytesMax: Int
  /// Bytes that a document may have.
  public var documentBytesMax: Int
  /// Files that a revision may have; one of them is its geometry.
  public var filesMax: Int
  /// Uploads that may run at the same time in this process; each holds a few hundred kilobytes.
  public var uploadsAtOnceMax: Int
  /// How many of them one brand may have, so that none keeps the others out.
  public var brandUploadsAtOnceMax: Int
  /// Bytes that a brand may store where its operator has said nothing else, open uploads included.
  public var brandStoredBytesMax: Int
  /// Open uploads that a brand may have where its operator has said nothing else.
  public var brandOpenUploadsMax: Int
  /// How long an upload that nobody goes on with is kept.
  public var openUploadKept: Duration
  /// Bytes of a file after which what was received of it becomes durable, at the latest.
  public var segmentBytesMax: Int
  /// A segment with fewer bytes is sealed anew together with what comes next, so that an upload in small
  /// pieces does not become as many blobs.
  public var segmentBytesMin: Int
  /// What a mesh may cost its reader.
  public var mesh: MeshLimits
  /// What measuring may cost one brand.
  public var measuring = MeasuringLimits()

  /// Limits; the defaults suit parts of up to a gigabyte.
  public init(
    fileBytesMax: Int = 1 << 30, documentBytesMax: Int = 32 << 20, filesMax: Int = 8,
    uploadsAtOnceMax: Int = 64, brandUploadsAtOnceMax: Int = 16,
    brandStoredBytesMax: Int = 100 << 30, brandOpenUploadsMax: Int = 32,
    openUploadKept: Duration = .seconds(3 * 86_400), segmentBytesMax: Int = 16 << 20,
    segmentBytesMin: Int = 1 << 20, mesh: MeshLimits = MeshLimits()
  ) {
    self.fileBytesMax = fileBytesMax
    self.documentBytesMax = documentBytesMax
    self.filesMax = filesMax
    self.uploadsAtOnceMax = uploadsAtOnceMax
    self.brandUploadsAtOnceMax = brandUploadsAtOnceMax
    self.brandStoredBytesMax = brandStoredBytesMax
    self.brandOpenUploadsMax = brandOpenUploadsMax
    self.openUploadKept = openUploadKept
    self.segmentBytesMax = segmentBytesMax
    self.segmentBytesMin = segmentBytesMin
    self.mesh = mesh
  }
}

extension VaultLimits {
  /// Bytes that a file for a purpose may have.
  func bytesMax(_ purpose: FilePurpose) -> Int {
    purpose == .geometry ? fileBytesMax : documentBytesMax
  }
}
