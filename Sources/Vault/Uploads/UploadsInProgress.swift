import BlobStore
import Domain
import Synchronization

/// The blobs that this process is receiving now, so that a sweep does not take them for what a
/// crash left.
final class UploadsInProgress: Sendable {
  private let brands = Mutex<[BlobName: BrandID]>([:])
  private let max: Int
  private let brandMax: Int

  /// - Parameter brandMax: how many one brand may have, so that none keeps the others out.
  init(max: Int, brandMax: Int) {
    self.max = max
    self.brandMax = brandMax
  }

  /// Called before the intent row is committed, so that a sweep never sees the row without the
  /// name.
  func begin(_ name: BlobName, of brand: BrandID) throws {
    try brands.withLock { brands in
      guard brands.count < max, brands.values.count(where: { $0 == brand }) < brandMax else {
        throw Problem(
          .tooMany, "upload.too_many", "Too many uploads are running; try again when one has ended."
        )
      }
      brands[name] = brand
    }
  }

  func end(_ name: BlobName) { _ = brands.withLock { $0.removeValue(forKey: name) } }

  func contains(_ name: BlobName) -> Bool { brands.withLock { $0[name] != nil } }
}
