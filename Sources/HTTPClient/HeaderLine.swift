/// One line of a response's head (RFC 9112, sections 4 and 5). libcurl has found the line ends and has
/// checked the status line's version.
enum HeaderLine: Equatable {
  case status(Int)
  case field(name: String, value: String)
  case continuation(String)
  case end
  case malformed

  init(_ line: String, isFirst: Bool) {
    var text = Substring(line)
    // A carriage return with its line feed is one Character.
    while let last = text.last, last.isNewline { text.removeLast() }
    if isFirst {
      let words = text.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count >= 2, let status = Int(words[1]), (100...999).contains(status) else {
        self = .malformed
        return
      }
      self = .status(status)
    } else if text.isEmpty {
      self = .end
    } else if text.first == " " || text.first == "\t" {
      self = .continuation(String(Self.trim(text)))
    } else if let colon = text.firstIndex(of: ":") {
      let value = Self.trim(text[text.index(after: colon)...])
      self = .field(name: String(Self.trim(text[..<colon])), value: String(value))
    } else {
      self = .malformed
    }
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
