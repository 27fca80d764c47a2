/// What a type asked of the decoder that probes it.
final class SchemaRecording {
  var catalogue: SchemaCatalogue
  var properties: [String: JSONValue] = [:]
  var optional: Set<String> = []
  var scalar: JSONValue?

  init(_ catalogue: SchemaCatalogue) { self.catalogue = catalogue }

  func describe<Value: Decodable>(_ type: Value.Type) throws -> (JSONValue, Value) {
    try catalogue.describe(type)
  }
}

/// Answers every question with an example. See ``SchemaCatalogue``.
struct SchemaDecoder: Decoder {
  let recording: SchemaRecording
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedProbe<Key>(recording: recording))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw SchemaError(type: "\(self)", reason: "a list of mixed types has to be described")
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleProbe(recording: recording)
  }
}

private struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let recording: SchemaRecording
  let codingPath: [any CodingKey] = []
  let allKeys: [Key] = []

  func contains(_ key: Key) -> Bool { true }

  /// `decodeIfPresent` asks this before it decodes: so a member that is asked may be left out.
  func decodeNil(forKey key: Key) -> Bool {
    recording.optional.insert(key.stringValue)
    return false
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let (schema, example) = try recording.describe(type)
    recording.properties[key.stringValue] = schema
    return example
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    throw SchemaError(type: key.stringValue, reason: "a nested container has to be described")
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw SchemaError(type: key.stringValue, reason: "a nested container has to be described")
  }

  func superDecoder() -> any Decoder { SchemaDecoder(recording: recording) }
  func superDecoder(forKey key: Key) -> any Decoder { SchemaDecoder(recording: recording) }
}

private struct SingleProbe: SingleValueDecodingContainer {
  let recording: SchemaRecording
  let codingPath: [any CodingKey] = []

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let (schema, example) = try recording.describe(type)
    recording.scalar = schema
    return example
  }
}
