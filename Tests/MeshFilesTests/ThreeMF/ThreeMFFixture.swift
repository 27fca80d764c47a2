@testable import MeshFiles

/// A 3MF package built from parts.
struct ThreeMFFixture {
  /// Inside `<model …>`, without it.
  var model: String
  /// More attributes of `<model>`.
  var attributes = ""
  /// More parts by name, such as `3D/other.model`.
  var parts: [(name: String, content: String)] = []
  /// More entries of the root's list of relationships.
  var rootRelationships = ""
  /// Entries of the model's list of relationships.
  var modelRelationships = ""
  /// More entries of the list of content types.
  var contentTypes = ""
  /// Replaces the whole model part.
  var document: [UInt8]?

  static let core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
  static let production = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
  static let schemas = "http://schemas.openxmlformats.org/package/2006"

  static func relationship(_ target: String, _ type: String, mode: String = "") -> String {
    "<Relationship Id=\"r\(target)\(type.count)\" Type=\"\(type)\" Target=\"\(target)\"\(mode)/>"
  }

  static func model(_ content: String, _ attributes: String = "") -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model xmlns=\"\(core)\" \(attributes)>\n"
      + content + "\n</model>"
  }

  var entries: [ZIPFixture.Entry] {
    var entries = [
      ZIPFixture.Entry(
        "[Content_Types].xml",
        "<Types xmlns=\"\(Self.schemas)/content-types\"><Default Extension=\"rels\""
          + " ContentType=\"\(ContentTypes.relationships)\"/><Default Extension=\"model\""
          + " ContentType=\"\(ContentTypes.model)\"/>\(contentTypes)</Types>"),
      ZIPFixture.Entry(
        "_rels/.rels",
        list(Self.relationship("/3D/3dmodel.model", RelationshipType.model) + rootRelationships)),
      ZIPFixture.Entry(
        "3D/3dmodel.model", document ?? Array(Self.model(model, attributes).utf8), isDeflated: true),
    ]
    if !modelRelationships.isEmpty {
      entries.append(ZIPFixture.Entry("3D/_rels/3dmodel.model.rels", list(modelRelationships)))
    }
    return entries + parts.map { ZIPFixture.Entry($0.name, $0.content) }
  }

  private func list(_ relationships: String) -> String {
    "<Relationships xmlns=\"\(Self.schemas)/relationships\">\(relationships)</Relationships>"
  }

  func bytes() -> [UInt8] { ZIPFixture(entries: entries).bytes() }

  func read(limits: MeshLimits = MeshLimits()) throws(MeshRefusal) -> MeshDocument {
    try ThreeMFReader.read(bytes(), limits: limits)
  }

  // MARK: Content

  /// A tetrahedron of volume 1/6 with its corner at the origin.
  static let vertices = """
    <vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/>
    <vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices>
    """
  static let triangles = """
    <triangles><triangle v1="0" v2="2" v3="1"/><triangle v1="0" v2="1" v3="3"/>
    <triangle v1="0" v2="3" v3="2"/><triangle v1="1" v2="2" v3="3"/></triangles>
    """
  static let mesh = "<mesh>\(vertices)\(triangles)</mesh>"

  static func object(_ id: Int, _ attributes: String = "", _ content: String = mesh) -> String {
    "<object id=\"\(id)\" \(attributes)>\(content)</object>"
  }

  static func components(_ id: Int, _ components: String) -> String {
    object(id, "", "<components>\(components)</components>")
  }

  static func content(_ resources: String, build: String = "<item objectid=\"1\"/>") -> String {
    "<resources>\(resources)</resources><build>\(build)</build>"
  }

  /// One tetrahedron, built once.
  static let plain = ThreeMFFixture(model: content(object(1)))
}
