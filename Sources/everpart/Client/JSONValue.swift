import Domain
import FoundationEssentials

/// Any JSON document, for what the command line only shows.
enum JSONValue: Codable, Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// A member; null where there is none.
  subscript(_ name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }

  /// The elements; none where it is no array.
  var elements: [JSONValue] {
    if case .array(let values) = self { values } else { [] }
  }

  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// For a table's cell, without control characters.
  var text: String {
    switch self {
    case .null: "–"
    case .bool(let value): value ? "yes" : "no"
    case .integer(let value): String(value)
    case .number(let value): String((value * 100).rounded() / 100)
    case .string(let value): Terminal.plain(value)
    case .array(let values): values.map(\.text).joined(separator: ", ")
    case .object: Terminal.plain((try? jsonText(self)) ?? "{}")
    }
  }

  /// As ``text``, with every digit of a number: for what was measured.
  var exactText: String {
    if case .number(let value) = self { "\(value)" } else { text }
  }

  /// A sum of money as `{minor_units, currency}`, in words: `12.50 EUR`.
  var money: String {
    guard let minor = self["minor_units"].integer else { return "–" }
    let cents = String(minor.magnitude % 100)
    return "\(minor < 0 ? "-" : "")\(minor.magnitude / 100)."
      + (cents.utf8.count == 1 ? "0" + cents : cents) + " " + self["currency"].text
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int64) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

/// A small JSON file; the error names it, and the member that is wrong with it.
func readJSON<Value: Decodable>(
  _ path: String, as type: Value.Type = JSONValue.self, what: String = "JSON"
) throws -> Value {
  do {
    return try JSONDecoder().decode(Value.self, from: Data(try readSmallFile(path).utf8))
  } catch let error as DecodingError {
    throw Problem(.malformed, "file.json", "\(path) is not \(what)\(fault(error)).")
  }
}

/// `: material is missing`; nothing where the whole is at fault.
private func fault(_ error: DecodingError) -> String {
  let (path, what): ([any CodingKey], String) =
    switch error {
    case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
    case .valueNotFound(_, let context): (context.codingPath, "is null")
    case .typeMismatch(_, let context): (context.codingPath, "is of another kind")
    case .dataCorrupted(let context):
      // Our own refusals begin so; a decoder's speak of itself.
      (
        context.codingPath,
        context.debugDescription.hasPrefix("not ") ? "is \(context.debugDescription)" : "is refused"
      )
    @unknown default: ([], "")
    }
  guard !path.isEmpty else { return "" }
  let name = path.map { key in key.intValue.map(String.init) ?? key.stringValue }
  return ": \(Terminal.plain(name.joined(separator: "."))) \(Terminal.plain(what))"
}

/// Any value as one line of JSON with sorted members. What could move a cursor is escaped, where the
/// encoder leaves it as it is (all but C0), so that the same value may go to a terminal.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let text = String(decoding: try encoder.encode(value), as: UTF8.self)
  guard !text.isPlainText(maximumBytes: .max) else { return text }
  return text.unicodeScalars.reduce(into: "") { escaped, scalar in
    // Outside strings JSON is ASCII, so this is inside one.
    guard !String(scalar).isPlainText(maximumBytes: 4) else {
      return escaped.unicodeScalars.append(scalar)
    }
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      escaped += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
  }
}
