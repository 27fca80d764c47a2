/// Cuts text that arrives in chunks into lines, which end with LF, CR LF or CR.
///
/// Lines that lie in one chunk are not copied. Where they join, as in OBJ, one whose last byte is `\` and
/// which is no comment goes on in the next.
struct LineCutter: Sendable {
  enum Line {
    /// A range of the chunk.
    case inside(Range<Int>)
    /// A line that began in an earlier chunk, or several that were joined.
    case carried([UInt8])
  }

  /// The line that was returned last, counted from 1.
  private(set) var number: Int
  private let bytesMax: Int
  private let joins: Bool
  private var carry: [UInt8] = []
  /// Where the first byte of what is carried stands that is no white space. Looked for once: lines that are
  /// joined may be many, and blank.
  private var carryBegins: Int?
  private var endedWithReturn = false

  /// Lines may have `bytesMax` bytes, joined ones together. `number` lines were read already.
  init(bytesMax: Int, joins: Bool = false, after number: Int = 0) {
    self.bytesMax = bytesMax
    self.joins = joins
    self.number = number
  }

  /// The next line that ends in the chunk; nil, with the rest kept, if none does.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>, at index: inout Int) throws(MeshRefusal) -> Line? {
    while index < bytes.count {
      if endedWithReturn {
        endedWithReturn = false
        if bytes[index] == 0x0a {
          index += 1
          continue
        }
      }
      let start = index
      let end = Self.lineEnd(bytes, from: start)
      guard carry.count + end - start <= bytesMax else { throw tooLong }
      guard end < bytes.count else {
        keep(bytes, start..<end)
        index = end
        return nil
      }
      number += 1
      index = end + 1
      endedWithReturn = bytes[end] == 0x0d
      let isWhole = carry.isEmpty
      if isWhole, !joins || !goesOn(bytes.extracting(start..<end)) { return .inside(start..<end) }
      keep(bytes, start..<end)
      if joins, carry.last == UInt8(ascii: "\\"),
        carryBegins.map({ carry[$0] }) != UInt8(ascii: "#")
      {
        carry[carry.count - 1] = 0x20
        if carryBegins == carry.count - 1 { carryBegins = nil }
        continue
      }
      return .carried(takeCarry())
    }
    return nil
  }

  /// What follows the last line end: a last line without one.
  mutating func rest() -> [UInt8]? {
    guard !carry.isEmpty else { return nil }
    number += 1
    return takeCarry()
  }

  private mutating func takeCarry() -> [UInt8] {
    let line = carry
    (carry, carryBegins) = ([], nil)
    return line
  }

  private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    for index in range {
      if carryBegins == nil, !MeshDetection.isWhitespace(bytes[index]) { carryBegins = carry.count }
      carry.append(bytes[index])
    }
  }

  @inline(__always)
  private func goesOn(_ line: Span<UInt8>) -> Bool {
    guard line.count > 0, line[line.count - 1] == UInt8(ascii: "\\") else { return false }
    for index in line.indices where !MeshDetection.isWhitespace(line[index]) {
      return line[index] != UInt8(ascii: "#")
    }
    return false
  }

  /// Eight bytes at a time: x ^ 0x0a… has a zero byte where x has a line feed, and
  /// (y − 0x01…) & ~y & 0x80… is zero unless y has a zero byte.
  @inline(__always)
  private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let raw = bytes.bytes
    var index = start
    while index + 8 <= bytes.count {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let feed = word ^ 0x0a0a_0a0a_0a0a_0a0a
      let back = word ^ 0x0d0d_0d0d_0d0d_0d0d
      let ones: UInt64 = 0x0101_0101_0101_0101
      let zeros = (feed &- ones) & ~feed | (back &- ones) & ~back
      if zeros & 0x8080_8080_8080_8080 != 0 { break }
      index += 8
    }
    while index < bytes.count, bytes[index] != 0x0a, bytes[index] != 0x0d { index += 1 }
    return index
  }

  private var tooLong: MeshRefusal {
    MeshRefusal(.lineTooLong, "Line \(number + 1) has more than \(bytesMax) bytes.")
  }
}
