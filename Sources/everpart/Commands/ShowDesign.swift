/// A design, its revision, licence and files, in lines.
func designLines(_ design: JSONValue) -> [String] {
  let (revision, licence) = (design["revision"], design["licence"])
  return [
    "Design    \(design["id"].text)  \(design["name"].text)",
    revisionLine(revision),
    "Licence   \(licence["id"].text)  \(licence["terms"]["authorised_units"].text) units",
  ] + revision["profiles"].elements.map(profileLine) + keyLines(design)
    + (design["preview_in_offers"] == true ? ["Preview   bureaus see it with offers"] : [])
    + design["files"].elements.flatMap { fileLines($0, revision["measurement"]) }
}

/// A revision's state, and what its release waits for.
func revisionLine(_ revision: JSONValue) -> String {
  "Revision  \(revision["id"].text)  \(revision["state"].text)" + approvalsMissing(revision)
}

/// A print profile's name, process and material.
private func profileLine(_ named: JSONValue) -> String {
  let profile = named["profile"]
  return "Profile   \(named["name"].text)  \(profile["process"].text), \(profile["material"].text)"
}

/// Which keys may receive it, where that is not the usual; and what no change of it takes back.
private func keyLines(_ design: JSONValue) -> [String] {
  let released = design["classical_releases"].integer ?? 0
  let times = released == 1 ? "once" : "\(released) times"
  if design["pq_only"] == false {
    return ["Keys      classical ones, too" + (released > 0 ? "; released to such \(times)" : "")]
  }
  return released == 0
    ? []
    : [
      Terminal.paint(
        "Keys      post-quantum only; released to classical ones \(times) before, which nothing undoes",
        .yellow)
    ]
}

/// What a draft's release waits for, when some of the brand's keys have approved it.
private func approvalsMissing(_ revision: JSONValue) -> String {
  guard let required = revision["approvals_required"].integer,
    case let given = revision["approvals"].elements.count, given > 0
  else { return "" }
  return ", approved by \(given) of \(required) keys: release it with another key"
}

/// A file's name, sizes and problems; no volume where the surface encloses none.
///
/// - Parameter measuring: how far the broker is with the revision's mesh.
private func fileLines(_ file: JSONValue, _ measuring: JSONValue) -> [String] {
  guard file["purpose"] == "geometry" else {
    let size = ProgressBar.size(Int(file["bytes"].integer ?? 0))
    return ["File      \(file["name"].text)  \(file["purpose"].text), \(size)"]
  }
  let measured = file["measurement"]
  guard measured != .null else {
    let standing = Measuring.words(for: measuring)
    return ["File      \(file["name"].text)  \(standing)"]
      + (measuring["detail"].string.map {
        [Terminal.paint("          \(Terminal.plain($0))", .yellow)]
      } ?? [])
  }
  let read = measured["unit"].string ?? "millimeter"
  let unit = read == "millimeter" ? "" : ", read in \(read)"
  let size = measured["size_mm"].elements.map(\.text).joined(separator: " × ") + " mm"
  let volume = hasBoundary(file) ? "" : ", \(measured["volume_mm3"].text) mm³"
  let triangles =
    switch measured["measured_by"].string {
    case "brand": "\(measured["format"].text), as its brand says"
    case "converter":
      "\(measured["format"].text), \(measured["triangles"].text) triangles converted"
    default: "\(measured["triangles"].text) triangles"
    }
  return ["File      \(file["name"].text)  \(triangles), \(size)\(volume)\(unit)"]
    + measured["problems"].elements.map {
      Terminal.paint("          \($0["code"].text): \($0["message"].text)", .yellow)
    }
}

/// Whether the broker found a boundary in a file's surface.
func hasBoundary(_ file: JSONValue) -> Bool {
  file["measurement"]["problems"].elements.contains { $0["code"] == "mesh.not_closed" }
}
