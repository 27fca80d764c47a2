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
  /// - Parameter madeKeyRing: is called when the key ring was made by this, as soon as it is there. Its
  ///   operator has to be told to keep a copy, also where the import then fails: the next one finds it.
  /// - Throws: ``ServerError/directoryInUse(path:)`` while a server works, ``InstallationError`` for data
  ///   that a server would refuse, `KeyRingError`, `DatabaseError`, `BlobError`, and what the import throws.
  public func run<Bytes: AsyncSequence>(
    _ bytes: Bytes, identities: [Identity], madeKeyRing: () -> Void, progress: (Int) -> Void
  ) async throws -> ImportedArchive where Bytes.Element == [UInt8] {
    let lock = try DirectoryLock(directory: dataDirectory)
    defer { withExtendedLifetime(lock) {} }
    let ledger = Ledger(ambient: ambient).acting(for: .operator)
    let opened = try await OpenInstallation(
      dataDirectory: dataDirectory, keyRingPath: keyRingPath, passphrase: passphrase,
      ledger: ledger, ambient: ambient, madeKeyRing: madeKeyRing)
    defer { opened.ring.release() }
    let result: Result<ImportedArchive, any Error>
    do {
      result = .success(try await run(bytes, identities, opened, ledger, progress))
    } catch {
      result = .failure(error)
    }
    try await opened.database.close()
    return try result.get()
  }

  private func run<Bytes: AsyncSequence>(
    _ bytes: Bytes, _ identities: [Identity], _ opened: OpenInstallation, _ ledger: Ledger,
    _ progress: (Int) -> Void
  ) async throws -> ImportedArchive where Bytes.Element == [UInt8] {
    let vault = Vault(
      database: opened.database, blobs: opened.blobs, keys: opened.ring.holder, ledger: ledger,
      ambient: ambient)
    // An import that was killed has left payloads, and they take the room of this one's.
    try await vault.sweep()
    try await opened.blobs.removeUnfinished(before: Instant(milliseconds: .max))
    let archive = try await vault.importArchive(
      bytes, identities: identities,
      checkingParts: { try Self.check($0, of: $1) }, progress: progress)
    try await opened.keeper.beat()
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
