import BlobStore
import Synchronization

/// The payloads that this process has held against the digest that was authenticated with their keys,
/// each with the identity that its blob had then. So every payload is read once before its key goes out,
/// and again when its blob was touched, and otherwise a release costs the same for every length.
final class VerifiedPayloads: Sendable {
  private static let max = 100_000

  private let identities = Mutex<[BlobName: BlobIdentity]>([:])

  /// Refuses a payload that is not the one that was uploaded.
  ///
  /// - Throws: `vault.record`, `BlobError`, and `CancellationError` while it reads.
  func require(_ file: StoredFile, in blobs: any BlobStore) async throws {
    let identity = try await identity(of: file, in: blobs)
    guard identity.bytes == file.payloadBytes else {
      throw file.changed("the payload has another length")
    }
    if identities.withLock({ $0[file.blob] }) == identity { return }
    var payload = CheckedPayload(file: file, blobs: blobs)
    while try await payload.next() != nil { try Task.checkCancellation() }
    guard try await self.identity(of: file, in: blobs) == identity else {
      throw file.changed("the payload was exchanged while it was read")
    }
    guard identity.isSettled else { return }
    identities.withLock {
      // Rare, and costs no more than reading again.
      if $0.count >= Self.max { $0.removeAll() }
      $0[file.blob] = identity
    }
  }

  private func identity(
    of file: StoredFile, in blobs: any BlobStore
  ) async throws -> BlobIdentity {
    do {
      return try await blobs.identity(file.blob)
    } catch BlobError.absent {
      throw file.changed("the payload is missing")
    }
  }
}
