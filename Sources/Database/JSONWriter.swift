/// JSON as it is written piece by piece: the same text that `JSONEncoder` makes with sorted keys and
/// unescaped slashes, in a fiftieth of the time. For what every order writes; the caller keeps the members
/// in order. Whatever else is stored goes through ``StoredJSON``.
public struct JSONWriter: Sendable {
  /// What was written, in UTF-8. Bytes, because a string that grows is checked at every piece.
  public private(set) var bytes: [UInt8] = []

  /// Nothing yet.
  public init() { bytes.reserveCapacity(512) }

  /// What was written.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Punctuation, names of members, and whatever else is JSON already.
  public mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

  /// A text between quotation marks in which nothing needs an escape: an identifier, a code, a state.
  public mutating func plain(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string in quotation marks (RFC 8259, section 7).
  public mutating func string(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { text in
      var start = 0
      for place in 0..<text.count {
        guard text[place] < 0x20 || text[place] == 0x22 || text[place] == 0x5C else { continue }
        bytes.append(contentsOf: text[start..<place])
        escape(text[place])
        start = place + 1
      }
      bytes.append(contentsOf: text[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x08: raw("\\b")
    case 0x0C: raw("\\f")
    case UInt8(ascii: "\n"): raw("\\n")
    case UInt8(ascii: "\r"): raw("\\r")
    case UInt8(ascii: "\t"): raw("\\t")
    default: raw((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    }
  }

  /// A whole number.
  public mutating func number(_ value: Int) { raw(value.description) }

  /// A finite number, a whole one without “.0”.
  public mutating func number(_ value: Double) {
    let digits = value.description
    raw(digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)
  }

  /// A list. Inlined into its callers, which know what it is of.
  @inlinable
  public mutating func list<Element>(
    _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    raw("[")
    for index in elements.indices {
      if index > 0 { raw(",") }
      write(&self, elements[index])
    }
    raw("]")
  }

  /// An object of strings, sorted by name.
  public mutating func object(_ members: [String: String]) {
    raw("{")
    for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { raw(",") }
      string(member.key)
      raw(":")
      string(member.value)
    }
    raw("}")
  }
}

/// A value that writes itself as `JSONEncoder` would, because it is written often.
public protocol JSONWritten: Encodable {
  /// Appends the whole value.
  func write(to json: inout JSONWriter)
}

extension JSONWritten {
  /// The value's JSON in UTF-8.
  public var json: [UInt8] {
    var json = JSONWriter()
    write(to: &json)
    return json.bytes
  }
}
