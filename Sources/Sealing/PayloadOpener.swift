/// Opens the payload of an age file; holds at most one chunk, and releases authenticated plaintext only.
///
/// Until `finish` has returned, what was released is authentic but perhaps not all: a file cut off between
/// chunks shows only at its end.
public struct PayloadOpener: Sendable {
  private enum Stage { case nonce, chunks, ended }

  private let fileKey: FileKey?
  private var stage = Stage.nonce
  private var cipher: ChunkCipher?
  private var pending: [UInt8] = []

  /// An opener at the first byte of a payload (its nonce).
  public init(fileKey: FileKey) { self.fileKey = fileKey }

  /// The length of the plaintext in a payload (nonce included) of `sealedByteCount` bytes, or nil where no
  /// payload has that length.
  public static func plaintextByteCount(of sealedByteCount: Int) -> Int? {
    let body = sealedByteCount - ChunkCipher.nonceByteCount
    guard body >= ChunkCipher.tagByteCount else { return nil }
    let chunks = (body + ChunkCipher.sealedByteCount - 1) / ChunkCipher.sealedByteCount
    let plain = body - chunks * ChunkCipher.tagByteCount
    return PayloadSealer.sealedByteCount(of: plain) == sealedByteCount ? plain : nil
  }

  /// Takes sealed bytes of any length and appends the plaintext that is authentic.
  ///
  /// Throws `AgeError.payloadFailure` or `.cipherFailure`; what was appended before that is authentic. After
  /// a failure or `finish` it throws `AgeError.finished`.
  public mutating func open(_ bytes: some Collection<UInt8>, into out: inout [UInt8]) throws {
    guard stage != .ended else { throw AgeError.finished }
    do {
      try bytes.withBytes { try open($0, into: &out) }
    } catch {
      stage = .ended
      throw error
    }
  }

  /// Opens the last chunk. Throws `AgeError.payloadFailure` where the payload was cut off or changed, and
  /// `.headerFailure` where not even the nonce is complete (as age itself classes it).
  public mutating func finish(into out: inout [UInt8]) throws {
    guard stage != .ended else { throw AgeError.finished }
    stage = .ended
    guard cipher != nil else { throw AgeError.headerFailure("the payload nonce is incomplete") }
    defer { pending = [] }
    let isEmpty = pending.count == ChunkCipher.tagByteCount
    if isEmpty, cipher!.counter > 0 {
      throw AgeError.payloadFailure("an empty chunk at the end")
    }
    if try openPending(last: true, into: &out) { return }
    if pending.count == ChunkCipher.sealedByteCount, try openPending(last: false, into: &out) {
      throw AgeError.payloadFailure("the end is missing")
    }
    throw AgeError.payloadFailure("the last chunk is not authentic, or cut off")
  }

  /// Whether the nonce is complete: what follows can be opened in parts.
  var isAtChunks: Bool { stage == .chunks }

  /// Opens all that `read` still gives, and then the last chunk, on all cores; `PayloadPipeline.run` says when
  /// it ends, and `AgeOpener.openAll` what the closures are. The nonce must be complete.
  mutating func openAll(
    reading read: @escaping PayloadPipeline.Read, writing write: @escaping PayloadPipeline.Write
  ) throws {
    guard let cipher, stage == .chunks else { throw AgeError.finished }
    stage = .ended
    let pipeline = PayloadPipeline(
      chunkByteCount: ChunkCipher.sealedByteCount, first: pending, reading: read, writing: write
    ) { sealed, first, isLast, out in
      var part = PayloadOpener(cipher: cipher.at(cipher.counter + first))
      guard isLast else { return try part.openFollowed(sealed, into: &out) }
      try part.open(sealed, into: &out)
      try part.finish(into: &out)
    }
    try pipeline.run()
  }

  /// An opener of a part of a payload.
  private init(cipher: ChunkCipher) {
    fileKey = nil
    self.cipher = cipher
    stage = .chunks
  }

  private mutating func open(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws {
    var rest = bytes
    if stage == .nonce {
      let part = rest.prefix(ChunkCipher.nonceByteCount - pending.count)
      pending.append(contentsOf: part)
      rest = rest.from(part.count)
      guard pending.count == ChunkCipher.nonceByteCount else { return }
      cipher = fileKey.map { ChunkCipher(fileKey: $0, nonce: pending) }
      pending = []
      stage = .chunks
    }
    while !rest.isEmpty {
      if pending.count == ChunkCipher.sealedByteCount {
        try pending.withUnsafeBufferPointer { try openFollowed($0, into: &out) }
        pending.removeAll(keepingCapacity: true)
      }
      if pending.isEmpty, rest.count > ChunkCipher.sealedByteCount {
        let followed =
          (rest.count - 1) / ChunkCipher.sealedByteCount * ChunkCipher.sealedByteCount
        try openFollowed(UnsafeBufferPointer(rebasing: rest[..<followed]), into: &out)
        rest = rest.from(followed)
      } else {
        let part = rest.prefix(ChunkCipher.sealedByteCount - pending.count)
        pending.append(contentsOf: part)
        rest = rest.from(part.count)
      }
    }
  }

  /// Opens full chunks after which more bytes have come.
  private mutating func openFollowed(
    _ chunks: UnsafeBufferPointer<UInt8>,
    into out: inout [UInt8]
  ) throws {
    let before = cipher!.counter
    if try cipher!.open(chunks, last: false, into: &out) { return }
    let opened = Int(cipher!.counter - before)
    let refused = chunks.from(opened * ChunkCipher.sealedByteCount)
      .prefix(ChunkCipher.sealedByteCount)
    if try cipher!.open(UnsafeBufferPointer(rebasing: refused), last: true, into: &out) {
      throw AgeError.payloadFailure("bytes after the last chunk")
    }
    throw AgeError.payloadFailure("a chunk is not authentic")
  }

  private mutating func openPending(last: Bool, into out: inout [UInt8]) throws -> Bool {
    try pending.withUnsafeBufferPointer { try cipher!.open($0, last: last, into: &out) }
  }
}
