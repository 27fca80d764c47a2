import BlobStore
import Database
import Domain
import Ledger
import Sealing

/// Takes the bytes of one request for an upload and makes segments of them. A segment is committed as soon
/// as it is full; one that a lost connection cut off is finished as it is. So no key and no chunk number
/// is ever used twice, and what a crash takes is one segment at most.
///
/// With a checksum nothing counts before all bytes are there: segments then wait, as blobs that are
/// `receiving`, for the one commit at the end.
struct SegmentReceiver {
  private let vault: Vault
  private let upload: UploadRecord
  private var checksum: RunningChecksum?
  private var current: OpenSegment?
  private var waiting: [OpenableSegment] = []
  private var isFirst = true
  /// The segment whose place the first one takes, until that is committed.
  private var replaced: Segment?
  /// How far the upload has come with what was taken here.
  private(set) var received: Int
  /// How far of that is durable.
  private var durable: Int

  private struct OpenSegment {
    let blob: BlobName
    let fileKey: FileKey
    let firstByte: Int
    var payload: PayloadWriter
    var bytes = 0
  }

  init(_ vault: Vault, _ upload: UploadRecord, checksum: UploadChecksum?) {
    self.vault = vault
    self.upload = upload
    self.checksum = checksum.map(RunningChecksum.init)
    (received, durable) = (upload.received, upload.received)
  }

  /// Takes the next bytes of any number.
  mutating func take(_ bytes: some Collection<UInt8>) async throws {
    guard bytes.count <= upload.length - received else { throw Self.tooMany(upload) }
    var rest = Array(bytes)[...]
    checksum?.update(rest)
    while !rest.isEmpty {
      if current == nil { try await begin() }
      let room = vault.limits.segmentBytesMax - (current?.bytes ?? 0)
      let part = rest.prefix(Swift.max(1, room))
      try await current?.payload.write(part)
      current?.bytes += part.count
      received += part.count
      rest = rest.dropFirst(part.count)
      if part.count >= room { try await end() }
    }
  }

  /// The request has ended well: everything counts, if it is what the checksum says.
  mutating func finish() async throws {
    try await end()
    try checksum?.check()
    if !waiting.isEmpty { try await commit(waiting) }
    waiting = []
  }

  /// The connection was lost: what came counts, unless a checksum would have had to vouch for it.
  mutating func cutOff() async throws {
    guard checksum == nil else { return await discard() }
    try await end()
  }

  /// Nothing that is not durable yet counts.
  mutating func discard() async {
    let blobs = waiting.map(\.segment.blob) + (current.map { [$0.blob] } ?? [])
    await current?.payload.abort()
    (current, waiting) = (nil, [])
    await give(up: blobs)
  }

  private func give(up blobs: [BlobName]) async {
    await vault.discard(blobs)
    for blob in blobs { vault.uploadsInProgress.end(blob) }
  }

  /// Commits the intent of a blob and begins it. A small segment before the first one is sealed anew, under
  /// the new segment's own key, and replaced by it.
  private mutating func begin() async throws {
    let small = try await smallSegment()
    var generator = vault.ambient.generator
    let blob = BlobName(using: &generator)
    let fileKey = FileKey.generate(using: &generator)
    do {
      let payload = PayloadWriter(
        fileKey: fileKey, writer: try await vault.begin(blob), using: &generator)
      current = OpenSegment(
        blob: blob, fileKey: fileKey, firstByte: small?.segment.firstByte ?? received,
        payload: payload)
    } catch {
      await give(up: [blob])
      throw error
    }
    guard let small else { return }
    replaced = small.segment
    for try await piece in SegmentReader(vault: vault, upload: upload, segments: [small]) {
      try await current?.payload.write(piece)
      current?.bytes += piece.count
    }
  }

  /// The segment that the first one of this request begins with, if there is one.
  private mutating func smallSegment() async throws -> OpenableSegment? {
    guard isFirst, received > 0 else { return nil }
    isFirst = false
    let last = try await vault.openable(ResumingStore.lastSegment, of: upload).first
    guard let last, last.segment.bytes < vault.limits.segmentBytesMin else { return nil }
    return last
  }

  /// Makes the open segment's bytes durable, and commits its row or has it wait.
  private mutating func end() async throws {
    guard var open = current, open.bytes > 0 else { return }
    let (payloadBytes, payloadSHA256) = try await open.payload.finish()
    let segment = OpenableSegment(
      segment: Segment(
        firstByte: open.firstByte, bytes: open.bytes, blob: open.blob,
        payloadBytes: payloadBytes, payloadSHA256: payloadSHA256), fileKey: open.fileKey)
    if checksum == nil {
      try await commit([segment])
    } else {
      waiting.append(segment)
    }
    current = nil
  }

  /// Wraps the keys of segments and commits their rows: from here on their bytes count. A crash before it
  /// leaves blobs that a sweep removes; the key of none of them was stored.
  private mutating func commit(_ segments: [OpenableSegment]) async throws {
    let (vault, upload, replaced) = (vault, upload, replaced)
    let (from, to) = (durable, segments.last?.segment.end ?? durable)
    try await KeyVersions.tryingAgain {
      var sealed: [SealedSegment] = []
      for openable in segments {
        let segment = openable.segment
        let key = try await vault.wrap(openable.fileKey, in: segment.keyContext(in: upload))
        sealed.append(SealedSegment(segment: segment, key: key))
      }
      try await vault.store(sealed, of: upload, replacing: replaced, from: from, to: to)
    }
    (durable, self.replaced) = (to, nil)
    for openable in segments { vault.uploadsInProgress.end(openable.segment.blob) }
    if let replaced { await vault.discard(replaced.blob) }
  }

  static var wrongOffset: Problem {
    Problem(
      .conflict, "upload.offset",
      "The upload is not where these bytes begin: ask where it is, and go on from there.")
  }

  static func tooMany(_ upload: UploadRecord) -> Problem {
    Problem(
      .tooLarge, "upload.length", "These are more bytes than the \(upload.length) of the upload.")
  }
}

extension Vault {
  /// The commit that makes segments count.
  fileprivate func store(
    _ segments: [SealedSegment], of upload: UploadRecord, replacing replaced: Segment?,
    from: Int, to: Int
  ) async throws {
    let expiry = ambient.now() + limits.openUploadKept
    try await database.write { [ledger] transaction in
      try ledger.requireKey(transaction)
      let moved = try transaction.run(
        ResumingStore.advance, to, expiry, upload.id, upload.brand, from)
      guard moved == 1 else {
        // Deleted, or moved on by somebody else.
        _ = try ResumingStore.record(transaction, upload.id, brand: upload.brand)
        throw SegmentReceiver.wrongOffset
      }
      if let replaced {
        try transaction.run(
          ResumingStore.deleteSegment, upload.id, upload.brand, replaced.blob.text)
        try transaction.run(BlobStateStore.abandonKept, replaced.blob.text)
      }
      for sealed in segments {
        let segment = sealed.segment
        try BlobStateStore.makeLive(transaction, segment.blob)
        try KeyVersions.use(transaction, sealed.key.version)
        try transaction.run(
          ResumingStore.insertSegment, upload.id, segment.firstByte, upload.brand, segment.bytes,
          segment.blob.text, segment.payloadBytes, segment.payloadSHA256, sealed.key.bytes,
          sealed.key.version)
      }
    }
  }
}
