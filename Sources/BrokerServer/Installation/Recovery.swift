import BlobStore
import Database
public import Dispatching
public import Domain
import Foundation
import Ledger
public import Vault

/// Brings an installation back to service whose database, or whose blobs, were restored from an older copy.
/// Works on the files, while no server does.
public final class Recovery: Sendable {
  /// What is known before anything is done.
  public struct Plan: Sendable, Hashable, Codable {
    /// Why the server refuses these data, as a stable code; nil when it does not.
    public let reason: String?
    /// The ledger's last entry in the database, and when it was written.
    public let lastEntry: Int64
    /// When it was written.
    public let lastEntryAt: Instant?
    /// The last entry that is known to have been written; nil where the state file is lost.
    public let knownEntry: Int64?
    /// When that was known.
    public let knownAt: Instant?
    /// Files whose payload is not there, or not whole.
    public let lostFiles: [LostFile]
    /// Uploads under way of which a piece is not there: they are refused, and begin anew.
    public let lostUploads: [Losses.LostUpload]
    /// Files that were given up before, and whose payload is there again.
    public let foundFiles: Int
    /// Whether the generation has to be raised: the database is, or may be, an older copy.
    public let raisesGeneration: Bool

    /// Whether there is something to do.
    public var isNeeded: Bool {
      reason != nil || raisesGeneration || !lostFiles.isEmpty || !lostUploads.isEmpty
        || foundFiles > 0
    }

    private enum CodingKeys: String, CodingKey {
      case reason
      case lastEntry = "last_entry"
      case lastEntryAt = "last_entry_at"
      case knownEntry = "known_entry"
      case knownAt = "known_at"
      case lostFiles = "lost_files"
      case lostUploads = "lost_uploads"
      case foundFiles = "found_files"
      case raisesGeneration = "raises_generation"
    }
  }

  /// A file without its payload.
  public struct LostFile: Sendable, Hashable, Codable {
    /// The file.
    public let file: String
    /// Its brand.
    public let brand: String
    /// Its design.
    public let design: String
  }

  /// What was done.
  public struct Report: Sendable, Hashable, Codable {
    /// The generation from now on.
    public let generation: Int
    /// Ledger entries that are lost: the first one and, where it is known, the last one.
    public let lostEntries: LostEntries?
    /// The jobs that wait for their brands now, those that did before included.
    public let jobs: [RecoveredJob]
    /// Files that were given up.
    public let lostFiles: [LostFile]
    /// Uploads that were refused, because a piece of them is not there.
    public let lostUploads: [Losses.LostUpload]

    private enum CodingKeys: String, CodingKey {
      case generation, jobs
      case lostEntries = "lost_entries"
      case lostFiles = "lost_files"
      case lostUploads = "lost_uploads"
    }
  }

  /// Numbers of ledger entries that exist nowhere any more, and will be given to others.
  public struct LostEntries: Sendable, Hashable, Codable {
    /// The first.
    public let from: Int64
    /// The last that is known; there may have been more.
    public let to: Int64?
  }

  /// What there is to do.
  public let plan: Plan
  private let database: Database
  private let file: StateFile
  private let ledger: Ledger
  private let ambient: Ambient
  private let standing: Standing
  private let row: Installation?
  private let losses: Losses
  private let files: (lost: [Losses.Lost], found: [BlobName])
  private let lock: DirectoryLock

