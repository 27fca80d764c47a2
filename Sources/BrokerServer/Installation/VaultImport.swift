import BlobStore
import Brokering
import Database
public import Domain
import Ledger
public import Sealing
public import Vault

/// Takes a brand with its whole vault from an archive, on the files of an installation and while no server
/// works on them. An installation that is not there yet is made, as a server's first start makes it.
public struct VaultImport: Sendable {
  /// What came of it.
  public struct Outcome: Sendable {
    /// What was imported.
    public let archive: ImportedArchive
    /// Whether the key ring was made by this: its operator has to be told to keep a copy.
    public let hasNewKeyRing: Bool
  }

  private let dataDirectory: String
  private let keyRingPath: String
  private let passphrase: KeyRingPassphrase?
  private let ambient: Ambient

  /// An import into a data directory with its key ring.
  public init(
    dataDirectory: String, keyRingPath: String, passphrase: KeyRingPassphrase?, ambient: Ambient
  ) {
    (self.dataDirectory, self.keyRingPath) = (dataDirectory, keyRingPath)
    (self.passphrase, self.ambient) = (passphrase, ambient)
  }

  /// Imports an archive; see ``Vault/importArchive(_:identities:checkingParts:progress:)``.
  ///
  /// - Throws: ``ServerError/directoryInUse(path:)`` while a server works, ``InstallationError`` for data
  ///   that a server would refuse, `KeyRingError`, `DatabaseError`, `BlobError`, and what the import throws.
  public func run<Bytes: AsyncSequence>(
    _ bytes: Bytes, identities: [Identity], progress: (Int) -> Void
  ) async throws -> Outcome where Bytes.Element == [UInt8] {
    let lock = try DirectoryLock(directory: dataDirectory)
    defer { withExtendedLifetime(lock) {} }
    try Directories.make(Directories.parent(of: keyRingPath))
    let ring = try KeyRingKeeper(
      path: keyRingPath, outside: dataDirectory, passphrase: passphrase, ambient: ambient)
    defer { ring.release() }
    let database = try Database.open(directory: dataDirectory)
    let result: Result<ImportedArchive, any Error>
    do {
      result = .success(try await run(bytes, identities, ring, database, progress))
    } catch {
      result = .failure(error)
    }
    try await database.close()
    return Outcome(archive: try result.get(), hasNewKeyRing: ring.isNew)
  }

  /// The steps of a server's start, in their order, and then the import.
  private func run<Bytes: AsyncSequence>(
    _ bytes: Bytes, _ identities: [Identity], _ ring: KeyRingKeeper, _ database: Database,
    _ progress: (Int) -> Void
  ) async throws -> ImportedArchive where Bytes.Element == [UInt8] {
    try await database.migrate()
    try await KeyRingKeeper.require(ring.holder, of: database, path: keyRingPath)
    let ledger = Ledger(ambient: ambient).acting(for: .operator)
    let installation = InstallationKeeper(
      database: database, file: StateFile(keyRingPath: keyRingPath), ledger: ledger,
      ambient: ambient)
    try await installation.requireCurrent()
    try await KeyRotation(
      database: database, ring: ring, keys: ring.holder, sources: Composition.wrappedSecrets,
      ambient: ambient
    ).start()
    let blobs = try DirectoryBlobStore(directory: dataDirectory + "/blobs")
    try await installation.beat()
    let vault = Vault(
      database: database, blobs: blobs, keys: ring.holder, ledger: ledger, ambient: ambient)
    // An import that was killed has left payloads, and they take the room of this one's.
    try await vault.sweep()
    try await blobs.removeUnfinished(before: Instant(milliseconds: .max))
    let archive = try await vault.importArchive(
      bytes, identities: identities,
      checkingParts: { try Self.check($0, of: $1) }, progress: progress)
    try await installation.beat()
    return archive
  }

  /// A part that its catalogue would have made.
  private static func check(_ part: ArchivedPart, of design: DesignID) throws {
    do {
      try NewPart(
        sku: part.sku, name: part.name, description: part.description, fits: part.fits,
        design: design, price: part.price, payout: part.payout, leadDays: part.leadDays
      ).check()
    } catch {
      throw Problem(
        .invalid, "archive.content", "\(part.id) cannot be imported: \(error.detail)")
    }
  }
}
