import BlobStore
import Domain
import Synchronization

/// The blobs that this process is receiving now, so that a sweep does not take them for what a
/// crash left.
final class UploadsInProgress: Sendable {
  private let names = Mutex<Set<BlobName>>([])
  private let max: Int

  init(max: Int) { self.max = max }

  /// Called before the intent row is committed, so that a sweep never sees the row without the
  /// name.
  func begin(_ name: BlobName) throws {
    try names.withLock { names in
      guard names.count < max else {
        throw Problem(
          .tooMany, "upload.too_many", "Too many uploads are running; try again when one has ended."
        )
      }
      names.insert(name)
    }
  }

  func end(_ name: BlobName) { _ = names.withLock { $0.remove(name) } }

  func contains(_ name: BlobName) -> Bool { names.withLock { $0.contains(name) } }
}
