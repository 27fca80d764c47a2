/// The two forms of STL.
enum STLForm: Sendable {
  case binary, ascii

  var format: MeshFormat { self == .binary ? .stlBinary : .stlASCII }
}

/// Tells binary from ASCII STL by a file's first 84 bytes.
///
/// A binary STL has 80 bytes of anything, then a little-endian facet count. The usual rule, "ASCII if
/// it begins with `solid`", fails because that anything is `solid` in files of several CAD systems.
/// The rule here needs no look at the length, so a stream can be decided as it arrives:
///
/// - A file is ASCII if it begins with the word `solid` *and* none of bytes 80…83 is below 9 (tab),
///   because text has no such bytes. Read as a count, those four bytes are then at least 0x09090909:
///   151,587,081 facets or 7.6 GB. No binary file that `MeshLimits` lets in has such a count, so no
///   acceptable file is taken for the wrong format.
/// - Any other file is binary, unless its count is that large or it begins like a known other format.
///
/// Files shorter than 84 bytes can only be ASCII.
///
/// STL is specified in "StereoLithography Interface Specification", 3D Systems, 1989.
public enum STLDetection {
  /// The least facet count whose bytes could all be text.
  public static let textCountMin: UInt32 = 0x0909_0909
  /// Bytes before the first facet of a binary STL.
  static let headerBytes = 84

  /// The format of a file that begins with `prefix`: 84 bytes, or the whole file if it is shorter.
  static func format(of prefix: [UInt8]) throws(MeshRefusal) -> STLForm {
    if beginsWithSolid(prefix), prefix.dropFirst(80).allSatisfy({ $0 >= 0x09 }) {
      return .ascii
    }
    if let other = otherFormats.first(where: { prefix.starts(with: $0.magic) }) {
      throw MeshRefusal(.unrecognised, "This is \(other.name), not an STL file.")
    }
    guard prefix.count == headerBytes, count(in: prefix) < textCountMin else {
      throw MeshRefusal(.unrecognised, "This is neither a binary nor an ASCII STL file.")
    }
    return .binary
  }

  /// The facet count at the end of a binary header of 84 bytes.
  static func count(in header: [UInt8]) -> UInt32 {
    header[80..<84].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func beginsWithSolid(_ prefix: [UInt8]) -> Bool {
    let text = prefix.drop(while: isWhitespace)
    guard text.count >= 5 else { return false }
    let word = text.prefix(5).map { $0 | 0x20 }
    return word == Array("solid".utf8) && (text.dropFirst(5).first.map(isWhitespace) ?? true)
  }

  @inline(__always)
  static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte &- 0x09 <= 0x0d - 0x09
  }

  private static let otherFormats: [(magic: [UInt8], name: String)] = [
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive (a 3MF package perhaps)"),
    (Array("ply\n".utf8), "a PLY file"),
    (Array("ply\r".utf8), "a PLY file"),
    (Array("ISO-10303-21".utf8), "a STEP file"),
    (Array("glTF".utf8), "a glTF file"),
    (Array("%PDF".utf8), "a PDF file"),
    ([0x1f, 0x8b, 0x08], "a gzip file"),
    (Array("age-encryption.org/".utf8), "an encrypted (age) file"),
  ]
}
