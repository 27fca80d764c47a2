import Domain

/// Holds a document that arrives in pieces against its media type. It shows that the file is of the type and
/// whole, not that it is harmless: nothing here reads further, and who opens a document is the bureau's
/// choice.
///
/// - PDF begins with `%PDF-` and has `%%EOF` in its last 1,024 bytes (ISO 32000-1, 7.5.2 and 7.5.5, with
///   the slack at the end that readers allow).
/// - CSV and JSON are UTF-8 without control characters but tab and line ends; JSON is an object or array from
///   its first character to its last.
struct DocumentCheck {
  private enum Form { case pdf, text, json }

  private static let head = Array("%PDF-".utf8)
  private static let end = Array("%%EOF".utf8)
  private static let tailBytes = 1024

  private let form: Form
  private let mediaType: String
  private var text = TextCheck()
  private var count = 0
  private var tail: [UInt8] = []
  private var first: UInt8?
  private var last: UInt8?

  init(mediaType: String) {
    self.mediaType = mediaType
    form =
      switch mediaType {
      case "application/pdf": .pdf
      case "application/json": .json
      default: .text
      }
  }

  /// Takes the next bytes. Throws `file.content`.
  mutating func update(_ bytes: some Collection<UInt8>) throws(Problem) {
    switch form {
    case .pdf:
      for (byte, expected) in zip(bytes, Self.head.dropFirst(count)) where byte != expected {
        throw refusal("it does not begin with %PDF-")
      }
      tail += bytes.suffix(Self.tailBytes)
      tail = Array(tail.suffix(Self.tailBytes))
    case .text, .json:
      for byte in bytes {
        guard text.takes(byte) else {
          throw refusal("it is not UTF-8, or has control characters")
        }
        if form == .json, ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
          first = first ?? byte
          last = byte
        }
      }
      if form == .json, let first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") {
        throw refusal("it is no JSON object or array")
      }
    }
    count += bytes.count
  }

  /// Ends the document. Throws `file.content` for one that was cut off or is empty.
  func finish() throws(Problem) {
    guard count > 0 else { throw refusal("it is empty") }
    switch form {
    case .pdf:
      guard tail.firstRange(of: Self.end) != nil, count >= Self.head.count else {
        throw refusal("it does not end with %%EOF")
      }
    case .text: guard text.isWhole else { throw refusal("it ends within a character") }
    case .json:
      guard last == (first == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw refusal("it is no whole JSON object or array")
      }
    }
  }

  /// Quotes nothing of the file.
  private func refusal(_ what: String) -> Problem {
    Problem(
      .invalid, "file.content", "The file is not the \(mediaType) that it is sent as: \(what).")
  }
}

/// UTF-8 (RFC 3629, section 4) without the control characters that move a terminal's cursor, byte by byte.
private struct TextCheck {
  private var missing = 0
  private var next: ClosedRange<UInt8> = 0x80...0xBF

  /// Whether the bytes end with a whole character.
  var isWhole: Bool { missing == 0 }

  mutating func takes(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard next.contains(byte) else { return false }
      missing -= 1
      next = 0x80...0xBF
      return true
    }
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E: return true
    // From U+00A0: those before are control characters too.
    case 0xC2: (missing, next) = (1, 0xA0...0xBF)
    case 0xC3...0xDF: missing = 1
    case 0xE0: (missing, next) = (2, 0xA0...0xBF)
    case 0xED: (missing, next) = (2, 0x80...0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, next) = (3, 0x90...0xBF)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, next) = (3, 0x80...0x8F)
    default: return false
    }
    return true
  }
}
