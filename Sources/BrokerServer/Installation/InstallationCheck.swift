import BlobStore
import Brokering
import Database
public import Domain
import Ledger
public import Vault

/// Checks an installation on its files, also while a server works on them.
public struct InstallationCheck: Sendable {
  private let dataDirectory: String
  private let keyRingPath: String
  private let passphrase: KeyRingPassphrase?
  private let ambient: Ambient

  /// What came of a check.
  public struct Outcome: Sendable {
    /// Counts and findings.
    public let report: CheckReport
    /// How many orphans were removed; nil when that was not asked for.
    public let orphansRemoved: Int?
    /// Whether a server was at work.
    public let isServing: Bool
  }

  /// A check of a data directory with its key ring.
  public init(
    dataDirectory: String, keyRingPath: String, passphrase: KeyRingPassphrase?, ambient: Ambient
  ) {
    (self.dataDirectory, self.keyRingPath) = (dataDirectory, keyRingPath)
    (self.passphrase, self.ambient) = (passphrase, ambient)
  }

  /// Looks at everything and changes nothing, unless orphans are to be removed: then it takes the
  /// directory's lock, so that no server starts meanwhile.
  ///
  /// - Throws: ``ServerError/directoryInUse(path:)`` for removing while a server works;
  ///   ``InstallationError``, `KeyRingError`, `DatabaseError`, `BlobError`.
  public func run(
    readingData: Bool = false, removingOrphans: Bool = false,
    progress: (VaultCheck.Progress) -> Void = { _ in }
  ) async throws -> Outcome {
    let database = try await open()
    let lock = removingOrphans ? try DirectoryLock(directory: dataDirectory) : nil
    let isServing = lock == nil && DirectoryLock.isHeld(directory: dataDirectory)
    let blobs = try DirectoryBlobStore(existing: dataDirectory + "/blobs")
    let keys = { @Sendable [keyRingPath, passphrase, ambient] in
      try KeyRingKeeper.holder(reading: keyRingPath, passphrase: passphrase, ambient: ambient)
    }
    try await KeyRingKeeper.require(try keys(), of: database, path: keyRingPath)
    let standing = try await standing(database, isServing: isServing)
    if removingOrphans, let refusal = standing {
      throw InstallationError.refused(
        code: refusal.code,
        reason:
          "nothing is removed while the server would refuse these data: the payloads that no row "
          + "knows may belong to a newer database. \(refusal)")
    }
    var (report, orphans) = try await VaultCheck(
      database: database, blobs: blobs, keys: keys, sources: OpenInstallation.wrappedSecrets,
      isServing: isServing
    ).run(readingData: readingData, progress: progress)
    if let standing { report.add(Finding(standing.code, Self.detail(standing))) }
    try await database.close()
    if removingOrphans {
      for name in orphans { try await blobs.delete(name) }
    }
    withExtendedLifetime(lock) {}
    return Outcome(
      report: report, orphansRemoved: removingOrphans ? orphans.count : nil, isServing: isServing)
  }

  private func open() async throws -> Database {
    let database = try Database.openToRead(directory: dataDirectory)
    guard try await database.isMigrated() else {
      throw InstallationError.refused(
        code: "check.older_version",
        reason: "the database is of an older version of everpart: start the server once, or run "
          + "`everpart recover`, and check then")
    }
    return database
  }

  /// What a start would refuse. A server at work moves the beat, in the database and then in the file, so
  /// that the two are looked at again when they do not fit.
  private func standing(
    _ database: Database, isServing: Bool
  ) async throws -> InstallationError? {
    let (file, ledger) = (StateFile(keyRingPath: keyRingPath), Ledger(ambient: ambient))
    for attempt in 1... {
      let (standing, row, last) = try await InstallationKeeper.standing(database, file, ledger)
      let refusal = standing.refusal(row, lastEntry: last.number, path: file.path)
      if refusal == nil || !isServing || attempt == 3 { return refusal }
    }
    return nil
  }

  private static func detail(_ error: InstallationError) -> String {
    String(error.description.dropFirst(error.code.count + 2)) + "."
  }
}
