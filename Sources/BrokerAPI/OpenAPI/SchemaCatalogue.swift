/// The JSON Schemas (2020-12, as OpenAPI 3.1 has them) of Swift types, read off their own `Decodable`
/// code: a type is decoded once from a decoder that answers every question with an example and writes
/// down what was asked. Member names, which of them may be left out, and nesting are therefore those of
/// the code that really reads and writes the JSON.
struct SchemaCatalogue {
  /// The named schemas met so far: what goes under `components`.
  private(set) var components: [String: JSONValue] = [:]
  private var owners: [String: ObjectIdentifier] = [:]

  /// The schema of a type: a reference for one with members, in place for anything else.
  ///
  /// - Throws: ``SchemaError`` for a type that decodes by trial or refuses the examples; such a type
  ///   has to be ``SchemaDescribed``.
  mutating func schema(of type: any Decodable.Type) throws -> JSONValue {
    func open<Value: Decodable>(_ type: Value.Type) throws -> JSONValue {
      try describe(type).schema
    }
    return try open(type)
  }

  mutating func describe<Value: Decodable>(
    _ type: Value.Type
  ) throws -> (schema: JSONValue, example: Value) {
    if let described = type as? any SchemaDescribed.Type {
      return (described.schema, try cast(described.example, in: type))
    }
    if let list = type as? any SchemaList.Type {
      let (schema, example) = try list.describe(in: &self)
      return (schema, try cast(example, in: type))
    }
    if let choice = type as? any CaseIterable.Type, let (names, first) = Self.names(of: choice) {
      return (
        ["type": "string", "enum": .array(names.map(JSONValue.text))], try cast(first, in: type)
      )
    }
    return try probe(type)
  }

  private mutating func probe<Value: Decodable>(
    _ type: Value.Type
  ) throws -> (schema: JSONValue, example: Value) {
    let recording = SchemaRecording(self)
    let example: Value
    do {
      example = try Value(from: SchemaDecoder(recording: recording))
    } catch {
      throw SchemaError(type: "\(type)", reason: "\(error)")
    }
    self = recording.catalogue
    if let scalar = recording.scalar { return (scalar, example) }
    let schema: JSONValue = [
      "type": "object", "properties": .object(recording.properties),
      "required": .array(
        recording.properties.keys.filter { !recording.optional.contains($0) }.sorted()
          .map(JSONValue.text)),
    ]
    let name = (type as? any SchemaNamed.Type)?.schemaName ?? Self.plainName(of: type)
    if let owner = owners[name], owner != ObjectIdentifier(type), components[name] != schema {
      throw SchemaError(type: "\(type)", reason: "another type is called \(name) too")
    }
    owners[name] = ObjectIdentifier(type)
    components[name] = schema
    return (["$ref": .text("#/components/schemas/\(name)")], example)
  }

  /// A type's name as a component's: letters, digits and underscores.
  static func plainName(of type: any Any.Type) -> String {
    if let named = type as? any SchemaNamed.Type { return named.schemaName }
    return String(String(describing: type).map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private static func names<Choice: CaseIterable>(
    of type: Choice.Type
  ) -> (names: [String], first: Any)? {
    let names = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    guard let first = type.allCases.first, names.count == type.allCases.count else { return nil }
    return (names, first)
  }

  private func cast<Value>(_ example: Any, in type: Value.Type) throws -> Value {
    guard let value = example as? Value else {
      throw SchemaError(type: "\(type)", reason: "its example is of another type")
    }
    return value
  }
}

/// A type that cannot be read off its code.
struct SchemaError: Error {
  let type: String
  let reason: String
}

/// A type whose schema is written by hand, because its code decodes a text or by trial.
protocol SchemaDescribed: Decodable {
  static var schema: JSONValue { get }
  static var example: Self { get }
}

/// A generic type that has a name of its own among the components.
protocol SchemaNamed: Decodable {
  static var schemaName: String { get }
}

/// A type that holds any number of others: what a probe cannot see in an empty one.
protocol SchemaList: Decodable {
  static func describe(
    in catalogue: inout SchemaCatalogue
  ) throws -> (schema: JSONValue, example: Self)
}

extension Array: SchemaList where Element: Decodable {
  static func describe(
    in catalogue: inout SchemaCatalogue
  ) throws -> (schema: JSONValue, example: Self) {
    let item = try catalogue.describe(Element.self)
    return (["type": "array", "items": item.schema], [item.example])
  }
}

extension Dictionary: SchemaList where Key == String, Value: Decodable {
  static func describe(
    in catalogue: inout SchemaCatalogue
  ) throws -> (schema: JSONValue, example: Self) {
    let value = try catalogue.describe(Value.self)
    return (["type": "object", "additionalProperties": value.schema], ["key": value.example])
  }
}

extension Optional: SchemaList where Wrapped: Decodable {
  static func describe(
    in catalogue: inout SchemaCatalogue
  ) throws -> (schema: JSONValue, example: Self) {
    let value = try catalogue.describe(Wrapped.self)
    return (["anyOf": [value.schema, ["type": "null"]]], value.example)
  }
}
