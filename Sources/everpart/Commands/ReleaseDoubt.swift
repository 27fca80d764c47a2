import Domain

/// Why a mesh that can be printed may not print as meant. A released revision never changes, so that one is not
/// released by the way: it is left a draft, and a person decides.
enum ReleaseDoubt: String {
  /// Its size is none that is printed, and nobody has said its unit.
  case unitSuspected = "mesh.unit_suspected"
  /// Its surface has a boundary.
  case notClosed = "mesh.not_closed"

  /// - Parameters:
  ///   - mesh: as a broker has measured it.
  ///   - allowOpen: whether a boundary is meant.
  static func found(in mesh: JSONValue, allowOpen: Bool) -> [ReleaseDoubt] {
    let codes = mesh["measurement"]["problems"].elements.map { $0["code"].string }
    let all: [ReleaseDoubt] = allowOpen ? [.unitSuspected] : [.unitSuspected, .notClosed]
    return all.filter { codes.contains($0.rawValue) }
  }

  /// What was not done for these reasons, and what to do next; nil where there are none.
  static func problem(_ doubts: [ReleaseDoubt], of design: JSONValue) -> Problem? {
    guard let first = doubts.first else { return nil }
    let id = design["id"].text
    let reasons = doubts.map(\.reason).joined(separator: ", and ")
    var next = "`everpart brand release \(id)` releases it as it is"
    if doubts.contains(.notClosed) { next += ", and so does --allow-open" }
    next += "."
    if doubts.contains(.unitSuspected) {
      next +=
        " To say the unit, millimeter too, upload it again with --unit, and end this draft: `everpart brand "
        + "withdraw \(id) \(design["revision"]["id"].text) --reason unit`."
    }
    return Problem(
      .conflict, first.rawValue,
      "\(reasons.prefix(1).uppercased())\(reasons.dropFirst()), so the revision was left a draft. \(next)"
    )
  }

  private var reason: String {
    switch self {
    case .unitSuspected: "the part seems to be in another unit than millimetres, which were assumed"
    case .notClosed: "the surface has a boundary"
    }
  }
}
