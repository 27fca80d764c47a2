import Domain
import FoundationEssentials

/// JSON as text in a column: sorted keys, so that equal values are equal texts.
enum StoredJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(
    _ text: String, as type: Value.Type = Value.self
  ) throws -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw Problem.failed("a stored \(Value.self) cannot be read: \(Swift.type(of: error))")
    }
  }
}
