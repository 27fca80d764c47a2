extension XMLScanner {
  /// The document as refused for `what`, said of `subject`, at the line of `index` or of where the
  /// scanner is.
  func refusal(
    _ code: MeshRefusal.Code, _ what: String, at index: Int? = nil
  ) -> MeshRefusal {
    let line = 1 + bytes[..<min(index ?? at, bytes.endIndex)].count { $0 == 0x0a }
    return MeshRefusal(code, "\(subject) \(what) (line \(line)).")
  }

  func syntax(_ what: String) -> MeshRefusal { refusal(.xmlSyntax, what) }

  func hasPrefix(_ text: StaticString, at index: Int) -> Bool {
    guard index + text.utf8CodeUnitCount <= bytes.endIndex else { return false }
    return text.withUTF8Buffer { bytes[index..<(index + $0.count)].elementsEqual($0) }
  }

  @inline(__always)
  mutating func skipSpace() {
    while at < bytes.endIndex, XMLCharacters.isSpace(bytes[at]) { at += 1 }
  }

  func packed(_ local: Range<Int>) -> UInt64 { XMLName.packed(bytes[local]) }

  /// A name with at most one colon in it, and where that and the name's end are.
  func qualifiedName(at start: Int) throws(MeshRefusal) -> (colon: Int?, end: Int) {
    let first = try endOfName(at: start)
    guard byte(first) == 0x3a else { return (nil, first) }
    return (first, try endOfName(at: first + 1))
  }

  private func endOfName(at start: Int) throws(MeshRefusal) -> Int {
    var index = start
    while index < bytes.endIndex {
      let byte = bytes[index]
      if XMLCharacters.continuesName(byte) {
        guard index > start || XMLCharacters.startsName(byte) else { break }
        index += 1
      } else if byte >= 0x80, let (value, length) = XMLCharacters.scalar(in: bytes, at: index),
        XMLCharacters.startsName(value) || index > start && XMLCharacters.continuesName(value)
      {
        index += length
      } else {
        break
      }
    }
    guard index > start else {
      throw refusal(.xmlSyntax, "has a name that is not well-formed", at: start)
    }
    return index
  }

  /// Where the character at `index` ends; throws if XML does not have it.
  @inline(__always)
  func endOfCharacter(at index: Int) throws(MeshRefusal) -> Int {
    let byte = byte(index)
    if byte >= 0x20 && byte < 0x80 || byte == 0x0a || byte == 0x09 || byte == 0x0d {
      return index + 1
    }
    return try endOfWideCharacter(at: index)
  }

  private func endOfWideCharacter(at index: Int) throws(MeshRefusal) -> Int {
    guard index < bytes.endIndex else { throw syntax("ends in the middle of markup") }
    guard bytes[index] >= 0x80 else {
      throw refusal(.xmlSyntax, "has a character that XML does not allow", at: index)
    }
    guard let (value, length) = XMLCharacters.scalar(in: bytes, at: index) else {
      throw refusal(.xmlEncoding, "has bytes that are not UTF-8", at: index)
    }
    guard XMLCharacters.isCharacter(value) else {
      throw refusal(.xmlSyntax, "has a character that XML does not allow", at: index)
    }
    return index + length
  }

  // MARK: References

  /// Where the reference at `index` ends; throws unless it is a predefined one or of a character.
  func endOfReference(at index: Int) throws(MeshRefusal) -> Int {
    guard let (_, end) = reference(at: index) else {
      throw refusal(.xmlEntity, "has a reference that is not predefined", at: index)
    }
    return end
  }

  private func reference(at index: Int) -> (value: UInt32, end: Int)? {
    let window = bytes[(index + 1)..<min(index + 16, bytes.endIndex)]
    guard let end = window.firstIndex(of: 0x3b) else { return nil }
    let body = bytes[(index + 1)..<end]
    if body.first == 0x23 {
      let isHexadecimal = body.dropFirst().first == 0x78
      let digits = body.dropFirst(isHexadecimal ? 2 : 1)
      guard let first = digits.first, first != 0x2b, first != 0x2d,
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10),
        XMLCharacters.isCharacter(value)
      else { return nil }
      return (value, end + 1)
    }
    switch String(decoding: body, as: UTF8.self) {
    case "lt": return (0x3c, end + 1)
    case "gt": return (0x3e, end + 1)
    case "amp": return (0x26, end + 1)
    case "quot": return (0x22, end + 1)
    case "apos": return (0x27, end + 1)
    default: return nil
    }
  }

  /// Text of the document as what it stands for.
  func decoded(_ range: Range<Int>, isVerbatim: Bool, isAttribute: Bool) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == 0x26, !isVerbatim, let (value, end) = reference(at: index) {
        XMLEncoding.append(value, to: &text)
        index = end
        continue
      }
      index += 1
      switch byte {
      case 0x0d where index < range.upperBound && bytes[index] == 0x0a: break
      case 0x0d: text.append(isAttribute ? 0x20 : 0x0a)
      case 0x09, 0x0a: text.append(isAttribute ? 0x20 : byte)
      default: text.append(byte)
      }
    }
    return text
  }

  // MARK: What is passed over

  mutating func skipComment() throws(MeshRefusal) {
    at += 4
    while !hasPrefix("--", at: at) { at = try endOfCharacter(at: at) }
    guard byte(at + 2) == 0x3e else { throw syntax("has -- in a comment") }
    at += 3
  }

  mutating func skipInstruction() throws(MeshRefusal) {
    let start = at + 2
    let (colon, end) = try qualifiedName(at: start)
    let target = String(decoding: bytes[start..<end], as: UTF8.self)
    guard target.lowercased() != "xml", colon == nil else {
      throw syntax("has an XML declaration that is not at its start")
    }
    at = end
    guard XMLCharacters.isSpace(byte(at)) || hasPrefix("?>", at: at) else {
      throw syntax("has a processing instruction that is not well-formed")
    }
    while !hasPrefix("?>", at: at) { at = try endOfCharacter(at: at) }
    at += 2
  }

  /// The XML declaration (2.8 and 4.3.3): version 1.0, and an encoding that is the document's.
  mutating func readDeclaration(_ encoding: XMLEncoding) throws(MeshRefusal) {
    at += 5
    var wanted = ["version", "encoding", "standalone"][...]
    while !hasPrefix("?>", at: at) {
      let before = at
      skipSpace()
      if hasPrefix("?>", at: at) { break }
      let start = at
      let end = try qualifiedName(at: start).end
      let name = String(decoding: bytes[start..<end], as: UTF8.self)
      at = end
      let value = try declaredValue()
      guard start > before, let place = wanted.firstIndex(of: name),
        name == "version" || wanted.first != "version"
      else { throw syntax("has an XML declaration that is not well-formed") }
      wanted = wanted[(place + 1)...]
      try check(name, value, encoding)
    }
    guard wanted.first != "version" else {
      throw syntax("has an XML declaration that is not well-formed")
    }
    at += 2
  }

  private mutating func declaredValue() throws(MeshRefusal) -> String {
    skipSpace()
    guard byte(at) == 0x3d else { throw syntax("has an XML declaration that is not well-formed") }
    at += 1
    skipSpace()
    let quote = byte(at)
    let start = at + 1
    guard quote == 0x22 || quote == 0x27,
      let end = bytes[start..<min(start + 64, bytes.endIndex)].firstIndex(of: quote)
    else { throw syntax("has an XML declaration that is not well-formed") }
    at = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private func check(
    _ name: String, _ value: String, _ encoding: XMLEncoding
  ) throws(MeshRefusal) {
    switch name {
    case "version":
      guard value == "1.0" else { throw syntax("is not XML 1.0") }
    case "encoding":
      guard value.lowercased() == (encoding == .utf8 ? "utf-8" : "utf-16") else {
        throw refusal(.xmlEncoding, "names another encoding than it may have")
      }
    default:
      guard value == "yes" || value == "no" else {
        throw syntax("has an XML declaration that is not well-formed")
      }
    }
  }
}
