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
}

extension JSONValue {
  fileprivate func member(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}
