import Domain
import FoundationEssentials

extension BodyMembers {
  /// A way through the bytes of a JSON text that a decoder has accepted, which also bounds how deep it
  /// goes. What it cannot follow all the same, such as a text that is not UTF-8, is refused. So the
  /// body is not decoded a second time, as a tree, which would throw two errors for every value.
  struct Walk {
    private let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func value(_ known: BodyMembers, at path: String) throws(Problem) {
      switch try next() {
      case UInt8(ascii: "{"): try object(known, at: path)
      case UInt8(ascii: "["): try list(known, at: path)
      case UInt8(ascii: "\""): _ = try text()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"),
        UInt8(ascii: "f"), UInt8(ascii: "n"):
        while index < bytes.count, !Self.ends.contains(bytes[index]) { index += 1 }
      default: throw Self.lost
      }
    }

    private mutating func object(_ known: BodyMembers, at path: String) throws(Problem) {
      guard try next() != UInt8(ascii: "}") else { return }
      index -= 1
      repeat {
        guard try next() == UInt8(ascii: "\"") else { throw Self.lost }
        let name = try text()
        let inner = path.isEmpty ? name : "\(path).\(name)"
        guard try next() == UInt8(ascii: ":") else { throw Self.lost }
        switch known {
        case .named(let members):
          guard let member = members[name] else { throw Self.unknown(inner) }
          try value(member, at: inner)
        case .values(let member): try value(member, at: inner)
        case .anything, .list: try value(.anything, at: inner)
        }
      } while try next() == UInt8(ascii: ",")
    }

    private mutating func list(_ known: BodyMembers, at path: String) throws(Problem) {
      guard try next() != UInt8(ascii: "]") else { return }
      index -= 1
      var number = 0
      repeat {
        if case .list(let element) = known {
          try value(element, at: "\(path).\(number)")
        } else {
          try value(.anything, at: path)
        }
        number += 1
      } while try next() == UInt8(ascii: ",")
    }

    /// A text whose opening quotation mark has been read.
    private mutating func text() throws(Problem) -> String {
      let start = index
      var isEscaped = false
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        if bytes[index] == UInt8(ascii: "\\") {
          isEscaped = true
          index += 1
        }
        index += 1
      }
      guard index < bytes.count else { throw Self.lost }
      index += 1
      guard isEscaped else { return String(decoding: bytes[start..<index - 1], as: UTF8.self) }
      let quoted = Data(bytes[start - 1..<index])
      guard let text = try? JSONDecoder().decode(String.self, from: quoted) else {
        throw Self.lost
      }
      return text
    }

    /// The next byte that is no space.
    private mutating func next() throws(Problem) -> UInt8 {
      while index < bytes.count, Self.spaces.contains(bytes[index]) { index += 1 }
      guard index < bytes.count else { throw Self.lost }
      index += 1
      return bytes[index - 1]
    }

    private static let spaces = Array(" \t\r\n".utf8)
    private static let ends = Array(",]} \t\r\n".utf8)

    private static let lost = Problem(
      .malformed, "request.body", "The body has to be JSON in UTF-8 without a byte order mark.")

    private static func unknown(_ path: String) -> Problem {
      // A caller's own text, as far as it may stand in an answer.
      let shown =
        path.isPlainText(maximumBytes: 200) ? "“\(path)”" : "with the longest or oddest name"
      return Problem(
        .malformed, "request.body", "The body's member \(shown) is not known: is it misspelt?")
    }
  }
}
