public import Geometry

/// Everything that `everpart inspect --json` says of a mesh file; JSON with the keys in `CodingKeys`.
public struct MeshInspection: Hashable, Sendable {
  /// What one pass says, without its problems.
  public let summary: MeshSummary
  /// Distinct vertices; nil where the mesh was too large to weld.
  public let vertices: Int?
  /// Whether every edge lies in exactly two opposed facets; nil where the mesh was too large to weld.
  public let isWatertight: Bool?
  /// Connected components over shared edges; nil where the mesh was too large to weld.
  public let shells: Int?
  /// What may keep the mesh from printing as meant.
  public let problems: [MeshProblem]
  /// How the facets hang together; nil where the mesh was too large to weld.
  public let topology: MeshTopology?

  /// What one pass and welding say together.
  public init(summary: MeshSummary, topology: MeshTopology?) {
    self.summary = summary
    self.topology = topology
    vertices = topology?.vertices
    isWatertight = topology?.isWatertight
    shells = topology?.shells
    if let topology {
      problems =
        MeshProblem.found(in: topology) + summary.problems.filter { $0.code != .notClosed }
    } else {
      let unwelded = MeshProblem(
        .notWelded,
        "Too many triangles to weld: vertices, shells and watertightness are not known.",
        count: summary.triangles
      )
      problems = [unwelded] + summary.problems
    }
  }
}

extension MeshInspection: Encodable {
  private enum CodingKeys: String, CodingKey {
    case format, units, unit, triangles, vertices
    case unitSource = "unit_source"
    case size = "size_mm"
    case bounds = "bounds_mm"
    case volume = "volume_mm3"
    case area = "area_mm2"
    case centreOfMass = "centre_of_mass_mm"
    case isClosed = "closed"
    case isWatertight = "watertight"
    case shells, problems
    case measuredBy = "measured_by"
  }

  /// Writes one flat object; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(summary.format, forKey: .format)
    try object.encode(summary.units, forKey: .units)
    try object.encode(summary.unit, forKey: .unit)
    try object.encode(summary.unitSource, forKey: .unitSource)
    try object.encode(summary.triangles, forKey: .triangles)
    try object.encode(vertices, forKey: .vertices)
    try object.encode(summary.size, forKey: .size)
    try object.encode(summary.bounds, forKey: .bounds)
    try object.encode(summary.volumeCubicMillimetres, forKey: .volume)
    try object.encode(summary.areaSquareMillimetres, forKey: .area)
    try object.encode(summary.centreOfMass, forKey: .centreOfMass)
    try object.encode(summary.isClosed, forKey: .isClosed)
    try object.encode(isWatertight, forKey: .isWatertight)
    try object.encode(shells, forKey: .shells)
    try object.encode(problems, forKey: .problems)
    try object.encodeIfPresent(summary.measuredBy, forKey: .measuredBy)
  }
}
