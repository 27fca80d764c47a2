/// The name of a ZIP entry: a path with `/` between its segments, relative and without climbing.
///
/// Everything that one reader could take for another place than the next one does is refused, whether or
/// not it will be read: a package must mean the same here and at the machine that prints it.
struct ZIPName: Hashable {
  let text: String
  /// Equal for names that some reader takes for the same: ASCII letters without case, and characters
  /// beyond ASCII however they are written (ECMA-376-2, 6.2.2.3 and 6.2.3).
  let key: String

  var isDirectory: Bool { text.hasSuffix("/") }

  /// Nil for a name that could mislead.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self),
      Self.isCalm(text), let key = Self.key(of: bytes)
    else { return nil }
    var segments = bytes.split(separator: 0x2f, omittingEmptySubsequences: false)
    if bytes.last == 0x2f { segments.removeLast() }
    let climbs = segments.contains { $0.isEmpty || $0.count <= 2 && $0.allSatisfy { $0 == 0x2e } }
    // The second byte of a drive's letter and colon.
    guard !climbs, segments.first?.dropFirst().first != 0x3a else { return nil }
    self.text = text
    self.key = key
  }

  /// Without a backslash, control characters, or characters that turn the direction of text.
  private static func isCalm(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x5c, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069: false
      default: true
      }
    }
  }

  /// Nil where an escape stands for a character that has a meaning of its own in a path.
  private static func key(of bytes: ArraySlice<UInt8>) -> String? {
    var key: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == 0x25, let decoded = hexadecimal(rest.prefix(2)) {
        // % escapes of a slash, a backslash, a dot or a control character.
        if decoded < 0x20 || [0x2f, 0x5c, 0x2e, 0x7f].contains(decoded) { return nil }
        rest = rest.dropFirst(2)
        key.append(lowercased(decoded))
      } else {
        key.append(lowercased(byte))
      }
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    0x41...0x5a ~= byte ? byte | 0x20 : byte
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count == 2, digits.first != 0x2b, digits.first != 0x2d else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
