/// The encodings that XML may come in: UTF-8, and in the package's own parts UTF-16.
enum XMLEncoding {
  case utf8, utf16

  /// The encoding by the first bytes (XML 1.0, appendix F).
  init(of bytes: ArraySlice<UInt8>) {
    switch (bytes.first, bytes.dropFirst().first) {
    case (0xfe, 0xff), (0xff, 0xfe), (0x3c, 0x00), (0x00, 0x3c): self = .utf16
    default: self = .utf8
    }
  }

  /// UTF-16 as UTF-8, without its byte order mark; nil where it is not well-formed.
  static func transcoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard let first = bytes.first, bytes.count.isMultiple(of: 2) else { return nil }
    let isMarked = first >= 0xfe
    let isBigEndian = first == 0xfe || first == 0x00
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 2 * 3)
    var high: UInt32?
    for index in stride(from: bytes.startIndex + (isMarked ? 2 : 0), to: bytes.endIndex, by: 2) {
      let pair = (UInt32(bytes[index]), UInt32(bytes[index + 1]))
      let unit = isBigEndian ? pair.0 << 8 | pair.1 : pair.1 << 8 | pair.0
      let isLow = 0xdc00...0xdfff ~= unit
      guard isLow == (high != nil) else { return nil }
      if let start = high {
        append(0x1_0000 + (start - 0xd800) << 10 + (unit - 0xdc00), to: &text)
        high = nil
      } else if 0xd800...0xdbff ~= unit {
        high = unit
      } else {
        append(unit, to: &text)
      }
    }
    return high == nil ? text : nil
  }

  /// Appends the UTF-8 of a Unicode scalar value.
  static func append(_ value: UInt32, to text: inout [UInt8]) {
    guard let scalar = Unicode.Scalar(value) else { return }
    text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
  }
}
