import BlobStore
import Crypto
import Database
public import Domain
import Ledger
import Sealing

extension Vault {
  /// A brand's own file, as it was uploaded: whole and unchanged, or nothing.
  ///
  /// The whole payload is read and compared with the digest that the wrapped key authenticates before this
  /// returns, because whoever knows a file key, as a bureau does, can seal other plaintext under it. It is
  /// compared again while the file is read, should the payload be exchanged in between. That the file is read is
  /// in the audit trail, durably, before there is a byte of it.
  ///
  /// One that was begun before the file is shredded ends in an error as soon as its payload is gone.
  ///
  /// - Throws: `not_found` for another brand's file; `revision.shredded`; `vault.record` when row or payload is
  ///   not what was stored at the upload.
  public func original(
    brand: BrandID, design: DesignID, _ id: FileID
  ) async throws -> OriginalFile {
    do {
      return try await readOriginal(brand: brand, design: design, id)
    } catch let problem as Problem where problem.code == "vault.record" {
      // A payload that is gone because of a shredding is not a damaged one.
      _ = try await database.read {
        try Self.keptRow($0, id, design: design, brand: brand)
      }
      throw problem
    }
  }

  /// A file's row, unless the file is shredded. A key that somebody has put back is none.
  private static func keptRow(
    _ transaction: Transaction, _ id: FileID, design: DesignID, brand: BrandID
  ) throws -> Row {
    let row = try transaction.row(DesignStore.file, id, design, brand).orAbsent("file")
    let revision: RevisionID = try row.identifier("revision_id")
    let state: RevisionState = try transaction.row(
      RevisionStore.select, revision, design, brand
    ).orAbsent("revision").named("state")
    guard try state != .shredded && row.blobOrNil("wrapped_key") != nil else {
      throw Problem.shredded
    }
    return row
  }

  private func readOriginal(
    brand: BrandID, design: DesignID, _ id: FileID
  ) async throws -> OriginalFile {
    let (file, key) = try await ownFile(brand, design, id)
    var payload = CheckedPayload(file: file, blobs: blobs)
    while try await payload.next() != nil { try Task.checkCancellation() }
    let now = ambient.now()
    try await database.write { [ledger] transaction in
      // After a shredding nobody gets a first byte any more, and whoever got one before is in its report.
      _ = try Self.keptRow(transaction, id, design: design, brand: brand)
      try ledger.audit(
        transaction, .originalRead, brand: brand,
        about: AuditSubject(design: design, revision: file.revision, file: id), detail: file.name,
        at: now)
    }
    return OriginalFile(file: file, key: key, blobs: blobs)
  }

  /// Whether a brand's own file is one that its sender has: reads the whole payload and compares. Nothing
  /// of the file is given out, so that it is no disclosure, and no digest of it is kept.
  ///
  /// - Parameter sha256: of the sender's file; 64 hexadecimal digits.
  /// - Throws: `file.digest`; as ``original(brand:design:_:)`` does.
  public func isSame(
    brand: BrandID, design: DesignID, _ id: FileID, sha256: String
  ) async throws -> Bool {
    guard sha256.utf8.count == 64, sha256.allSatisfy(\.isHexDigit) else {
      throw Problem(.invalid, "file.digest", "A SHA-256 digest is 64 hexadecimal digits.")
    }
    let (file, key) = try await ownFile(brand, design, id)
    var hash = SHA256()
    for try await piece in OriginalFile(file: file, key: key, blobs: blobs) {
      try Task.checkCancellation()
      hash.update(data: piece)
    }
    return Array(hash.finalize()).hexadecimal == sha256.lowercased()
  }

  private func ownFile(
    _ brand: BrandID, _ design: DesignID, _ id: FileID
  ) async throws -> (StoredFile, FileKey) {
    do {
      return try await KeyVersions.tryingAgain {
        let (file, wrapped) = try await database.read { transaction in
          let row = try Self.keptRow(transaction, id, design: design, brand: brand)
          return (try StoredFile(row: row), try WrappedSecret(fileKeyIn: row))
        }
        return (file, try await unwrap(wrapped, of: file))
      }
    } catch let error as KeyHolderError {
      throw Self.changed("\(id)", error.description)
    }
  }
}

/// The plaintext of a file, opened as it is read. Holds one piece of the payload.
public struct OriginalFile: AsyncSequence, Sendable {
  /// Its name.
  public var name: String { file.name }
  /// Its media type.
  public var mediaType: String { file.mediaType }
  /// How many bytes there are in all.
  public var totalBytes: Int { file.plaintextBytes }

  let file: StoredFile
  let key: FileKey
  let blobs: any BlobStore

  /// Starts at the first byte.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Opens one piece after another.
  public struct Iterator: AsyncIteratorProtocol {
    private var payload: CheckedPayload
    private var opener: PayloadOpener
    private var isOver = false

    init(_ original: OriginalFile) {
      payload = CheckedPayload(file: original.file, blobs: original.blobs)
      opener = PayloadOpener(fileKey: original.key)
    }

    /// The next bytes, or nil at the end. The last chunk comes only once the payload's digest was found
    /// right: a file that is not the original ends with an error and is never whole.
    public mutating func next() async throws -> [UInt8]? {
      var plain: [UInt8] = []
      while !isOver, plain.isEmpty {
        let piece = try await payload.next()
        isOver = piece == nil
        do {
          if let piece {
            try opener.open(piece, into: &plain)
          } else {
            try opener.finish(into: &plain)
          }
        } catch AgeError.payloadFailure(let reason), AgeError.headerFailure(let reason) {
          throw payload.file.changed(reason)
        }
      }
      return plain.isEmpty ? nil : plain
    }
  }
}

/// A stored payload in pieces, which ends in an error unless all of it is what the file's record says.
struct CheckedPayload {
  private static let pieceBytes = 256 << 10

  let file: StoredFile
  let blobs: any BlobStore
  private var hash = SHA256()
  private var offset = 0

  init(file: StoredFile, blobs: any BlobStore) {
    (self.file, self.blobs) = (file, blobs)
  }

  /// The next piece; nil after the last, if length and digest are right.
  mutating func next() async throws -> [UInt8]? {
    let piece: [UInt8]
    do {
      piece = try await blobs.read(file.blob, from: offset, maxLength: Self.pieceBytes)
    } catch BlobError.absent {
      throw file.changed("the payload is missing")
    }
    guard piece.isEmpty else {
      offset += piece.count
      guard offset <= file.payloadBytes else { throw file.changed("the payload is longer") }
      hash.update(data: piece)
      return piece
    }
    guard offset == file.payloadBytes, Array(hash.finalize()) == file.payloadSHA256 else {
      throw file.changed("the payload has another length or digest")
    }
    return nil
  }
}
