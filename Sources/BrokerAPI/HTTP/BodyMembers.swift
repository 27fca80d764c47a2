import Domain
import FoundationEssentials

/// The members that a request's body may have, read off the schema that the OpenAPI document gives its
/// type. A member that nobody reads is refused: `territory` for `territories` would otherwise leave a
/// licence without any territory, which means anywhere.
indirect enum BodyMembers: Sendable {
  /// A text, a number, or a type whose schema is written by hand, such as a signed statement: whoever
  /// decodes that judges it.
  case anything
  case list(BodyMembers)
  case named([String: BodyMembers])
  /// An object with members of any name.
  case values(BodyMembers)

  init<Body: Decodable>(of type: Body.Type) {
    var catalogue = SchemaCatalogue()
    // A type without a schema has no place in the API: a test makes the document of all of them.
    guard let schema = try? catalogue.schema(of: type) else {
      self = .anything
      return
    }
    self.init(schema, catalogue.components)
  }

  private init(_ schema: JSONValue, _ components: [String: JSONValue]) {
    if case .text(let reference)? = schema.member("$ref") {
      let name = String(reference.split(separator: "/").last ?? "")
      guard case .object(let properties)? = components[name]?.member("properties") else {
        self = .anything
        return
      }
      self = .named(properties.mapValues { BodyMembers($0, components) })
    } else if case .array(let choices)? = schema.member("anyOf"), let first = choices.first {
      // An optional: the type, or null.
      self.init(first, components)
    } else if let items = schema.member("items") {
      self = .list(BodyMembers(items, components))
    } else if let values = schema.member("additionalProperties") {
      self = .values(BodyMembers(values, components))
    } else {
      self = .anything
    }
  }

  /// Refuses a body that was decoded and has members beside those that were read (`request.body`).
  func check(_ body: [UInt8]) throws(Problem) {
    guard !body.isEmpty else { return }
    var walk = Walk(bytes: body)
    try walk.value(self, at: "")
  }

  /// A way through the bytes of a JSON text that a decoder has accepted. What it cannot follow all the
  /// same, such as a text that is not UTF-8, is refused.
  private struct Walk {
    let bytes: [UInt8]
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

extension JSONValue {
  fileprivate func member(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}
