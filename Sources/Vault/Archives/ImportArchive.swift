import BlobStore
import Crypto
import Database
public import Domain
import Ledger
import PrintPackage
public import Sealing

/// What an import brought.
public struct ImportedArchive: Codable, Sendable, Hashable {
  /// The brand, with the identifier that it always had.
  public let brand: BrandID
  /// Its name.
  public let name: String
  /// When the archive was made.
  public let exportedAt: Instant
  /// How many designs came.
  public let designs: Int
  /// How many revisions of them.
  public let revisions: Int
  /// How many files with their content.
  public let files: Int
  /// How many bytes these have.
  public let bytes: Int
  /// How many files without it: destroyed or lost where they came from.
  public let filesWithoutContent: Int
  /// How many parts came.
  public let parts: Int
  /// How many units of all licences are used up.
  public let unitsConsumed: Int
  /// How many of them are so because orders held them where they came from.
  public let unitsPresumed: Int

  private enum CodingKeys: String, CodingKey {
    case brand, name, designs, revisions, files, bytes, parts
    case exportedAt = "exported_at"
    case filesWithoutContent = "files_without_content"
    case unitsConsumed = "units_consumed"
    case unitsPresumed = "units_presumed"
  }

  init(_ content: ArchiveContent) {
    let licences = content.designs.flatMap(\.licences)
    let all = content.designs.flatMap(\.revisions).flatMap(\.files)
    (brand, name) = (content.brand.id, content.brand.name)
    (exportedAt, designs) = (content.head.exportedAt, content.designs.count)
    revisions = content.designs.reduce(0) { $0 + $1.revisions.count }
    files = content.files.count
    bytes = content.files.reduce(0) { $0 &+ $1.file.bytes }
    filesWithoutContent = all.count - files
    parts = content.designs.reduce(0) { $0 + $1.parts.count }
    unitsConsumed = licences.reduce(0) { $0 &+ $1.consumed &+ $1.reserved }
    unitsPresumed = licences.reduce(0) { $0 &+ $1.reserved }
  }
}

extension Vault {
  /// Takes a brand with everything that its archive has, under the identifiers that it always had: all of
  /// it, or nothing.
  ///
  /// Payloads are stored as they come, behind intent rows as those of uploads are; all rows follow in one
  /// commit, after the last byte of the archive was read and found right. A crash before that commit leaves
  /// payloads that nobody can open and that ``sweep()`` removes. Beside other brands, if every identifier is
  /// free: an archive that claims another brand's is refused.
  ///
  /// - Parameters:
  ///   - bytes: the archive, in pieces.
  ///   - identities: the brand's, to open the files with. Its recipient stays registered, if one of them is
  ///     its identity.
  ///   - checkingParts: refuses a part of a design that could not have been created here.
  ///   - progress: is told how many bytes were read.
  /// - Throws: `archive.layout`, `archive.content`, `archive.file`, `archive.identity`,
  ///   `archive.brand_exists`, `archive.id_taken`, `storage.full`, and what `bytes` throws.
  public func importArchive<Bytes: AsyncSequence>(
    _ bytes: Bytes, identities: [Identity],
    checkingParts: @escaping @Sendable (ArchivedPart, DesignID) throws -> Void,
    progress: (Int) -> Void = { _ in }
  ) async throws -> ImportedArchive where Bytes.Element == [UInt8] {
    var reader = ArchiveReader(self, identities: identities, checkingParts: checkingParts)
    var read = 0
    do {
      for try await piece in bytes {
        try Task.checkCancellation()
        try await reader.take(piece)
        read += piece.count
        progress(read)
      }
      let (content, files) = try reader.finish()
      try await store(content, files)
      reader.leave()
      return ImportedArchive(content)
    } catch {
      await reader.giveUp()
      throw Self.translated(error)
    }
  }

  /// The one commit. A file whose content is nowhere gets a blob that is known to be lost.
  private func store(_ content: ArchiveContent, _ files: [FileID: ImportedFile]) async throws {
    let now = ambient.now()
    var generator = ambient.generator
    var rows: [RevisionID: [ImportedFile]] = [:]
    for design in content.designs {
      for revision in design.revisions {
        rows[revision.id] = revision.files.map { file in
          files[file.id]
            ?? ImportedFile(
              file: file.stored(
                as: BlobName(using: &generator), measurement: file.measurement,
                brand: content.brand.id, design: design.id, revision: revision.id), key: nil)
        }
      }
    }
    let hashes = content.brand.approvers.map { _ in ambient.randomBytes(32) }
    let versions = Set(files.values.compactMap(\.key?.version))
    try await database.write { [ledger, rows] transaction in
      // Asked again: a brand may have come since.
      try content.requireFree(transaction)
      for version in versions { try KeyVersions.use(transaction, version) }
      try content.insert(transaction, files: rows, hashes: hashes, ledger: ledger, at: now)
      try ledger.audit(
        transaction, .archiveImported, brand: content.brand.id, about: AuditSubject(),
        detail: "\(content.designs.count) designs, \(content.files.count) files, exported "
          + "\(content.head.exportedAt)", at: now)
    }
  }
}
