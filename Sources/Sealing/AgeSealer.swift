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
