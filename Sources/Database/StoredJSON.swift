import FoundationEssentials

/// JSON as text in a column: sorted keys, so that equal values are equal texts.
public enum StoredJSON {
  /// A value's text.
  public static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Row {
  /// A value whose JSON a text column holds. JSON that is not of this type is a mismatch like any
  /// other: a fault of ours, which must never look like a refusal of what a caller sent, and whose
  /// error says nothing of what is stored.
  public func json<Value: Decodable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value {
    let text = try text(column)
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw DatabaseError.columnMismatch(column: column, expected: "\(Value.self) as JSON")
    }
    return value
  }
}
