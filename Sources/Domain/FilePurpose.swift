/// What a file of a revision is for.
public enum FilePurpose: String, Hashable, Sendable, Codable, CaseIterable {
  /// The shape that is printed: a mesh, or a STEP file. Every released revision has exactly one.
  case geometry
  /// What the bureau's people look at.
  case drawing
  /// How the printed part is measured, where the print profile does not say all.
  case inspectionPlan = "inspection_plan"

  /// The media types that a file of this purpose may have; the first is the usual one.
  public var mediaTypes: [String] {
    switch self {
    case .geometry: Self.meshTypes.flatMap(\.mediaTypes) + ["application/octet-stream"]
    case .drawing: ["application/pdf"]
    case .inspectionPlan: ["application/pdf", "text/csv", "application/json"]
    }
  }

  /// The media types of the geometry formats, the usual one first (IANA's `model` tree, and what is used
  /// where it has none), by how their files' names end.
  private static let meshTypes: [(ending: String, mediaTypes: [String])] = [
    ("stl", ["model/stl", "application/sla", "application/vnd.ms-pki.stl"]),
    ("obj", ["model/obj"]),
    ("ply", ["model/ply", "application/ply"]),
    ("3mf", ["model/3mf", "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"]),
    ("step", ["model/step", "application/step"]),
  ]

  /// How the name of a mesh file ends by its media type: `3mf`. Nil for a type that any may have.
  public static func meshEnding(ofMediaType type: String) -> String? {
    meshTypes.first { $0.mediaTypes.contains(type) }?.ending
  }

  /// The media type of a file of this purpose whose sender says none: by the ending of its name, or the
  /// usual one.
  public func mediaType(ofFileNamed name: String) -> String {
    var ending = name.split(separator: ".").last.map { $0.lowercased() }
    if ending == "stp" { ending = "step" }
    return mediaTypes.first {
      (Self.meshEnding(ofMediaType: $0) ?? Self.documentEnding(ofMediaType: $0)) == ending
    } ?? mediaTypes[0]
  }

  /// How the name of a document ends by its media type: `pdf`. Nil for what is no document.
  public static func documentEnding(ofMediaType type: String) -> String? {
    switch type {
    case "application/pdf": "pdf"
    case "text/csv": "csv"
    case "application/json": "json"
    default: nil
    }
  }
}
