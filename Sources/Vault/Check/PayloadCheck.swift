import BlobStore
import Crypto
import Domain
import Sealing

/// Reads one payload to its end: its SHA-256 against the one that the wrapped key authenticates, and every
/// chunk opened. What is opened stays in memory, a piece at a time, and is overwritten.
struct PayloadCheck {
  private static let pieceBytes = 1 << 20

  let blobs: any BlobStore
  let name: BlobName
  let sealed: StoredPayload.Sealed

  /// What is wrong with it; nil when nothing is, or when another step of the check says it: a key that
  /// does not unwrap, a blob that is not there.
  func run(_ keys: any KeyHolder, _ read: (Int) -> Void) async throws -> Finding? {
    guard var secret = try? await keys.unwrap(sealed.key, context: sealed.context) else {
      return nil
    }
    defer { secret.wipe() }
    guard let fileKey = FileKey(bytes: secret) else {
      return Finding("key.refused", "What is wrapped is no file key.")
    }
    var (digest, opener) = (SHA256(), PayloadOpener(fileKey: fileKey))
    var (offset, plaintextBytes, isOpen) = (0, 0, true)
    var plaintext: [UInt8] = []
    // Room for a piece and the chunk that waits: growing would leave copies behind.
    plaintext.reserveCapacity(Self.pieceBytes + (128 << 10))
    defer { plaintext.wipe() }
    while true {
      let piece: [UInt8]
      do {
        piece = try await blobs.read(name, from: offset, maxLength: Self.pieceBytes)
      } catch BlobError.absent {
        return nil
      }
      if piece.isEmpty { break }
      offset += piece.count
      digest.update(data: piece)
      if isOpen { isOpen = (try? opener.open(piece, into: &plaintext)) != nil }
      plaintextBytes += plaintext.count
      plaintext.wipe()
      plaintext.removeAll(keepingCapacity: true)
      read(piece.count)
    }
    if isOpen { isOpen = (try? opener.finish(into: &plaintext)) != nil }
    plaintextBytes += plaintext.count
    // The digest first: where it differs, chunks that do not open are only the consequence.
    guard Array(digest.finalize()) == sealed.payloadSHA256 else {
      return Finding("payload.digest", "The payload's bytes are not those that were stored.")
    }
    guard isOpen else {
      return Finding("payload.sealed", "A chunk of the payload does not open.")
    }
    guard plaintextBytes == sealed.plaintextBytes else {
      return Finding(
        "payload.length", "The payload holds another number of bytes than its row says.")
    }
    return nil
  }
}
