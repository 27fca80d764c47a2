/// One lexical piece of SQL. The pieces of a text joined again give the text.
struct SQLToken: Equatable {
  enum Kind: Equatable {
    case word, parameter, quoted, comment, space, symbol
  }

  var kind: Kind
  var text: Substring

  /// Cuts SQL into words, `$n` parameters, quoted text, comments, space and single symbols: as much
  /// grammar as rewriting placeholders and column types needs. Quotes double to escape themselves;
  /// PostgreSQL's `E''` and `$$` strings are outside the common subset and not understood.
  static func scan(_ sql: String) -> [SQLToken] {
    let bytes = sql.utf8
    var tokens: [SQLToken] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let (kind, end) = piece(bytes, at: start)
      tokens.append(SQLToken(kind: kind, text: sql[start..<end]))
      start = end
    }
    return tokens
  }

  private static func piece(
    _ bytes: String.UTF8View,
    at start: String.Index
  ) -> (Kind, String.Index) {
    let first = bytes[start]
    let second = bytes.index(after: start)
    let following = second < bytes.endIndex ? bytes[second] : 0
    func run(from: String.Index, while accepts: (UInt8) -> Bool) -> String.Index {
      bytes[from...].firstIndex { !accepts($0) } ?? bytes.endIndex
    }
    switch first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      let close = run(from: second) { $0 != first }
      return (.quoted, close < bytes.endIndex ? bytes.index(after: close) : close)
    case UInt8(ascii: "-") where following == first:
      return (.comment, run(from: second) { $0 != UInt8(ascii: "\n") })
    case UInt8(ascii: "/") where following == UInt8(ascii: "*"):
      return (.comment, endOfBlockComment(bytes, from: bytes.index(after: second)))
    case UInt8(ascii: "$") where isDigit(following):
      return (.parameter, run(from: second, while: isDigit))
    case _ where isWord(first):
      return (.word, run(from: second, while: isWord))
    case _ where isSpace(first):
      return (.space, run(from: second, while: isSpace))
    default:
      return (.symbol, second)
    }
  }

  private static func endOfBlockComment(
    _ bytes: String.UTF8View,
    from start: String.Index
  ) -> String.Index {
    var index = start
    var previous: UInt8 = 0
    while index < bytes.endIndex {
      let byte = bytes[index]
      index = bytes.index(after: index)
      if previous == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { break }
      previous = byte
    }
    return index
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
