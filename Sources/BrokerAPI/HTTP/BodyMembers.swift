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
  func check(_ body: [UInt8]) throws {
    guard !body.isEmpty else { return }
    let tree = try JSONDecoder().decode(Tree.self, from: Data(body))
    guard let unknown = unknown(in: tree, at: "") else { return }
    throw Problem(
      .malformed, "request.body", "The body's member \(unknown) is not known: is it misspelt?")
  }

  /// The path of the first member, in the order of names, that is not one of these.
  private func unknown(in tree: Tree, at path: String) -> String? {
    switch (self, tree) {
    case (.named(let known), .object(let members)):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        let path = path.isEmpty ? name : "\(path).\(name)"
        guard let inner = known[name] else { return Self.shown(path) }
        if let found = inner.unknown(in: value, at: path) { return found }
      }
    case (.values(let inner), .object(let members)):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        if let found = inner.unknown(in: value, at: "\(path).\(name)") { return found }
      }
    case (.list(let inner), .list(let elements)):
      for (index, element) in elements.enumerated() {
        if let found = inner.unknown(in: element, at: "\(path).\(index)") { return found }
      }
    default: break
    }
    return nil
  }

  /// A caller's own text, as far as it may stand in an answer.
  private static func shown(_ path: String) -> String {
    path.isPlainText(maximumBytes: 200) ? "“\(path)”" : "with the longest or oddest name"
  }

  /// A body without its values.
  private indirect enum Tree: Decodable {
    case value
    case list([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let members = try? container.decode([String: Tree].self) {
        self = .object(members)
      } else if let elements = try? container.decode([Tree].self) {
        self = .list(elements)
      } else {
        self = .value
      }
    }
  }
}

extension JSONValue {
  fileprivate func member(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}
