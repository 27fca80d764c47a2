/// What a file of a revision is for.
public enum FilePurpose: String, Hashable, Sendable, Codable, CaseIterable {
  /// The shape that is printed: a mesh. Every released revision has exactly one.
  case geometry
  /// What the bureau's people look at.
  case drawing
  /// How the printed part is measured, where the print profile does not say all.
  case inspectionPlan = "inspection_plan"

  /// The media types that a file of this purpose may have; the first is the usual one.
  public var mediaTypes: [String] {
    switch self {
    case .geometry:
      ["model/stl", "application/sla", "application/vnd.ms-pki.stl", "application/octet-stream"]
    case .drawing: ["application/pdf"]
    case .inspectionPlan: ["application/pdf", "text/csv", "application/json"]
    }
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
