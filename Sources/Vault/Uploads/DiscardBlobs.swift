import BlobStore
import Database
import Domain

extension Vault {
  /// Removes what ended without becoming a file: blobs whose upload was cut off by a crash, and
  /// those whose deletion was. A server calls it when it starts; uploads in progress in this process
  /// are left alone.
  ///
  /// - Throws: the first error met, after having tried all others.
  public func sweep() async throws {
    var failure: (any Error)?
    var after = ""
    while true {
      let page = try await database.read { [after] in
        try $0.rows(UploadStore.unfinished, after).map { try $0.text("name") }
      }
      guard let last = page.last else { break }
      after = last
      for name in page.compactMap(BlobName.init) where !uploadsInProgress.contains(name) {
        do { try await remove(name) } catch { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }

  /// Gives up the blob of an upload that failed. In a task of its own, because the caller's may
  /// have been cancelled. A fault here leaves the row, and the next sweep tries again.
  func discard(_ name: BlobName) async { await discard([name]) }

  /// Gives up several blobs.
  func discard(_ names: [BlobName]) async {
    await Task { for name in names { try? await remove(name) } }.value
  }

  /// `receiving` → `abandoned` → bytes deleted → row deleted, or `erased` where a shredded file's row refers
  /// to it. A crash between two steps is
  /// continued by a sweep. The first step is conditional and comes first: when the commit that
  /// makes the file live was reported as failed but did happen, the blob is live, and stays.
  func remove(_ name: BlobName) async throws {
    let isAbandoned = try await database.write {
      try $0.run(UploadStore.abandon, name.text) == 1
    }
    guard isAbandoned else { return }
    try await blobs.delete(name)
    try await database.write { transaction in
      guard try transaction.run(ShreddingStore.markErased, name.text) == 0 else { return }
      try transaction.run(UploadStore.forget, name.text)
    }
  }
}
