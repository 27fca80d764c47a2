/// The character classes of XML 1.0 (fifth edition, 2.2 and 2.3), over UTF-8.
enum XMLCharacters {
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  @inline(__always)
  static func startsName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == 0x5f
  }

  @inline(__always)
  static func continuesName(_ byte: UInt8) -> Bool {
    startsName(byte) || byte &- 0x30 < 10 || byte == 0x2d || byte == 0x2e
  }

  /// The scalar of at least two bytes that starts at `index`, and how many; nil where there is no
  /// well-formed UTF-8 (Unicode, table 3-7).
  static func scalar(in bytes: ArraySlice<UInt8>, at index: Int) -> (value: UInt32, length: Int)? {
    let first = UInt32(bytes[index])
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    guard first >= 0xc2, first <= 0xf4, index + length <= bytes.endIndex else { return nil }
    var value = first & (0x7f >> UInt32(length))
    for byte in bytes[(index + 1)..<(index + length)] {
      guard byte & 0xc0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3f)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard value >= least, value <= 0x10_ffff, !(0xd800...0xdfff ~= value) else { return nil }
    return (value, length)
  }

  /// `Char`.
  static func isCharacter(_ value: UInt32) -> Bool {
    value >= 0x20
      ? value <= 0xd7ff || 0xe000...0xfffd ~= value || 0x1_0000...0x10_ffff ~= value
      : value == 0x9 || value == 0xa || value == 0xd
  }

  /// `NameStartChar` beyond ASCII.
  static func startsName(_ value: UInt32) -> Bool {
    0xc0...0x2ff ~= value && value != 0xd7 && value != 0xf7
      || 0x370...0x1fff ~= value && value != 0x37e
      || 0x200c...0x200d ~= value || 0x2070...0x218f ~= value || 0x2c00...0x2fef ~= value
      || 0x3001...0xd7ff ~= value || 0xf900...0xfdcf ~= value || 0xfdf0...0xfffd ~= value
      || 0x1_0000...0xe_ffff ~= value
  }

  /// `NameChar` beyond ASCII.
  static func continuesName(_ value: UInt32) -> Bool {
    startsName(value) || value == 0xb7 || 0x300...0x36f ~= value || 0x203f...0x2040 ~= value
  }
}
