import BlobStore
import Database
public import Domain
import Ledger
import Sealing

extension Vault {
  /// Takes a file into a design's draft: seals it as it arrives, measures it in the same pass and
  /// keeps nothing of it unsealed.
  ///
  /// When this returns, the payload and its wrapped key are durable. When it throws, nothing of the
  /// file stays; what a crash leaves is an intent row and perhaps a sealed blob whose key was never
  /// stored, and ``sweep()`` removes both.
  ///
  /// - Parameters:
  ///   - purpose: what the file is for; a mesh is measured, a document is checked to be what its media
  ///     type says.
  ///   - unit: of a mesh's coordinates, for a file that states none; millimetres are assumed if it is nil.
  ///   - declaredBytes: the length that the sender promised, if it did; lets a bad file be refused
  ///     sooner.
  ///   - body: the file's bytes, in pieces of any size. What it throws is thrown here.
  /// - Throws: `not_found`, `design.no_draft`, `design.too_many_files`, `design.geometry_taken`,
  ///   `file.name`, `file.name_taken`, `file.media_type`, `file.content`, `file.unit`, `file.too_large`,
  ///   `mesh.…`, `quota.storage`, `measuring.queue_full`, `upload.too_many`, `storage.full`.
  public func upload<Body: AsyncSequence>(
    brand: BrandID, design: DesignID, fileName: String, purpose: FilePurpose = .geometry,
    mediaType: String, unit: MeshUnit? = nil, declaredBytes: Int? = nil, body: Body
  ) async throws -> FileView where Body.Element: Collection<UInt8> {
    let mediaType = try checkFile(
      fileName, mediaType, for: purpose, unit: unit, bytes: declaredBytes)
    try uploadsInProgress.enter(brand)
    defer { uploadsInProgress.leave(brand) }
    return try await keep(
      body,
      as: IncomingFile(
        brand: brand, design: design, name: fileName, purpose: purpose, mediaType: mediaType,
        unit: unit, declaredBytes: declaredBytes))
  }

  /// The media type as it is stored, of a file whose name, type and size may be taken.
  func checkFile(
    _ name: String, _ mediaType: String, for purpose: FilePurpose, unit: MeshUnit?, bytes: Int?
  ) throws(Problem) -> String {
    try FileChecks.checkName(name)
    let type = try FileChecks.mediaType(mediaType, for: purpose)
    try FileChecks.checkUnit(unit, for: purpose)
    let bytesMax = limits.bytesMax(purpose)
    if let bytes, bytes > bytesMax { throw Allowance.tooLarge(bytesMax) }
    return type
  }

  /// Seals, measures and stores a file.
  ///
  /// - Parameter upload: the upload that the bytes were gathered for. It ends in the commit that makes the
  ///   file, so that there is never one without the other; its bytes were promised to it.
  func keep<Body: AsyncSequence>(
    _ body: Body, as incoming: IncomingFile, finishing upload: UploadRecord? = nil
  ) async throws -> FileView where Body.Element: Collection<UInt8> {
    let now = ambient.now()
    var generator = ambient.generator
    let blob = BlobName(using: &generator)
    uploadsInProgress.begin(blob)
    defer { uploadsInProgress.end(blob) }
    do {
      let (revision, allowance) = try await intend(blob, incoming, finishing: upload, at: now)
      let fileKey = FileKey.generate(using: &generator)
      let received = try await receive(
        body, incoming, as: blob, under: fileKey, within: allowance)
      let file = StoredFile(
        id: ambient.identifier(at: now), brand: incoming.brand, design: incoming.design,
        revision: revision, name: incoming.name, purpose: incoming.purpose,
        mediaType: incoming.mediaType, blob: blob,
        plaintextBytes: received.plaintextBytes, payloadBytes: received.payloadBytes,
        payloadSHA256: received.payloadSHA256, unit: incoming.unit,
        measurement: received.summary, createdAt: now)
      try await KeyVersions.tryingAgain {
        try await store(
          file, try await wrap(fileKey, in: file.keyContext), finishing: upload, at: now)
      }
      measuringBell.ring()
      return file.view
    } catch {
      await discard(blob)
      throw Self.translated(error)
    }
  }

