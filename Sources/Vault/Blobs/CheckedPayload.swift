import BlobStore
import Crypto
import Domain
import Sealing

/// A stored payload in pieces, which ends in an error unless all of it is what its record says.
struct CheckedPayload: Sendable {
  private static let pieceBytes = 256 << 10

  let blobs: any BlobStore
  let blob: BlobName
  let payloadBytes: Int
  let payloadSHA256: [UInt8]
  /// What a payload is refused with that is another one.
  let refusal: @Sendable (String) -> Problem
  private var hash = SHA256()
  private var offset = 0

  init(
    _ blob: BlobName, in blobs: any BlobStore, payloadBytes: Int, payloadSHA256: [UInt8],
    refusal: @escaping @Sendable (String) -> Problem
  ) {
    (self.blob, self.blobs, self.refusal) = (blob, blobs, refusal)
    (self.payloadBytes, self.payloadSHA256) = (payloadBytes, payloadSHA256)
  }

  init(file: StoredFile, blobs: any BlobStore) {
    self.init(
      file.blob, in: blobs, payloadBytes: file.payloadBytes, payloadSHA256: file.payloadSHA256,
      refusal: { file.changed($0) })
  }

  /// The next piece; nil after the last, if length and digest are right.
  mutating func next() async throws -> [UInt8]? {
    let piece: [UInt8]
    do {
      piece = try await blobs.read(blob, from: offset, maxLength: Self.pieceBytes)
    } catch BlobError.absent {
      throw refusal("the payload is missing")
    }
    guard piece.isEmpty else {
      offset += piece.count
      guard offset <= payloadBytes else { throw refusal("the payload is longer") }
      hash.update(data: piece)
      return piece
    }
    guard offset == payloadBytes, Array(hash.finalize()) == payloadSHA256 else {
      throw refusal("the payload has another length or digest")
    }
    return nil
  }
}

/// The plaintext of a stored payload, opened as it is read: a piece in memory. The last chunk comes only once
/// the payload's digest was found right: what is not whole and unchanged ends with an error.
struct OpenedPayload: Sendable {
  private var payload: CheckedPayload
  private var opener: PayloadOpener
  private var isOver = false

  init(_ payload: CheckedPayload, with key: FileKey) {
    (self.payload, opener) = (payload, PayloadOpener(fileKey: key))
  }

  /// The next bytes; nil at the end.
  mutating func next() async throws -> [UInt8]? {
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
        throw payload.refusal(reason)
      }
    }
    return plain.isEmpty ? nil : plain
  }
}
