import BlobStore
import Database
import Domain

extension Vault {
  /// The tables whose rows have wrapped keys of designs' files, and headers that are keys to them as well.
  private static let tablesWithKeys = ["design_file", "upload_segment", "package_file"]

  /// Finishes what shreddings have left to do after their commits: nothing of the keys stays in the
  /// database's files, and the payloads are deleted. Each step finds by itself what is left, so that a crash or
  /// a fault at any point is continued by the next call.
  ///
  /// A read that still uses the log, such as a backup or a check of everything, is waited for by coming again;
  /// it is no fault.
  ///
  /// - Throws: the first error met, after having tried everything.
  public func eraseShreddings() async throws {
    var failure: (any Error)?
    var after = ""
    while !Task.isCancelled {
      let page: [ShreddingID] = try await database.read { [after] in
        try $0.rows(ShreddingStore.erasing, after).map { try $0.identifier("id") }
      }
      guard let last = page.last else { break }
      after = last.text
      for id in page {
        do {
          try await erase(id)
        } catch DatabaseError.busy {
          // The next round.
        } catch {
          failure = failure ?? error
        }
      }
    }
    if let failure { throw failure }
  }

  /// One of them. The payloads go also when the log cannot be emptied yet, and the other way round.
  func erase(_ id: ShreddingID) async throws {
    var failure: (any Error)?
    do { try await deletePayloads(of: id) } catch { failure = error }
    do {
      try await database.eraseRemains(of: Self.tablesWithKeys)
    } catch {
      failure = failure ?? error
    }
    if let failure { throw failure }
    try await database.write { [ambient] transaction in
      try transaction.run(ShreddingStore.forgetBlobs, id)
      try transaction.run(ShreddingStore.finish, ambient.now(), id)
    }
  }

  private func deletePayloads(of id: ShreddingID) async throws {
    var failure: (any Error)?
    var after = ""
    while true {
      let page = try await database.read { [after] in
        try $0.rows(ShreddingStore.blobs, id, after).map { try $0.text("blob_name") }
      }
      guard let last = page.last else { break }
      after = last
      for name in page.compactMap(BlobName.init) {
        do { try await unfinishedBlobs.remove(name) } catch { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }
}