  /// Commits the intent: from here until the file is stored, the blob's row is `receiving`. Answers with
  /// the draft, and with what there is room for.
  private func intend(
    _ blob: BlobName, _ file: IncomingFile, finishing upload: UploadRecord?, at now: Instant
  ) async throws -> (RevisionID, Allowance) {
    try await database.write { [self] transaction in
      if let upload {
        try DraftStore.requireDraft(transaction, upload.revision, brand: file.brand)
      }
      let revision = try DraftStore.draft(
        transaction, file.design, brand: file.brand, name: file.name, purpose: file.purpose,
        filesMax: limits.filesMax)
      let quota =
        upload == nil ? try BrandQuota(transaction, file.brand, limits: limits) : nil
      // The bytes of an upload in pieces are there, and its mesh was counted when it began.
      if upload == nil, file.purpose == .geometry {
        try checkMeasuringQueue(transaction, of: file.brand, at: now)
      }
      let allowance = Allowance(limits.bytesMax(file.purpose), quota)
      try allowance.check(file.declaredBytes ?? 0)
      try transaction.run(BlobStateStore.intend, blob.text, now)
      return (revision, allowance)
    }
  }

  private func receive<Body: AsyncSequence>(
    _ body: Body, _ file: IncomingFile, as blob: BlobName, under fileKey: FileKey,
    within allowance: Allowance
  ) async throws -> UploadReceiver.Received where Body.Element: Collection<UInt8> {
    var generator = ambient.generator
    let payload = PayloadWriter(
      fileKey: fileKey, writer: try await blobs.create(blob), using: &generator)
    do {
      var receiver = UploadReceiver(
        file, into: payload, within: allowance, limits: limits, using: &generator)
      for try await bytes in body {
        try Task.checkCancellation()
        try await receiver.take(bytes)
      }
      // A body that ends because its task was cancelled is not a whole file.
      try Task.checkCancellation()
      return try await receiver.finish()
    } catch {
      await payload.abort()
      throw error
    }
  }

  /// The key as it may be stored. The holder may be far away: never called inside a transaction.
  func wrap(_ fileKey: FileKey, in context: KeyContext) async throws -> WrappedSecret {
    var secret = fileKey.bytes
    defer { secret.wipe() }
    return try await keys.wrap(secret, context: context)
  }

  /// The one commit that makes the file: the blob becomes live and the file's row appears, if the
  /// revision is still a draft. A crash before it leaves a payload that nobody can open.
  private func store(
    _ file: StoredFile, _ key: WrappedSecret, finishing upload: UploadRecord?, at now: Instant
  ) async throws {
    try await database.write { [self] transaction in
      try DraftStore.requireDraft(transaction, file.revision, brand: file.brand)
      let revision = try DraftStore.draft(
        transaction, file.design, brand: file.brand, name: file.name, purpose: file.purpose,
        filesMax: limits.filesMax)
      // A design has one draft at a time.
      guard revision == file.revision else {
        throw Problem.failed("the design has another draft than when \(file.blob) began")
      }
      try BlobStateStore.makeLive(transaction, file.blob)
      try KeyVersions.use(transaction, key.version)
      try transaction.run(DesignStore.touch, file.design, file.brand)
      if upload == nil {
        try BrandQuota(transaction, file.brand, limits: limits).check(adding: file.plaintextBytes)
      }
      do {
        try file.insert(transaction, key)
      } catch let error as DatabaseError
        where error.isUniqueViolation(of: "design_file", "revision_id", "name")
      {
        throw DraftStore.nameTaken
      }
      if let upload {
        // It may have been full for long: who asks for it learns of its file all the same.
        try ResumingStore.finish(
          transaction, upload, as: file.id, until: now + limits.openUploadKept)
      }
      try askForMeasuring(transaction, of: file, at: now)
      try ledger.audit(
        transaction, .fileUploaded, brand: file.brand, by: upload?.actor,
        about: AuditSubject(design: file.design, revision: file.revision, file: file.id),
        detail: file.name, at: now)
    }
  }

  /// A full disk is worth telling; every other fault goes on as it is.
  static func translated(_ error: any Error) -> any Error {
    switch error {
    case BlobError.full, DatabaseError.full, DatabaseError.commitFailed(.full):
      Problem(.unavailable, "storage.full", "There is no space left for this file.")
    default: error
    }
  }
}
