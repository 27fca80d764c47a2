import BlobStore
import Database

/// The blobs that ended without becoming a file or a piece of an upload, and how they go.
struct UnfinishedBlobs {
  let database: Database
  let blobs: any BlobStore

  /// Removes all of them but those that are under way.
  ///
  /// - Throws: the first error met, after having tried all others.
  func sweep(except isUnderWay: (BlobName) -> Bool = { _ in false }) async throws {
    var failure: (any Error)?
    var after = ""
    while true {
      let page = try await database.read { [after] in
        try $0.rows(BlobStateStore.unfinished, after).map { try $0.text("name") }
      }
      guard let last = page.last else { break }
      after = last
      for name in page.compactMap(BlobName.init) where !isUnderWay(name) {
        do { try await remove(name) } catch { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }

  /// `receiving` → `abandoned` → bytes deleted → row deleted, or `erased` where a shredded file's row
  /// refers to it. A crash between two steps is continued by a sweep. The first step is conditional and comes first: when the commit that
  /// makes the file live was reported as failed but did happen, the blob is live, and stays.
  func remove(_ name: BlobName) async throws {
    let isAbandoned = try await database.write {
      try $0.run(BlobStateStore.abandonUnfinished, name.text) == 1
    }
    guard isAbandoned else { return }
    try await blobs.delete(name)
    try await database.write { transaction in
      guard try transaction.run(BlobStateStore.markErased, name.text) == 0 else { return }
      try transaction.run(BlobStateStore.forget, name.text)
    }
  }
}
