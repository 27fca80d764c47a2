/// Writes an Open Packaging Conventions package (ECMA-376-2): parts, their content types and their
/// relationships, the same bytes for the same of each.
struct PackageWriter {
  private struct Relationship {
    let source: String
    let type: String
    let target: String
  }

  private var parts: [(name: String, type: String, content: [UInt8], deflates: Bool)] = []
  private var relationships: [Relationship] = []

  /// Adds a part by its absolute name, such as `/3D/3dmodel.model`. What is encrypted is not worth
  /// deflating.
  mutating func add(_ name: String, type: String, _ content: [UInt8], deflates: Bool = true) {
    parts.append((name, type, content, deflates))
  }

  /// Adds a relationship from a part, or from the package (`/`), to a part.
  mutating func relate(_ source: String, to target: String, type: String) {
    relationships.append(Relationship(source: source, type: type, target: target))
  }

  /// The package. Its list of content types comes first, then relationships, then parts as they came.
  consuming func finish() throws(MeshRefusal) -> [UInt8] {
    var archive = ZIPWriter()
    try archive.add("[Content_Types].xml", Array(contentTypes().utf8))
    var sources: [String] = []
    for relationship in relationships where !sources.contains(relationship.source) {
      sources.append(relationship.source)
    }
    for source in sources {
      let name = (PartName(source) ?? .root).relationships.text
      try archive.add(String(name.dropFirst()), Array(list(of: source).utf8))
    }
    for part in parts {
      try archive.add(String(part.name.dropFirst()), part.content, deflates: part.deflates)
    }
    return archive.finish()
  }

  private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private static let schemas = "http://schemas.openxmlformats.org/package/2006/"

  private func contentTypes() -> String {
    var text = Self.declaration + "<Types xmlns=\"\(Self.schemas)content-types\">\n"
    text += " <Default Extension=\"rels\" ContentType=\"\(ContentTypes.relationships)\"/>\n"
    text += " <Default Extension=\"model\" ContentType=\"\(ContentTypes.model)\"/>\n"
    for part in parts where !(part.type == ContentTypes.model && part.name.hasSuffix(".model")) {
      text += " <Override PartName=\"\(XMLEscape.escaped(part.name))\""
      text += " ContentType=\"\(XMLEscape.escaped(part.type))\"/>\n"
    }
    return text + "</Types>\n"
  }

  private func list(of source: String) -> String {
    var text = Self.declaration + "<Relationships xmlns=\"\(Self.schemas)relationships\">\n"
    let own = relationships.filter { $0.source == source }
    for (number, relationship) in own.enumerated() {
      text += " <Relationship Id=\"rel\(number)\" Type=\"\(XMLEscape.escaped(relationship.type))\""
      text += " Target=\"\(XMLEscape.escaped(relationship.target))\"/>\n"
    }
    return text + "</Relationships>\n"
  }
}
