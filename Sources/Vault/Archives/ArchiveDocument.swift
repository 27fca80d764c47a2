import Domain
import FoundationEssentials

/// Reads a JSON document of an archive within limits, and refuses what is not read: a member that this version
/// does not know would be lost without a word.
enum ArchiveDocument {
  /// - Parameters:
  ///   - isWhole: whether the type is to know every member.
  ///   - valuesMax: how many values it may have.
  static func decode<Value: Codable>(
    _ bytes: [UInt8], as type: Value.Type = Value.self, _ name: String, isWhole: Bool = true,
    valuesMax: Int = ArchiveFormat.valuesMax
  ) throws -> Value {
    try checkSize(bytes, name, valuesMax: valuesMax)
    let value: Value
    do {
      value = try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw ArchiveFormat.content(name, describe(error))
    }
    guard isWhole else { return value }
    // Compared as trees, so that no other writer's spaces or number spellings matter.
    let decoder = JSONDecoder()
    guard let given = try? decoder.decode(Tree.self, from: Data(bytes)),
      let read = try? decoder.decode(Tree.self, from: Data(try ArchiveFormat.json(value)))
    else { throw ArchiveFormat.content(name, "it is no JSON.") }
    guard read.holds(given) else {
      throw ArchiveFormat.content(name, "it has a member that this version does not know.")
    }
    return value
  }

  /// Before a decoder goes down into it, and takes memory for each of its values.
  private static func checkSize(
    _ bytes: [UInt8], _ name: String, valuesMax: Int
  ) throws(Problem) {
    var (depth, values, isText, isEscaped) = (0, 0, false, false)
    for byte in bytes {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        (depth, values) = (depth + 1, values + 1)
        guard depth <= ArchiveFormat.depthMax else {
          throw ArchiveFormat.content(name, "it is nested too deeply.")
        }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
    }
    guard values <= valuesMax else {
      throw ArchiveFormat.content(name, "it has more than \(valuesMax) values.")
    }
  }

  /// Where it does not fit; quotes nothing of it but the names of members that this version knows.
  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "\(path(context.codingPath + [key])) is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(path(context.codingPath)) is of another type."
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\(path(context.codingPath)) is not what it has to be."
    default: "it is no JSON."
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  private indirect enum Tree: Decodable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
      if let members = try? decoder.container(keyedBy: Name.self) {
        self = .object(
          try members.allKeys.reduce(into: [:]) {
            $0[$1.stringValue] = try members.decode(Tree.self, forKey: $1)
          })
      } else if var items = try? decoder.unkeyedContainer() {
        var list: [Tree] = []
        while !items.isAtEnd { list.append(try items.decode(Tree.self)) }
        self = .list(list)
      } else {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
          self = .null
        } else if let text = try? value.decode(String.self) {
          self = .text(text)
        } else if let integer = try? value.decode(Int64.self) {
          self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
          self = .number(number)
        } else {
          self = .bool(try value.decode(Bool.self))
        }
      }
    }

    /// Whether everything that another tree has is in this one, with the same values.
    func holds(_ other: Tree) -> Bool {
      switch (self, other) {
      case (.object(let mine), .object(let theirs)):
        theirs.allSatisfy { name, value in
          value == .null ? mine[name] ?? .null == .null : mine[name]?.holds(value) ?? false
        }
      case (.list(let mine), .list(let theirs)):
        mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.holds($1) }
      default: self == other
      }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
