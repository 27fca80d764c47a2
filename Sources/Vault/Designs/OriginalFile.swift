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
  /// - Throws: `not_found` for another brand's file; `vault.record` when row or payload is not what was
  ///   stored at the upload.
  public func original(
    brand: BrandID, design: DesignID, _ id: FileID
  ) async throws -> OriginalFile {
    let (file, key): (StoredFile, FileKey)
    do {
      (file, key) = try await KeyVersions.tryingAgain {
        let (file, wrapped) = try await database.read { transaction in
          let row = try transaction.row(DesignStore.file, id, design, brand).orAbsent("file")
          return (try StoredFile(row: row), try WrappedSecret(fileKeyIn: row))
        }
        return (file, try await unwrap(wrapped, of: file))
      }
    } catch let error as KeyHolderError {
      throw Self.changed("\(id)", error.description)
    }
    var payload = CheckedPayload(file: file, blobs: blobs)
    while try await payload.next() != nil { try Task.checkCancellation() }
    let now = ambient.now()
    try await database.write { [ledger] transaction in
      try ledger.audit(
        transaction, .originalRead, brand: brand,
        about: AuditSubject(design: design, revision: file.revision, file: id), detail: file.name,
        at: now)
    }
    return OriginalFile(file: file, key: key, blobs: blobs)
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
        if let piece = try await payload.next() {
          try opener.open(piece, into: &plain)
        } else {
          isOver = true
          try opener.finish(into: &plain)
        }
      }
      return plain.isEmpty ? nil : plain
    }
  }
}

/// A stored payload in pieces, which ends in an error unless all of it is what the file's record says.
private struct CheckedPayload {
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
