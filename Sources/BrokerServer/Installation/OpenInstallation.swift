import BlobStore
import Brokering
import Database
import Domain
import Ledger
import Vault

/// An installation's files, opened and found to be the newest: the steps of every start, in their order. Files
/// that are not there yet are made.
struct OpenInstallation: Sendable {
  let ring: KeyRingKeeper
  let database: Database
  let blobs: DirectoryBlobStore
  let keyRotation: KeyRotation
  let keeper: InstallationKeeper

  /// - Parameter madeKeyRing: is called when the key ring was made by this, as soon as it is there: its operator
  ///   has to be told to keep a copy, whatever fails after that.
  /// - Throws: ``InstallationError``, `KeyRingError`, `DatabaseError`, `BlobError`.
  init(
    dataDirectory: String, keyRingPath: String, passphrase: KeyRingPassphrase?, ledger: Ledger,
    ambient: Ambient, madeKeyRing: () -> Void = {}
  ) async throws {
    // The key ring comes before the database: it refuses to be made anew beside data that another ring has
    // sealed.
    try Directories.make(Directories.parent(of: keyRingPath))
    ring = try KeyRingKeeper(
      path: keyRingPath, outside: dataDirectory, passphrase: passphrase, ambient: ambient)
    if ring.isNew { madeKeyRing() }
    database = try Database.open(directory: dataDirectory)
    try await database.migrate()
    // Before anything is settled, swept or served: what would be swept in an old copy may have become a
    // file since. A wrong key ring comes first, because its state file is another's too.
    try await KeyRingKeeper.require(ring.holder, of: database, path: keyRingPath)
    keeper = InstallationKeeper(
      database: database, file: StateFile(keyRingPath: keyRingPath), ledger: ledger,
      ambient: ambient)
    try await keeper.requireCurrent()
    keyRotation = KeyRotation(
      database: database, ring: ring, keys: ring.holder, sources: Self.wrappedSecrets,
      ambient: ambient)
    try await keyRotation.start()
    blobs = try DirectoryBlobStore(directory: dataDirectory + "/blobs")
    let missing = try await Losses(database: database, blobs: blobs).amongNewest()
    guard missing.isEmpty else { throw InstallationError.blobsBehind(missing: missing.count) }
    try await keeper.beat()
  }

  /// Every kind of secret that rows keep wrapped.
  static let wrappedSecrets: [any WrappedSecrets] = [
    WrappedFileKeys(), WrappedSegmentKeys(), WrappedShipToKeys(),
  ]
}
