public import Geometry

/// What one pass in constant memory says of a mesh file; JSON with the keys in `CodingKeys`.
public struct MeshSummary: Hashable, Sendable, Codable {
  /// The file's format.
  public let format: MeshFormat
  /// "mm": what the sizes below are in, whatever the file's coordinates are in.
  public let units: String
  /// The unit that the file's coordinates were read in.
  public let unit: LengthUnit
  /// Who says that it is this unit.
  public let unitSource: UnitSource
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
  /// Who says the sizes of a file that has no facets; nil where they are those of the file's own.
  public let measuredBy: MeasuredBy?

  enum CodingKeys: String, CodingKey {
    case format, units, unit, triangles
    case unitSource = "unit_source"
    case size = "size_mm"
    case bounds = "bounds_mm"
    case volumeCubicMillimetres = "volume_mm3"
    case areaSquareMillimetres = "area_mm2"
    case centreOfMass = "centre_of_mass_mm"
    case isClosed = "closed"
    case problems
    case measuredBy = "measured_by"
  }

  /// What figures say, with the problems in words.
  ///
  /// - Parameter figures: in millimetres already.
  public init(
    format: MeshFormat, unit: LengthUnit, source: UnitSource, figures: MeshFigures,
    measuredBy: MeasuredBy? = nil
  ) {
    self.format = format
    self.measuredBy = measuredBy
    units = "mm"
    self.unit = unit
    unitSource = source
    triangles = figures.triangles
    bounds = figures.bounds
    size = bounds.size
    volumeCubicMillimetres = figures.signedVolume.magnitude
    areaSquareMillimetres = figures.area
    isClosed = figures.isClosed
    centreOfMass = figures.centreOfMass
    // Who has said the unit, or whose file does, knows it.
    let suspicion =
      source == .assumed ? UnitSuspicion(size: figures.bounds.size, readAs: unit) : nil
    problems =
      MeshProblem.found(in: figures)
      + (suspicion.map { [MeshProblem(.unitSuspected, $0.message, count: 1)] } ?? [])
  }
}
