import BlobStore
import Database
public import Domain

extension Vault {
  /// Ends an upload and removes what it has, also of one that is finished or refused; the file stays. A
  /// request that is at it is ended.
  ///
  /// - Throws: `not_found`; `upload.busy` where it is just becoming a file.
  public func deleteUpload(brand: BrandID, _ id: UploadID) async throws {
    _ = try await record(id, brand)
    try await take(id, fromSilentFor: .zero)
    defer { uploadHolds.release(id) }
    try await remove(id, brand)
  }

  /// What nobody asks for any more: completes uploads that a crash left with all their bytes, removes those
  /// that were not gone on with in time, and then whatever blobs ended without becoming a file. Uploads that
  /// somebody is at are left alone.
  ///
  /// One that has all its bytes is never removed here: where it cannot become a file now (the disk is full, the
  /// key holder is away), each round tries again, and its error is thrown for an operator to act on.
  ///
  /// - Throws: the first error met, after having tried all others.
  public func tendUploads() async throws {
    var failure: (any Error)?
    let now = ambient.now()
    try await forEach(ResumingStore.full) { id, brand in
      do {
        if let upload = try await present(id, brand), upload.isFull { try await complete(upload) }
      } catch let problem as Problem where problem.isForGood {
        // Refused, which its row says.
      } catch {
        failure = failure ?? error
      }
    }
    try await forEach(ResumingStore.expired, now) { id, brand in
      do {
        // It may have moved on between the list and the hold.
        if let upload = try await present(id, brand), upload.expiresAt <= now, !upload.isFull {
          try await remove(id, brand)
        }
      } catch {
        failure = failure ?? error
      }
    }
    do { try await sweep() } catch { failure = failure ?? error }
    if let failure { throw failure }
  }

  /// An upload; nil where it was deleted meanwhile.
  private func present(_ id: UploadID, _ brand: BrandID) async throws -> UploadRecord? {
    do {
      return try await record(id, brand)
    } catch let problem as Problem where problem.kind == .absent {
      return nil
    }
  }

  /// Visits the uploads of a list that nobody is at.
  private func forEach(
    _ list: Statement, _ moment: Instant? = nil,
    _ body: (UploadID, BrandID) async throws -> Void
  ) async throws {
    var after = ""
    while !Task.isCancelled {
      let page = try await database.read { [after] transaction in
        let rows =
          try moment.map { try transaction.rows(list, $0, after) } ?? transaction.rows(list, after)
        return try rows.map {
          (
            try $0.identifier("id", as: UploadID.self),
            try $0.identifier("brand_id", as: BrandID.self)
          )
        }
      }
      guard let last = page.last else { return }
      after = last.0.text
      for (id, brand) in page where uploadHolds.take(id, at: ambient.uptime()) {
        defer { uploadHolds.release(id) }
        try await body(id, brand)
      }
    }
  }

  private func remove(_ id: UploadID, _ brand: BrandID) async throws {
    let blobs = try await database.write { transaction in
      let blobs = try ResumingStore.dropSegments(transaction, of: id, brand: brand)
      try transaction.run(ResumingStore.delete, id, brand)
      return blobs
    }
    await discard(blobs)
  }
}
