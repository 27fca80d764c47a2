import BlobStore
import Database
import Domain

extension Vault {
  /// Removes what ended without becoming a file: blobs whose upload was cut off by a crash, and
  /// those whose deletion was. A server calls it when it starts, and again and again while it serves:
  /// uploads in progress in this process are left alone, because each says so before it commits its blob's
  /// row and until that row is live or the blob is given up.
  ///
  /// - Throws: the first error met, after having tried all others.
  public func sweep() async throws {
    try await unfinishedBlobs.sweep(except: uploadsInProgress.contains)
  }

  /// Commits the intent of a payload that is to come, and begins it.
  func begin(_ blob: BlobName) async throws -> any BlobWriter {
    let now = ambient.now()
    uploadsInProgress.begin(blob)
    _ = try await database.write { try $0.run(BlobStateStore.intend, blob.text, now) }
    return try await blobs.create(blob)
  }

  /// Gives up the blob of an upload that failed. In a task of its own, because the caller's may
  /// have been cancelled. A fault here leaves the row, and the next sweep tries again, and says so.
  func discard(_ name: BlobName) async { await discard([name]) }

  /// Gives up several blobs.
  func discard(_ names: [BlobName]) async {
    await Task { for name in names { try? await unfinishedBlobs.remove(name) } }.value
  }

  var unfinishedBlobs: UnfinishedBlobs {
    UnfinishedBlobs(database: database, blobs: blobs)
  }
}
