import BlobStore
import Crypto
import Synchronization

/// The payloads that this process has held against the digest that was authenticated with their keys,
/// each with the identity that its blob had then. So every payload is read once before its key goes out,
/// and again when its blob was touched, and otherwise a release costs the same for every length.
final class VerifiedPayloads: Sendable {
  private static let max = 100_000
  private static let pieceBytes = 1 << 20

  private let identities = Mutex<[BlobName: BlobIdentity]>([:])

  /// Why a payload is not the one that was uploaded; nil when it is.
  ///
  /// - Throws: `BlobError`, and `CancellationError` while it reads.
  func fault(of file: StoredFile, in blobs: any BlobStore) async throws -> String? {
    let identity = try await blobs.identity(file.blob)
    guard identity.bytes == file.payloadBytes else { return "the payload has another length" }
    if identities.withLock({ $0[file.blob] }) == identity { return nil }
    guard try await digest(of: file.blob, in: blobs) == file.payloadSHA256 else {
      return "the payload has another digest"
    }
    guard try await blobs.identity(file.blob) == identity else {
      return "the payload was exchanged while it was read"
    }
    guard identity.isSettled else { return nil }
    identities.withLock {
      // Rare, and costs no more than reading again.
      if $0.count >= Self.max { $0.removeAll() }
      $0[file.blob] = identity
    }
    return nil
  }

  private func digest(of name: BlobName, in blobs: any BlobStore) async throws -> [UInt8] {
    var digest = SHA256()
    var offset = 0
    while true {
      try Task.checkCancellation()
      let piece = try await blobs.read(name, from: offset, maxLength: Self.pieceBytes)
      if piece.isEmpty { return Array(digest.finalize()) }
      digest.update(data: piece)
      offset += piece.count
    }
  }
}
