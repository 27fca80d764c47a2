internal import Geometry

/// Writes 3MF packages (ISO/IEC 25422, the core specification alone), in millimetres.
public enum ThreeMFWriter {
  /// The bodies of a document as a package: an object and a build item for each, under its name. The
  /// same bytes for the same bodies.
  ///
  /// Facets with a corner twice, which 3MF does not allow, are left out; they enclose nothing. A part of
  /// fewer than four facets is written as a surface, as it cannot be a solid. Coordinates are written so
  /// that the nearest double is the same. Throws if no facet is left, or if the package would have
  /// 4 GiB.
  public static func package(of document: MeshDocument) throws(MeshRefusal) -> [UInt8] {
    var package = PackageWriter()
    package.relate("/", to: modelPart, type: RelationshipType.model)
    package.add(modelPart, type: ContentTypes.model, try model(of: document).content)
    return try package.finish()
  }

  static let modelPart = "/3D/3dmodel.model"

  /// A 3D model part with all bodies, and how many objects those are: 1 and on. With UUIDs for the objects,
  /// one for each body, it is a part beside the root, which builds nothing (production extension).
  static func model(
    of document: MeshDocument, objectUUIDs: [String]? = nil
  ) throws(MeshRefusal) -> (content: [UInt8], objects: Int) {
    var text = ModelText()
    text +=
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"und\""
    text += " xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\""
    if objectUUIDs != nil {
      text += " xmlns:p=\"http://schemas.microsoft.com/3dmanufacturing/production/2015/06\""
      text += " requiredextensions=\"p\""
    }
    text += ">\n"
    if let title = document.title {
      text += " <metadata name=\"Title\">\(XMLEscape.escaped(title))</metadata>\n"
    }
    text += " <resources>\n"
    text.reserveRoom(for: document.bodies)
    var objects = 0
    for (number, body) in document.bodies.enumerated() {
      if text.add(body, identifier: objects + 1, uuid: objectUUIDs?[number]) { objects += 1 }
    }
    guard objects > 0 else { throw MeshRefusal(.empty, "There is no facet to write.") }
    text += " </resources>\n <build>\n"
    if objectUUIDs == nil {
      for object in 1...objects { text += "  <item objectid=\"\(object)\"/>\n" }
    }
    text += " </build>\n</model>\n"
    return (text.bytes, objects)
  }
}

/// The text of a model as it grows.
private struct ModelText {
  private(set) var bytes: [UInt8] = []

  static func += (text: inout ModelText, more: String) { text.bytes += more.utf8 }

  /// Makes room for all bodies at once: room for one after the other would be no more than it asks for, and
  /// everything would be copied for each.
  mutating func reserveRoom(for bodies: [MeshDocument.Body]) {
    let numbers = bodies.reduce(0) { $0 + $1.mesh.vertices.count + $1.mesh.triangles }
    bytes.reserveCapacity(bytes.count + 64 * numbers)
  }

  /// Adds a body's object; false, and nothing is added, if it has no facet that 3MF allows.
  mutating func add(_ body: MeshDocument.Body, identifier: Int, uuid: String?) -> Bool {
    let mesh = body.mesh
    let isWritten = { (facet: Int) in
      let (a, b) = (mesh.corners[3 * facet], mesh.corners[3 * facet + 1])
      let c = mesh.corners[3 * facet + 2]
      return a != b && b != c && c != a
    }
    let count = (0..<mesh.triangles).count(where: isWritten)
    guard count > 0 else { return false }
    let type = body.purpose == .part && count < 4 ? "surface" : body.purpose.objectType
    self += "  <object id=\"\(identifier)\" type=\"\(type)\""
    if let uuid { self += " p:UUID=\"\(uuid)\"" }
    if let name = body.name { self += " name=\"\(XMLEscape.escaped(name))\"" }
    self += ">\n   <mesh>\n    <vertices>\n"
    add(mesh.vertices)
    self += "    </vertices>\n    <triangles>\n"
    let marks = ["     <triangle v1=\"", "\" v2=\"", "\" v3=\"", "\"/>\n"].map { Array($0.utf8) }
    for facet in 0..<mesh.triangles where isWritten(facet) {
      for corner in 0..<3 {
        bytes += marks[corner]
        add(mesh.corners[3 * facet + corner])
      }
      bytes += marks[3]
    }
    self += "    </triangles>\n   </mesh>\n  </object>\n"
    return true
  }

  private mutating func add(_ vertices: [SIMD3<Double>]) {
    let marks = ["     <vertex x=\"", "\" y=\"", "\" z=\"", "\"/>\n"].map { Array($0.utf8) }
    for vertex in vertices {
      for axis in 0..<3 {
        bytes += marks[axis]
        add(vertex[axis])
      }
      bytes += marks[3]
    }
  }

  /// The shortest decimal number that reads as the same double.
  private mutating func add(_ value: Double) {
    if value.magnitude < 1e9, value == value.rounded(.towardZero), value != 0 || value.sign == .plus
    {
      if value < 0 { bytes.append(UInt8(ascii: "-")) }
      return add(UInt32(value.magnitude))
    }
    let text = value.description
    bytes += text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...]
  }

  private mutating func add(_ number: UInt32) {
    var unit: UInt32 = 1
    while number / unit >= 10 { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
      unit /= 10
    }
  }
}

extension MeshDocument.Body.Purpose {
  /// Its object type in 3MF (core specification, chapter 4).
  fileprivate var objectType: String {
    switch self {
    case .part: "model"
    case .solidSupport: "solidsupport"
    case .support: "support"
    case .surface: "surface"
    }
  }
}
