public import Geometry

/// What one pass in constant memory says of a mesh file; JSON with the keys in `CodingKeys`.
public struct MeshSummary: Hashable, Sendable, Codable {
  /// The file's format.
  public let format: MeshFormat
  /// "mm": STL has no units, so millimetres are assumed.
  public let units: String
  /// Facets, degenerate ones included.
  public let triangles: Int
  /// The bounds' edges along x, y, z, in millimetres.
  public let size: SIMD3<Double>
  /// The box that holds the mesh, in millimetres.
  public let bounds: Bounds
  /// The enclosed volume in cubic millimetres, never negative; without meaning unless `isClosed`.
  public let volumeCubicMillimetres: Double
  /// The surface in square millimetres.
  public let areaSquareMillimetres: Double
  /// The centre of mass at even density, in millimetres; nil unless the mesh is closed and encloses
  /// something.
  public let centreOfMass: SIMD3<Double>?
  /// Whether the mesh has no boundary: every edge is walked as often one way as the other.
  public let isClosed: Bool
  /// What may keep the mesh from printing as meant.
  public let problems: [MeshProblem]

  enum CodingKeys: String, CodingKey {
    case format, units, triangles
    case size = "size_mm"
    case bounds = "bounds_mm"
    case volumeCubicMillimetres = "volume_mm3"
    case areaSquareMillimetres = "area_mm2"
    case centreOfMass = "centre_of_mass_mm"
    case isClosed = "closed"
    case problems
  }

  /// Refuses a measurement of no facet.
  init(
    format: MeshFormat,
    measurement: MeshMeasurement,
    isClosed: Bool
  ) throws(MeshRefusal) {
    guard let bounds = measurement.bounds else {
      throw MeshRefusal(.empty, "The file has no facets.")
    }
    self.format = format
    units = "mm"
    triangles = measurement.triangles
    size = bounds.size
    self.bounds = bounds
    volumeCubicMillimetres = measurement.signedVolume.magnitude
    areaSquareMillimetres = measurement.area
    self.isClosed = isClosed
    centreOfMass = isClosed ? measurement.centreOfMass : nil
    problems = MeshProblem.found(in: measurement, isClosed: isClosed)
  }
}
