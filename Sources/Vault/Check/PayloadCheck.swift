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

  /// Whether it was read to its end, and what is wrong with it. Neither where the blob is not there, which
  /// another step of the check says.
  func run(
    _ fileKey: FileKey, _ read: (Int) -> Void
  ) async throws -> (wasRead: Bool, finding: Finding?) {
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
        return (false, nil)
      } catch let error as BlobError {
        return (false, Finding(unreadable: error))
      }
      if piece.isEmpty { break }
      offset += piece.count
      digest.update(data: piece)
      if isOpen { isOpen = try Self.opens { try opener.open(piece, into: &plaintext) } }
      plaintextBytes += plaintext.count
      plaintext.wipe()
      plaintext.removeAll(keepingCapacity: true)
      read(piece.count)
    }
    if isOpen { isOpen = try Self.opens { try opener.finish(into: &plaintext) } }
    plaintextBytes += plaintext.count
    return (true, finding(Array(digest.finalize()), isOpen, plaintextBytes))
  }

  private func finding(_ digest: [UInt8], _ isOpen: Bool, _ plaintextBytes: Int) -> Finding? {
    // The digest first: where it differs, chunks that do not open are only the consequence.
    guard digest == sealed.payloadSHA256 else {
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

  /// Whether sealed bytes are authentic; a cipher that fails says nothing about them, and is thrown.
  private static func opens(_ open: () throws -> Void) throws -> Bool {
    do {
      try open()
      return true
    } catch AgeError.payloadFailure, AgeError.headerFailure {
      return false
    }
  }
}

extension Finding {
  /// A payload that the store has and does not give.
  init(unreadable error: BlobError) {
    self.init(
      "payload.unreadable",
      "The store does not give the payload: \(error). Look at the disk; where it is lost, copy the blob "
        + "from a backup.")
  }
}
