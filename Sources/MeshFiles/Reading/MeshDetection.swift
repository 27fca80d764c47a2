/// The formats that a file's first bytes tell apart; the forms of PLY follow from its header. STEP is no mesh,
/// and is told so that it can be kept.
enum DetectedFormat: Sendable {
  case stlBinary, stlASCII, obj, ply, threeMF, step
}

/// Tells mesh formats apart by a file's first 84 bytes, without its name or length, so that a stream can
/// be decided as it arrives.
///
/// Only 3MF and PLY have a mark at their beginning. A binary STL has 80 bytes of anything, then a
/// little-endian facet count; in files of several CAD systems that anything is `solid`, by which ASCII
/// STL is commonly told. An OBJ is text that may begin with any of its statements. The rule:
///
/// 1. A file that begins with the signature of a ZIP entry is a 3MF package; one that begins with
///    `ISO-10303-21;` is STEP (ISO 10303-21:2016, clause 5); one with the signature of some other known
///    format is refused with that format's name.
/// 2. A file *is text at its count* if none of bytes 80…83 is below 9 (tab), or if it is shorter. Such
///    a file is ASCII STL if its first word is `solid`; PLY if its first line is `ply`; OBJ if it begins
///    with a comment or its first word is one of OBJ's statements. Words may follow white space.
/// 3. Any other file is binary STL, if it has 84 bytes and a count that could be allowed.
///
/// No acceptable file is taken for the wrong format. Text has no bytes below 9; read as a count, four
/// bytes from 9 on are at least 0x09090909: 151,587,081 facets or 7.6 GB, which `MeshLimits` never lets
/// in, so what rule 2 takes was no acceptable binary STL. What rule 3 takes is no acceptable text: such
/// bytes may not stand in OBJ or in ASCII STL before its name ends, and a PLY's header, whose shortest
/// form that describes a mesh has more than 84 bytes, is text as well. Among the texts the first word
/// decides, and no statement of OBJ is called `solid` or `ply`. A binary STL whose header begins like
/// one of the files of rule 1 is refused: no program writes one.
///
/// STL is specified in "StereoLithography Interface Specification", 3D Systems, 1989.
enum MeshDetection {
  /// The least facet count whose bytes could all be text.
  static let textCountMin: UInt32 = 0x0909_0909
  /// Bytes that decide: a binary STL's header and count.
  static let prefixBytes = 84

  /// The format of a file that begins with `prefix`: 84 bytes, or the whole file if it is shorter.
  static func format(of prefix: [UInt8]) throws(MeshRefusal) -> DetectedFormat {
    if prefix.starts(with: zip) { return .threeMF }
    if prefix.starts(with: step) { return .step }
    if let other = otherFormats.first(where: { prefix.starts(with: $0.magic) }) {
      throw MeshRefusal(.unrecognised, "This is \(other.name), not a mesh that is read here.")
    }
    if prefix.dropFirst(80).allSatisfy({ $0 >= 0x09 }), let text = textFormat(of: prefix) {
      return text
    }
    guard prefix.count == prefixBytes, stlCount(in: prefix) < textCountMin else {
      throw MeshRefusal(.unrecognised, "This is no STL, OBJ, PLY, 3MF or STEP file.")
    }
    return .stlBinary
  }

  /// The facet count at the end of a binary STL's header of 84 bytes.
  static func stlCount(in header: [UInt8]) -> UInt32 {
    header[80..<84].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Bytes of the mark that some editors put before UTF-8 text.
  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  private static func textFormat(of prefix: [UInt8]) -> DetectedFormat? {
    if prefix.starts(with: ply), prefix.dropFirst(3).first.map(isWhitespace) ?? false {
      return .ply
    }
    let isMarked = prefix.starts(with: byteOrderMark)
    let text = prefix.dropFirst(isMarked ? 3 : 0).drop(while: isWhitespace)
    if text.first == UInt8(ascii: "#") { return .obj }
    let word = text.prefix { !isWhitespace($0) }
    if !isMarked, word.map({ $0 | 0x20 }) == solid { return .stlASCII }
    return OBJStatement.isKnown(String(decoding: word, as: UTF8.self)) ? .obj : nil
  }

  @inline(__always)
  static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte &- 0x09 <= 0x0d - 0x09
  }

  private static let zip = Array("PK\u{3}\u{4}".utf8)
  private static let step = Array("ISO-10303-21;".utf8)
  private static let ply = Array("ply".utf8)
  private static let solid = Array("solid".utf8)

  private static let otherFormats: [(magic: [UInt8], name: String)] = [
    (Array("glTF".utf8), "a glTF file"),
    (Array("%PDF".utf8), "a PDF file"),
    ([0x1f, 0x8b, 0x08], "a gzip file"),
    (Array("age-encryption.org/".utf8), "an encrypted (age) file"),
  ]
}
