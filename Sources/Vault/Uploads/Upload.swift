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
  ///   - declaredBytes: the length that the sender promised, if it did; lets a bad file be refused
  ///     sooner.
  ///   - body: the file's bytes, in pieces of any size. What it throws is thrown here.
  /// - Throws: `not_found`, `design.no_draft`, `design.too_many_files`, `design.geometry_taken`,
  ///   `file.name`, `file.name_taken`, `file.media_type`, `file.content`, `file.too_large`, `mesh.…`,
  ///   `upload.too_many`, `storage.full`.
  public func upload<Body: AsyncSequence>(
    brand: BrandID, design: DesignID, fileName: String, purpose: FilePurpose = .geometry,
    mediaType: String, declaredBytes: Int? = nil, body: Body
  ) async throws -> FileView where Body.Element: Collection<UInt8> {
    try FileChecks.checkName(fileName)
    let mediaType = try FileChecks.mediaType(mediaType, for: purpose)
    let bytesMax = limits.bytesMax(purpose)
    if let declaredBytes, declaredBytes > bytesMax { throw UploadReceiver.tooLarge(bytesMax) }
    let now = ambient.now()
    var generator = ambient.generator
    let blob = BlobName(using: &generator)
    try uploadsInProgress.begin(blob, of: brand)
    defer { uploadsInProgress.end(blob) }
    do {
      let revision = try await intend(
        blob, brand: brand, design: design, name: fileName, purpose: purpose, at: now)
      let fileKey = FileKey.generate(using: &generator)
      let received = try await receive(
        body, as: blob, under: fileKey,
        content: UploadContent(purpose, mediaType: mediaType, declaredBytes: declaredBytes))
      let file = StoredFile(
        id: ambient.identifier(at: now), brand: brand, design: design, revision: revision,
        name: fileName, purpose: purpose, mediaType: mediaType, blob: blob,
        plaintextBytes: received.plaintextBytes, payloadBytes: received.payloadBytes,
        payloadSHA256: received.payloadSHA256,
        measurement: received.summary, createdAt: now)
      try await KeyVersions.tryingAgain {
        try await store(file, try await wrap(fileKey, for: file), at: now)
      }
      return file.view
    } catch {
      await discard(blob)
      throw Self.translated(error)
    }
  }

  /// Commits the intent: from here until the file is stored, the blob's row is `receiving`.
  private func intend(
    _ blob: BlobName, brand: BrandID, design: DesignID, name: String, purpose: FilePurpose,
    at now: Instant
  ) async throws -> RevisionID {
    try await database.write { [limits] transaction in
      let revision = try UploadStore.draft(
        transaction, design, brand: brand, name: name, purpose: purpose,
        filesMax: limits.filesMax)
      try transaction.run(UploadStore.intend, blob.text, now)
      return revision
    }
  }

  private func receive<Body: AsyncSequence>(
    _ body: Body, as blob: BlobName, under fileKey: FileKey, content: UploadContent
  ) async throws -> UploadReceiver.Received where Body.Element: Collection<UInt8> {
    var generator = ambient.generator
    let writer = try await blobs.create(blob)
    do {
      var receiver = UploadReceiver(
        fileKey: fileKey, writer: writer, limits: limits, content: content,
        using: &generator)
      for try await bytes in body {
        try Task.checkCancellation()
        try await receiver.take(bytes)
      }
      // A body that ends because its task was cancelled is not a whole file.
      try Task.checkCancellation()
      return try await receiver.finish()
    } catch {
      await writer.abort()
      throw error
    }
  }

  private func wrap(_ fileKey: FileKey, for file: StoredFile) async throws -> WrappedSecret {
    var secret = fileKey.bytes
    defer { secret.wipe() }
    return try await keys.wrap(secret, context: file.keyContext)
  }

  /// The one commit that makes the file: the blob becomes live and the file's row appears, if the
  /// revision is still a draft. A crash before it leaves a payload that nobody can open.
  private func store(_ file: StoredFile, _ key: WrappedSecret, at now: Instant) async throws {
    let measurement = try file.measurement.map { try StoredJSON.text($0) }
    try await database.write { [limits] transaction in
      let revision = try UploadStore.draft(
        transaction, file.design, brand: file.brand, name: file.name, purpose: file.purpose,
        filesMax: limits.filesMax)
      guard revision == file.revision,
        try transaction.run(UploadStore.makeLive, file.blob.text) == 1
      else { throw Problem.failed("the blob \(file.blob) was abandoned during its upload") }
      try KeyVersions.use(transaction, key.version)
      try transaction.run(DesignStore.touch, file.design, file.brand)
      do {
        try transaction.run(
          UploadStore.insertFile, file.id, file.brand, file.design, file.revision, file.name,
          file.mediaType, file.blob.text, file.plaintextBytes, file.payloadBytes,
          file.payloadSHA256, key.bytes, key.version, measurement, now,
          file.purpose.rawValue)
      } catch let error as DatabaseError
        where error.isUniqueViolation(of: "design_file", "revision_id", "name")
      {
        throw UploadStore.nameTaken
      }
    }
  }

  /// A full disk is worth telling; every other fault goes on as it is.
  private static func translated(_ error: any Error) -> any Error {
    switch error {
    case BlobError.full, DatabaseError.full, DatabaseError.commitFailed(.full):
      Problem(.unavailable, "storage.full", "There is no space left for this file.")
    default: error
    }
  }
}
