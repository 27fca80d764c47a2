import Database
public import Domain

extension Vault {
  /// Takes bytes of an upload from an offset on. What arrives is sealed as it arrives and durable after
  /// every ``VaultLimits/segmentBytesMax`` bytes; when the body is cut off, what came of it is kept. With
  /// its last byte the upload becomes a file; so it does with no byte at all where all are there, which
  /// is how a client repeats a request whose answer was lost.
  ///
  /// - Parameters:
  ///   - declaredBytes: how many bytes the body has, if its sender said so.
  ///   - checksum: what the body has to be; if it is not, or is cut off, nothing of it counts.
  ///   - letGo: called when another request wants to go on with this upload and this one has been
  ///     silent; it has to make `body` end or throw.
  ///   - body: bytes in pieces of any size. What it throws is thrown here.
  /// - Throws: `not_found`; `upload.expired`, `upload.finished`, `upload.refused` (410); `upload.offset`;
  ///   `upload.length`; `upload.busy`; `upload.checksum`; `upload.too_many`; `upload.damaged`;
  ///   `design.no_draft` before the first byte; with the last byte also what an upload in one piece is refused with.
  public func receive<Body: AsyncSequence>(
    _ id: UploadID, brand: BrandID, at offset: Int, declaredBytes: Int? = nil,
    checksum: UploadChecksum? = nil, letGo: @escaping @Sendable () -> Void = {}, body: Body
  ) async throws -> UploadView where Body.Element: Collection<UInt8> {
    // Before the hold: an upload of another brand is not there, whoever is at it.
    _ = try await record(id, brand)
    try uploadsInProgress.enter(brand)
    defer { uploadsInProgress.leave(brand) }
    try await take(id, fromSilentFor: Self.silenceMax, letGo: letGo)
    defer { uploadHolds.release(id) }
    let upload = try await record(id, brand)
    if upload.state == .finished, offset == upload.length, declaredBytes == 0 {
      return try await self.upload(brand: brand, id)
    }
    try upload.checkOpen(at: ambient.now())
    guard offset == upload.received else { throw SegmentReceiver.wrongOffset }
    guard declaredBytes ?? 0 <= upload.length - offset else {
      throw SegmentReceiver.tooMany(upload)
    }
    do {
      // Before the first byte: what is sent into a revision that takes no file would all be for nothing.
      try await database.read {
        try DraftStore.requireDraft($0, upload.revision, brand: brand)
      }
      try await receive(body, for: upload, checksum: checksum)
    } catch let problem as Problem
      where ["upload.damaged", "design.no_draft"].contains(problem.code)
    {
      try await refuse(upload, problem)
      throw problem
    } catch {
      throw Self.translated(error)
    }
    let moved = try await record(id, brand)
    if moved.isFull { try await complete(moved) }
    return try await self.upload(brand: brand, id)
  }

  private func receive<Body: AsyncSequence>(
    _ body: Body, for upload: UploadRecord, checksum: UploadChecksum?
  ) async throws where Body.Element: Collection<UInt8> {
    var receiver = SegmentReceiver(self, upload, checksum: checksum)
    var pieces = body.makeAsyncIterator()
    while true {
      let piece: Body.Element?
      do {
        piece = try await pieces.next()
        // A body that ends because its task was cancelled is cut off.
        try Task.checkCancellation()
      } catch {
        do { try await receiver.cutOff() } catch { await receiver.discard() }
        throw error
      }
      do {
        guard let piece else { return try await receiver.finish() }
        uploadHolds.moved(upload.id, at: ambient.uptime())
        try await receiver.take(piece)
      } catch {
        await receiver.discard()
        throw error
      }
    }
  }

  func record(_ id: UploadID, _ brand: BrandID) async throws -> UploadRecord {
    try await database.read { try ResumingStore.record($0, id, brand: brand) }
  }
}
