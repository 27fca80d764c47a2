/// Reads age's ASCII armor strictly (C2SP `age.md`, "ASCII armor"): full lines of 64 columns, one shorter
/// line at the end, canonical padding; white space only before and after it, up to 1 KiB each.
struct ArmorDecoder: Sendable {
  static let begin = Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)
  static let end = Array("-----END AGE ENCRYPTED FILE-----".utf8)
  private static let whiteSpaceBytesMax = 1024
  private static let columns = 64

  private enum Expecting { case begin, line, endLine, nothing }

  private var expecting = Expecting.begin
  private var line: [UInt8] = []
  private var whiteSpace = 0

  /// Appends what the lines decode to. After an error, what was appended came from sound lines.
  mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws {
    var rest = bytes
    while !rest.isEmpty {
      if expecting == .nothing { return try skip(rest, byteCount: rest.count) }
      let room = Self.whiteSpaceBytesMax - line.count
      let window = rest.prefix(room + 1)
      if let feed = window.firstIndex(of: UInt8(ascii: "\n")) {
        line.append(contentsOf: rest[..<feed])
        rest = rest.from(feed + 1)
        try finishLine(into: &out)
        line.removeAll(keepingCapacity: true)
      } else {
        guard window.count <= room else { throw AgeError.armorFailure("a line is too long") }
        line.append(contentsOf: window)
        rest = rest.from(window.count)
      }
    }
  }

  /// The end of the input, where the last line feed may be missing.
  mutating func finish(into out: inout [UInt8]) throws {
    if !line.isEmpty { try finishLine(into: &out) }
    line = []
    guard expecting == .nothing else { throw AgeError.armorFailure("the end line is missing") }
  }

  private mutating func finishLine(into out: inout [UInt8]) throws {
    // What is not the begin line has to be white space: the carriage return counts as such.
    let lineAndFeed = line.count + 1
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    switch expecting {
    case .begin:
      if line == Self.begin {
        expecting = .line
        whiteSpace = 0
      } else {
        try line.withUnsafeBufferPointer { try skip($0, byteCount: lineAndFeed) }
      }
    case .line, .endLine:
      if line == Self.end {
        expecting = .nothing
        return
      }
      guard expecting == .line else {
        throw AgeError.armorFailure("a short line before the last one")
      }
      guard !line.isEmpty, line.count <= Self.columns,
        let bytes = Base64.decode(line, padded: true)
      else { throw AgeError.armorFailure("a line is not canonical base64 of up to 64 columns") }
      out.append(contentsOf: bytes)
      if bytes.count < ArmorEncoder.lineByteCount { expecting = .endLine }
    case .nothing: break
    }
  }

  private mutating func skip(_ bytes: UnsafeBufferPointer<UInt8>, byteCount: Int) throws {
    whiteSpace += byteCount
    guard bytes.allSatisfy(Self.isWhiteSpace), whiteSpace <= Self.whiteSpaceBytesMax else {
      throw AgeError.armorFailure("something else than white space around the armor")
    }
  }

  static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
