import Synchronization

/// Seals a whole age file as a stream: header and payload, armored where asked for.
///
/// Memory stays bounded by one chunk and the caller's pieces.
public struct AgeSealer: Sendable {
  private var payload: PayloadSealer
  private var armor: ArmorEncoder?
  private var unwrittenHeader: [UInt8]

  /// Makes the header for a fresh file key. Throws as `AgeHeader.make(fileKey:for:using:)` does; a passphrase
  /// blocks for as long as scrypt takes.
  public init(
    to target: SealTarget,
    armor: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) throws {
    let fileKey = FileKey.generate(using: &generator)
    unwrittenHeader = try AgeHeader.make(fileKey: fileKey, for: target, using: &generator)
    payload = PayloadSealer(fileKey: fileKey, using: &generator)
    self.armor = armor ? ArmorEncoder() : nil
  }

  /// Takes plaintext and appends the part of the file that is ready.
  public mutating func update(_ bytes: some Collection<UInt8>, into out: inout [UInt8]) throws {
    if armor == nil {
      writeHeader(into: &out)
      try payload.seal(bytes, into: &out)
    } else {
      var binary: [UInt8] = []
      writeHeader(into: &binary)
      try payload.seal(bytes, into: &binary)
      armor!.encode(binary, into: &out)
    }
  }

  /// Takes plaintext and returns the part of the file that is ready.
  public mutating func update(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
    var out: [UInt8] = []
    try update(bytes, into: &out)
    return out
  }

  /// Returns the rest of the file. Without this call the file is cut off, and will be refused.
  public mutating func finish() throws -> [UInt8] {
    var binary: [UInt8] = []
    writeHeader(into: &binary)
    try payload.finish(into: &binary)
    guard armor != nil else { return binary }
    var out: [UInt8] = []
    armor!.encode(binary, into: &out)
    armor!.finish(into: &out)
    return out
  }

  /// Seals all that `read` gives, on all cores, instead of `update` and `finish`.
  ///
  /// - Parameters:
  ///   - read: fills memory from its start with what is there, at least a byte, and returns how much; 0 at
  ///     the end. Called by one thread at a time, in the order of the file.
  ///   - write: takes the next bytes of the sealed file. Called by one thread at a time.
  ///
  /// Throws what they throw, and `AgeError.cipherFailure`. Memory is some blocks for each core. When it has
  /// returned or thrown, nothing is being written any more; after a failure a thread may still wait for `read`.
  public mutating func sealAll(
    reading read: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws -> Int,
    writing write: @escaping @Sendable ([UInt8]) throws -> Void
  ) throws {
    guard let encoder = armor else {
      try write(unwrittenHeader)
      return try payload.sealAll(reading: read, writing: write)
    }
    let armor = Mutex(encoder)
    let armored: @Sendable ([UInt8]) throws -> Void = { bytes in
      var out: [UInt8] = []
      armor.withLock { $0.encode(bytes, into: &out) }
      try write(out)
    }
    try armored(unwrittenHeader)
    try payload.sealAll(reading: read, writing: armored)
    var end: [UInt8] = []
    armor.withLock { $0.finish(into: &end) }
    try write(end)
  }

  /// Seals bytes that are in memory as a whole.
  public static func seal(
    _ plaintext: some Collection<UInt8>,
    to target: SealTarget,
    armor: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) throws -> [UInt8] {
    var sealer = try AgeSealer(to: target, armor: armor, using: &generator)
    var out = try sealer.update(plaintext)
    out.append(contentsOf: try sealer.finish())
    return out
  }

  private mutating func writeHeader(into out: inout [UInt8]) {
    out.append(contentsOf: unwrittenHeader)
    unwrittenHeader = []
  }
}
