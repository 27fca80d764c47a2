public import BlobStore
public import BureauProtocol
public import Database
public import Domain
public import Ledger
import PrintPackage
public import Sealing

/// Takes a job from its first offer to the customer's door: offers, leases, packages, reports.
///
/// Every state is in the database and every step is one transaction, so a crash leaves a job before
/// or after a step, never in one. Only two things live in memory: who waits in a long poll, and how
/// long leases still hold; after a restart every lease has a full term again.
public struct Dispatcher: Sendable {
  let database: Database
  let blobs: any BlobStore
  private(set) var ledger: Ledger
  let ambient: Ambient
  let signingKey: SigningKey
  let dependencies: DispatchDependencies
  let policy: DispatchPolicy
  let leases: LeaseClock

  /// A dispatcher that signs manifests and grants with the broker's key. One process has one.
  public init(
    database: Database, blobs: any BlobStore, ledger: Ledger, ambient: Ambient,
    signingKey: SigningKey, dependencies: DispatchDependencies,
    policy: DispatchPolicy
  ) {
    self.database = database
    self.blobs = blobs
    self.ledger = ledger
    self.ambient = ambient
    self.signingKey = signingKey
    self.dependencies = dependencies
    self.policy = policy
    leases = LeaseClock(startedAt: ambient.uptime(), term: .seconds(policy.leaseSeconds))
  }

  /// Wakes long polls of a bureau's offers and jobs.
  var signals: Signals<BureauID> { ledger.bureauSignals }

  /// The same dispatcher, acting for somebody: what it does is recorded in the audit trail as theirs.
  public func acting(for actor: AuditActor, with key: APIKeyID? = nil) -> Dispatcher {
    var dispatcher = self
    dispatcher.ledger = ledger.acting(for: actor, with: key)
    return dispatcher
  }

  /// What agents pin: the key that manifests and grants are signed with.
  public func trust() -> TrustDocument {
    TrustDocument(
      issuedAt: ambient.now(),
      roles: [
        TrustRole(
          role: .broker, verificationKeys: [signingKey.verificationKey.description],
          signaturesRequired: ["ed25519", "ml-dsa-65"])
      ])
  }

  func envelope(_ statement: SignedStatement, problem code: String) throws -> Envelope {
    do { return try Envelope(json: try statement.json()) } catch {
      throw Problem(.invalid, code, "That is not a signed statement.")
    }
  }
}

/// For how long things hold.
public struct DispatchPolicy: Sendable, Hashable {
  /// How long a bureau has to answer an offer, in seconds.
  public var offerSeconds = 4 * 3600
  /// How long a lease holds without a heartbeat, in seconds.
  public var leaseSeconds = 120
  /// How long a package's manifest is valid, in days.
  public var packageDays = 14

  /// The standard policy.
  public init() {}
}

/// What the dispatcher needs of other use cases, handed over where the server is put together. Those
/// that take a transaction work in it and have no other effect.
public struct DispatchDependencies: Sendable {
  /// The next bureau to ask for a queued job, none of those asked before; nil when there is none.
  public var assignNext: @Sendable (Transaction, JobRecord, Instant) throws -> Candidate?
  /// Checks every gate again for the bureau and machine that a job was offered to; throws
  /// `match.no_longer_qualified`.
  public var recheck:
    @Sendable (Transaction, JobRecord, BureauID, MachineID, Instant) throws -> Void
  /// Refuses while a revision's payloads are not all there.
  public var requirePayloads: @Sendable (RevisionID, BrandID) async throws -> Void
  /// Checks the licence again, consumes it and records the key release to an age recipient.
  public var recordRelease:
    @Sendable (Transaction, JobRecord, BureauID, String, Instant) throws -> Void
  /// The files of a recorded release, with new headers for its recipient.
  public var releasedFiles: @Sendable (JobID, BureauID) async throws -> [SealedFile]
  /// Opens the order's address.
  public var shipTo: @Sendable (JobRecord) async throws -> ShipTo

  /// All of them; there are no defaults.
  public init(
    assignNext: @escaping @Sendable (Transaction, JobRecord, Instant) throws -> Candidate?,
    recheck:
      @escaping @Sendable (Transaction, JobRecord, BureauID, MachineID, Instant) throws -> Void,
    requirePayloads: @escaping @Sendable (RevisionID, BrandID) async throws -> Void,
    recordRelease:
      @escaping @Sendable (Transaction, JobRecord, BureauID, String, Instant) throws -> Void,
    releasedFiles: @escaping @Sendable (JobID, BureauID) async throws -> [SealedFile],
    shipTo: @escaping @Sendable (JobRecord) async throws -> ShipTo
  ) {
    self.assignNext = assignNext
    self.recheck = recheck
    self.requirePayloads = requirePayloads
    self.recordRelease = recordRelease
    self.releasedFiles = releasedFiles
    self.shipTo = shipTo
  }
}

/// One file of a key release: the sealed payload as the vault keeps it, and a header for the bureau.
public struct SealedFile: Sendable, Hashable {
  /// The vault's file.
  public let id: FileID
  /// Its name in the revision.
  public let name: String
  /// What it is for.
  public let purpose: FilePurpose
  /// The media type of the plaintext.
  public let mediaType: String
  /// What a mesh's coordinates are in; nil for a document.
  public let unit: MeshUnit?
  /// Where the payload lies.
  public let blob: BlobName
  /// The age header for the bureau.
  public let header: [UInt8]
  /// The payload's length.
  public let payloadBytes: Int
  /// SHA-256 of the payload.
  public let payloadSHA256: [UInt8]

  /// A file from its members.
  public init(
    id: FileID, name: String, purpose: FilePurpose, mediaType: String, unit: MeshUnit?,
    blob: BlobName, header: [UInt8], payloadBytes: Int, payloadSHA256: [UInt8]
  ) {
    self.id = id
    self.name = name
    self.purpose = purpose
    self.mediaType = mediaType
    self.unit = unit
    self.blob = blob
    self.header = header
    self.payloadBytes = payloadBytes
    self.payloadSHA256 = payloadSHA256
  }
}
