/// Opens a whole age file as a stream: armor, header, payload.
///
/// Memory stays bounded by the header's limits, one chunk and the caller's pieces. Only authenticated
/// plaintext comes out; whether it is all of it shows when `finish` returns.
public struct AgeOpener: Sendable {
  /// Whether the file is expected in ASCII armor.
  public enum Armor: Sendable {
    /// The first byte decides: a binary file starts with `a`, armor with `-` or white space.
    case detected
    /// Anything but armor is an armor failure.
    case required
    /// Anything but a binary file is a header failure.
    case refused
  }

  private let key: OpenKey
  private var mode: Armor
  private var armor: ArmorDecoder?
  private var parser = AgeHeaderParser()
  private var payload: PayloadOpener?
  private var ended = false

  /// An opener at the first byte of a file.
  public init(with key: OpenKey, armor: Armor = .detected) {
    self.key = key
    mode = armor
    if armor == .required { self.armor = ArmorDecoder() }
  }

  /// Whether bytes begin as an age file does, armored or not.
  public static func isSealed(_ bytes: some Collection<UInt8>) -> Bool {
    [ArmorDecoder.begin, AgeHeader.intro].contains { bytes.starts(with: $0) }
  }

  /// Takes bytes of the file and appends the plaintext that is authentic.
  ///
  /// Throws an `AgeError`; what was appended before that is authentic. Blocks for as long as scrypt takes
  /// when a passphrase file's header becomes complete. After a failure it throws `AgeError.finished`.
  public mutating func update(_ bytes: some Collection<UInt8>, into out: inout [UInt8]) throws {
    guard !ended else { throw AgeError.finished }
    do {
      try bytes.withBytes { try feed($0, into: &out) }
    } catch {
      ended = true
      throw error
    }
  }

  /// Takes bytes of the file and returns the plaintext that is authentic; on failure nothing is returned.
  public mutating func update(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
    var out: [UInt8] = []
    try update(bytes, into: &out)
    return out
  }

  /// Appends the last plaintext. Only after this has returned is the file known to be whole.
  public mutating func finish(into out: inout [UInt8]) throws {
    guard !ended else { throw AgeError.finished }
    ended = true
    if armor != nil {
      var binary: [UInt8] = []
      let failure = attempt { try armor!.finish(into: &binary) }
      try binary.withUnsafeBufferPointer { try read($0, into: &out) }
      if let failure { throw failure }
    }
    try parser.finish()
    try payload!.finish(into: &out)
  }

  /// Returns the last plaintext. Only after this has returned is the file known to be whole.
  public mutating func finish() throws -> [UInt8] {
    var out: [UInt8] = []
    try finish(into: &out)
    return out
  }

  /// Opens all that `read` gives, instead of `update` and `finish`; a binary file on all cores.
  ///
  /// `read` and `write` are as `AgeSealer.sealAll` says. What was written before it throws is authentic; only
  /// when it has returned is the file known to be whole.
  public mutating func openAll(
    reading read: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws -> Int,
    writing write: @escaping @Sendable ([UInt8]) throws -> Void
  ) throws {
    var (piece, out) = ([UInt8](repeating: 0, count: 1 << 16), [UInt8]())
    while armor != nil || payload?.isAtChunks != true {
      let count = try piece.withUnsafeMutableBytes { try read($0) }
      let failure = attempt {
        if count == 0 { try finish(into: &out) } else { try update(piece[..<count], into: &out) }
      }
      if !out.isEmpty { try write(out) }
      if let failure { throw failure }
      if count == 0 { return }
      out.removeAll(keepingCapacity: true)
    }
    ended = true
    try payload!.openAll(reading: read, writing: write)
  }

  /// Opens a file that is in memory as a whole; all or nothing.
  public static func open(
    _ file: some Collection<UInt8>,
    with key: OpenKey,
    armor: Armor = .detected
  ) throws -> [UInt8] {
    var opener = AgeOpener(with: key, armor: armor)
    var out: [UInt8] = []
    try opener.update(file, into: &out)
    try opener.finish(into: &out)
    return out
  }

  private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws {
    guard let first = bytes.first else { return }
    if mode == .detected {
      let armored = first == UInt8(ascii: "-") || ArmorDecoder.isWhiteSpace(first)
      mode = armored ? .required : .refused
      if armored { armor = ArmorDecoder() }
    }
    guard armor != nil else { return try read(bytes, into: &out) }
    // What came before a bad line is read first, so that the outcome does not depend on how the file
    // was cut into pieces.
    var binary: [UInt8] = []
    let failure = attempt { try armor!.decode(bytes, into: &binary) }
    try binary.withUnsafeBufferPointer { try read($0, into: &out) }
    if let failure { throw failure }
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws {
    var rest = bytes
    if payload == nil {
      let taken = try parser.consume(rest)
      guard let header = parser.header else { return }
      payload = PayloadOpener(fileKey: try header.unwrap(with: key))
      rest = rest.from(taken)
    }
    try payload!.open(rest, into: &out)
  }

}

private func attempt(_ body: () throws -> Void) -> (any Error)? {
  do {
    try body()
    return nil
  } catch { return error }
}
