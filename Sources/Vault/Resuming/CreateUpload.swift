import Database
public import Domain
public import Ledger

extension Vault {
  /// Begins an upload of which no byte is there yet, and promises its brand the room for it.
  ///
  /// - Throws: what ``upload(brand:design:fileName:purpose:mediaType:declaredBytes:body:)`` would refuse without
  ///   having seen a byte; `quota.storage`, `quota.uploads`, `measuring.queue_full`, `upload.metadata`,
  ///   `upload.length`; `RepeatedRequest` for a request that has begun one.
  public func createUpload(
    brand: BrandID, _ new: NewUpload, once request: IdempotentRequest? = nil
  ) async throws -> UploadView {
    let mediaType = try checkFile(
      new.name, new.mediaType, for: new.purpose, unit: new.unit, bytes: new.length)
    guard new.length >= 0 else {
      throw Problem(.malformed, "upload.length", "An upload has no bytes, or more, and never less.")
    }
    guard new.metadata.utf8.count <= NewUpload.metadataBytesMax else {
      throw Problem(
        .malformed, "upload.metadata",
        "An upload's metadata has at most \(NewUpload.metadataBytesMax) bytes.")
    }
    let now = ambient.now()
    let id = ambient.identifier(UploadID.self, at: now)
    return try await database.write { [self, actor = ledger.actor] transaction in
      try request?.claim(transaction, for: id, at: now)
      let revision = try DraftStore.draft(
        transaction, new.design, brand: brand, name: new.name, purpose: new.purpose,
        filesMax: limits.filesMax)
      let quota = try BrandQuota(transaction, brand, limits: limits)
      try quota.checkOpenUploads()
      try quota.check(adding: new.length)
      if new.purpose == .geometry {
        try checkMeasuringQueue(transaction, of: brand, at: now)
      }
      try transaction.run(
        ResumingStore.insert, id, brand, new.design, revision, new.name, new.purpose.rawValue,
        mediaType, new.metadata, new.length, now, now + limits.openUploadKept,
        actor.kind.rawValue, actor.id, actor.role, new.unit?.rawValue)
      return try ResumingStore.view(transaction, id, brand: brand)
    }
  }

  /// An upload of a brand; `not_found` for another's.
  public func upload(brand: BrandID, _ id: UploadID) async throws -> UploadView {
    try await database.read { try ResumingStore.view($0, id, brand: brand) }
  }

  /// A brand's open uploads, newest first. Throws `page.limit`.
  public func openUploads(
    brand: BrandID, limit: Int = 20, after: UploadID? = nil
  ) async throws -> Page<UploadView> {
    let limit = try Page<UploadView>.checked(limit: limit)
    return try await database.read { transaction in
      // `~` is above every identifier.
      let rows = try transaction.rows(
        ResumingStore.openPage, brand, after?.text ?? "~", limit + 1)
      return Page(
        try rows.map { try ResumingStore.view(transaction, of: UploadRecord(row: $0)) },
        limit: limit)
    }
  }
}
