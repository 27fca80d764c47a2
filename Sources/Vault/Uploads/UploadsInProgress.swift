import BlobStore
import Domain
import Synchronization

/// The uploads that this process is receiving now, counted, and the blobs that they write, so that a
/// sweep does not take them for what a crash left.
final class UploadsInProgress: Sendable {
  private struct State {
    var running: [BrandID: Int] = [:]
    var blobs: Set<BlobName> = []
  }

  private let state = Mutex(State())
  private let max: Int
  private let brandMax: Int

  /// - Parameter brandMax: how many one brand may have, so that none keeps the others out.
  init(max: Int, brandMax: Int) {
    self.max = max
    self.brandMax = brandMax
  }

  /// Counts an upload of a brand until ``leave(_:)``, or throws `upload.too_many`.
  func enter(_ brand: BrandID) throws {
    try state.withLock { state in
      let own = state.running[brand, default: 0]
      guard state.running.values.reduce(0, +) < max, own < brandMax else {
        throw Problem(
          .tooMany, "upload.too_many", "Too many uploads are running; try again when one has ended."
        )
      }
      state.running[brand] = own + 1
    }
  }

  func leave(_ brand: BrandID) {
    state.withLock { state in
      let left = state.running[brand, default: 1] - 1
      state.running[brand] = left > 0 ? left : nil
    }
  }

  /// Called before the intent row is committed, so that a sweep never sees the row without the
  /// name.
  func begin(_ name: BlobName) { _ = state.withLock { $0.blobs.insert(name) } }

  func end(_ name: BlobName) { _ = state.withLock { $0.blobs.remove(name) } }

  func contains(_ name: BlobName) -> Bool { state.withLock { $0.blobs.contains(name) } }
}
