/// What a part, or the package, refers to: a relationships part (ECMA-376-2, 6.5 and 7.3.4).
struct Relationships {
  /// One reference to a part of the package.
  struct Relationship {
    let type: String
    let target: PartName
  }

  private(set) var all: [Relationship] = []

  /// No relationships.
  init() {}

  /// Reads the relationships of `source`. Targets outside of the package are refused: everything that
  /// is manufactured has to be in it (3MF core specification, 2.1.1).
  init(
    _ document: ArraySlice<UInt8>, of source: PartName, limits: ThreeMFLimits
  ) throws(MeshRefusal) {
    var scanner = try XMLScanner(
      document, subject: "A list of relationships", limits: limits, allowsUTF16: true)
    var identifiers: Set<String> = []
    var pairs: Set<[String]> = []
    try scanner.readFlat(root: "Relationships", in: .relationships) {
      (scanner, name) throws(MeshRefusal) in
      guard name == "Relationship" else {
        throw scanner.refusal(.relationships, "has an element that it cannot have")
      }
      let relationship = try Self.read(scanner, source, &identifiers)
      // At most one of a type from one part to another (3MF core specification, 2.1.1).
      guard pairs.insert([relationship.type, relationship.target.key]).inserted else {
        throw scanner.refusal(.relationships, "has two of one type with one target")
      }
      all.append(relationship)
    }
  }

  private static func read(
    _ scanner: XMLScanner, _ source: PartName, _ identifiers: inout Set<String>
  ) throws(MeshRefusal) -> Relationship {
    func value(_ name: String) -> String? {
      scanner.attribute(XMLName.packed(name)).map { scanner.text(of: $0) }
    }
    switch value("TargetMode") {
    case nil, "Internal": break
    case "External":
      throw scanner.refusal(.externalTarget, "has a target outside of the package")
    default: throw scanner.refusal(.relationships, "has an entry that is not well-formed")
    }
    guard let type = value("Type"), let target = value("Target"), let identifier = value("Id"),
      !type.isEmpty, identifiers.insert(identifier).inserted
    else {
      throw scanner.refusal(.relationships, "has an entry that is not complete, or one twice")
    }
    // A colon before the first slash ends a scheme.
    guard !(target.prefix { $0 != "/" }).contains(":"), !target.hasPrefix("//") else {
      throw scanner.refusal(.externalTarget, "has a target outside of the package")
    }
    guard let part = source.resolving(target) else {
      throw scanner.refusal(.relationships, "has a target that is not a part's name")
    }
    return Relationship(type: type, target: part)
  }

  /// The targets of a type, in the order of the list.
  func targets(_ type: String) -> [PartName] {
    all.filter { $0.type == type }.map(\.target)
  }
}

/// Relationship types of 3MF (core specification, appendix C.2; Secure Content, appendix C.2).
enum RelationshipType {
  static let model = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
  static let printTicket = "http://schemas.microsoft.com/3dmanufacturing/2013/01/printticket"
  static let texture = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dtexture"
  static let thumbnail =
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
  static let mustPreserve =
    "http://schemas.openxmlformats.org/package/2006/relationships/mustpreserve"
  static let keyStore = "http://schemas.microsoft.com/3dmanufacturing/2019/04/keystore"
  static let encryptedFile =
    "http://schemas.openxmlformats.org/package/2006/relationships/encryptedfile"
}
