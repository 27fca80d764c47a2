/// Seals the payload of an age file: 16 bytes of nonce, then chunks of 64 KiB, each with a 16-byte tag.
///
/// Holds at most one chunk. A chunk goes out when the first byte after it has come in, because the last
/// one is marked. The caller writes a header for the same file key before it, or another one later.
public struct PayloadSealer: Sendable {
  /// Plaintext bytes in every chunk but the last.
  public static let chunkByteCount = ChunkCipher.plainByteCount
  /// The length of the nonce at the head of a payload.
  public static let nonceByteCount = ChunkCipher.nonceByteCount

  private var cipher: ChunkCipher
  private var unwrittenNonce: [UInt8]
  private var pending: [UInt8] = []
  private var ended = false

  /// Starts a payload whose 16-byte nonce comes from the generator.
  public init(fileKey: FileKey, using generator: inout some RandomNumberGenerator) {
    let nonce = randomBytes(Self.nonceByteCount, using: &generator)
    cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
    unwrittenNonce = nonce
  }

  /// Starts a payload with a given nonce; nil unless it has 16 bytes. The pair of file key and nonce must
  /// never be used for other plaintext.
  init?(fileKey: FileKey, nonce: [UInt8]) {
    guard nonce.count == Self.nonceByteCount else { return nil }
    cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
    unwrittenNonce = nonce
  }

  /// The length of the payload (nonce included) of `plaintextByteCount` bytes.
  public static func sealedByteCount(of plaintextByteCount: Int) -> Int {
    let chunks = max(1, (plaintextByteCount + chunkByteCount - 1) / chunkByteCount)
    return nonceByteCount + plaintextByteCount + chunks * ChunkCipher.tagByteCount
  }

  /// Takes plaintext of any length and appends what is ready. Throws `AgeError.finished` after `finish`, and
  /// `.cipherFailure`.
  public mutating func seal(_ bytes: some Collection<UInt8>, into out: inout [UInt8]) throws {
    guard !ended else { throw AgeError.finished }
    writeNonce(into: &out)
    do {
      try bytes.withBytes { try seal($0, into: &out) }
    } catch {
      // Part of the bytes is taken: going on would leave a hole.
      ended = true
      throw error
    }
  }

  /// Appends the last chunk, which is empty only where there was no plaintext at all.
  public mutating func finish(into out: inout [UInt8]) throws {
    guard !ended else { throw AgeError.finished }
    writeNonce(into: &out)
    ended = true
    try pending.withUnsafeBufferPointer { try cipher.seal($0, last: true, into: &out) }
    pending = []
  }

  /// Seals all that `read` gives and then the last chunk, on all cores; `PayloadPipeline.run` says when it
  /// ends, and `AgeSealer.sealAll` what the closures are.
  mutating func sealAll(
    reading read: @escaping PayloadPipeline.Read, writing write: @escaping PayloadPipeline.Write
  ) throws {
    guard !ended else { throw AgeError.finished }
    ended = true
    try write(unwrittenNonce)
    let cipher = cipher
    let pipeline = PayloadPipeline(
      chunkByteCount: Self.chunkByteCount, first: pending, reading: read, writing: write
    ) { plain, first, isLast, out in
      var part = PayloadSealer(cipher: cipher.at(cipher.counter + first))
      guard isLast else { return try part.cipher.seal(plain, last: false, into: &out) }
      try part.seal(plain, into: &out)
      try part.finish(into: &out)
    }
    try pipeline.run()
  }

  /// A sealer of a part of a payload.
  private init(cipher: ChunkCipher) {
    self.cipher = cipher
    unwrittenNonce = []
  }

  private mutating func writeNonce(into out: inout [UInt8]) {
    out.append(contentsOf: unwrittenNonce)
    unwrittenNonce = []
  }

  private mutating func seal(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws {
    var rest = bytes
    while !rest.isEmpty {
      if pending.count == Self.chunkByteCount {
        try pending.withUnsafeBufferPointer { try cipher.seal($0, last: false, into: &out) }
        pending.removeAll(keepingCapacity: true)
      }
      if pending.isEmpty, rest.count > Self.chunkByteCount {
        // More follows, so none of these chunks is the last: straight from the caller's memory.
        let followed = (rest.count - 1) / Self.chunkByteCount * Self.chunkByteCount
        try cipher.seal(UnsafeBufferPointer(rebasing: rest[..<followed]), last: false, into: &out)
        rest = rest.from(followed)
      } else {
        let part = rest.prefix(Self.chunkByteCount - pending.count)
        pending.append(contentsOf: part)
        rest = rest.from(part.count)
      }
    }
  }
}