  /// Takes the directory's lock and looks. Changes nothing but the schema, where that is an older
  /// version's.
  ///
  /// - Parameters:
  ///   - isForced: recover although database and state file agree, because both were restored.
  ///   - trustsDatabase: the database is the one that the server last worked with; only the state file
  ///     was lost or restored.
  /// - Throws: ``ServerError/directoryInUse(path:)``, ``InstallationError``, `KeyRingError`,
  ///   `DatabaseError`, `BlobError`.
  public init(
    dataDirectory: String, keyRingPath: String, passphrase: KeyRingPassphrase? = nil,
    isForced: Bool = false, trustsDatabase: Bool = false, ambient: Ambient
  ) async throws {
    let path = dataDirectory + "/everpart.sqlite"
    guard FileManager.default.fileExists(atPath: path) else {
      throw InstallationError.refused(
        code: "recover.nothing", reason: "there is no \(path): name --data, or restore it first")
    }
    lock = try DirectoryLock(directory: dataDirectory)
    let keys = try KeyRingKeeper.holder(
      reading: keyRingPath, passphrase: passphrase, ambient: ambient)
    database = try Database.open(directory: dataDirectory)
    try await database.migrate()
    try await KeyRingKeeper.require(keys, of: database, path: keyRingPath)
    self.ambient = ambient
    ledger = Ledger(ambient: ambient)
    file = StateFile(keyRingPath: keyRingPath)
    let last: (number: Int64, at: Instant?)
    (standing, row, last) = try await InstallationKeeper.standing(database, file, ledger)
    let refusal = standing.refusal(row, lastEntry: last.number, path: file.path)
    if case .other? = refusal { throw InstallationError.other(path: file.path) }
    if case .databaseBehind = standing, trustsDatabase {
      throw InstallationError.refused(
        code: "recover.not_the_newest",
        reason: "the state file knows a newer database than this one; leave --trust-database out")
    }
    let blobs = try DirectoryBlobStore(directory: dataDirectory + "/blobs")
    losses = Losses(database: database, blobs: blobs)
    files = try await losses.all()
    let uploads = try await losses.uploads()
    let isBehind = (refusal != nil && !trustsDatabase) || isForced
    plan = Plan(
      reason: refusal?.code, lastEntry: last.number, lastEntryAt: last.at,
      knownEntry: standing.known?.ledgerNumber, knownAt: standing.known?.at,
      lostFiles: files.lost.map {
        LostFile(file: $0.file, brand: $0.brand, design: $0.design)
      },
      lostUploads: uploads, foundFiles: files.found.count, raisesGeneration: isBehind)
  }

  /// Does it. One commit, then the state file. A crash before the commit has changed nothing; after one
  /// that came between the two, the server starts, or says to recover once more: doing that again holds
  /// nothing that is not held, and only moves generation and epochs on.
  public func run() async throws -> Report {
    let now = ambient.now()
    let next = nextInstallation(at: now)
    let (report, state) = try await database.write { [self] transaction in
      let last = try ledger.last(transaction)
      let lost =
        plan.raisesGeneration
        ? LostEntries(
          from: last.number + 1, to: plan.knownEntry.flatMap { $0 > last.number ? $0 : nil })
        : nil
      try next.store(transaction, at: now)
      if let lost {
        try ledger.append(
          transaction, kind: .recovered, brand: nil,
          body: Entry(generation: next.generation, from: lost.from, to: lost.to), at: now)
      }
      let jobs = try settle(transaction, at: now)
      let report = Report(
        generation: next.generation, lostEntries: lost, jobs: jobs, lostFiles: plan.lostFiles,
        lostUploads: plan.lostUploads)
      return (
        report,
        KnownState(
          installation: next, ledgerNumber: try ledger.last(transaction).number, at: now)
      )
    }
    try file.write(state)
    // The bytes of refused uploads. What a crash or a fault leaves of them, the server's start removes.
    try? await losses.sweep()
    try await database.close()
    return report
  }

  /// Gives the data free without having done anything.
  public func close() async throws { try await database.close() }

  /// Beats go on from the highest one that is known, so that every older copy stays recognisable.
  private func nextInstallation(at now: Instant) -> Installation {
    let known = standing.known?.installation
    let id = row?.id ?? known?.id ?? ambient.identifier(at: now)
    let (generation, beat) = (
      max(row?.generation ?? 1, known?.generation ?? 1), max(row?.beat ?? 0, known?.beat ?? 0)
    )
    return Installation(
      id: id, generation: plan.raisesGeneration ? generation + 1 : generation, beat: beat + 1)
  }

  private func settle(
    _ transaction: Transaction, at now: Instant
  ) throws -> [RecoveredJob] {
    try Losses.settle(transaction, lost: files.lost, found: files.found, uploads: plan.lostUploads)
    let jobs = JobRecovery(ledger: ledger)
    guard !plan.raisesGeneration else {
      return try jobs.holdUnfinished(
        transaction,
        because:
          "The broker was restored from a backup; what the bureau has done since is not known to "
          + "it. Ask the bureau, then reassign, abandon or retry.", at: now)
    }
    return try jobs.hold(
      transaction, acceptedJobsOf: Set(files.lost.compactMap { RevisionID($0.revision) }),
      because: "A file of the design is lost, so that no package can be made of it.", at: now)
  }

  private struct Entry: Encodable {
    let generation: Int
    let from: Int64
    let to: Int64?
  }
}
