public import Geometry

/// What measuring finds of a mesh, in numbers alone and in millimetres: ``MeshSummary`` makes the words from it.
public struct MeshFigures: Hashable, Sendable, Codable {
  /// Facets, degenerate ones included.
  public var triangles: Int
  /// Facets with coinciding corners or no area.
  public var degenerateFacets: Int
  /// The box that holds the mesh, in millimetres.
  public var bounds: Bounds
  /// In cubic millimetres; negative where the facets face inwards (`MeshMeasurement.signedVolume`).
  public var signedVolume: Double
  /// In square millimetres.
  public var area: Double
  /// In millimetres; nil unless the mesh is closed and encloses something.
  public var centreOfMass: SIMD3<Double>?
  /// Whether the mesh has no boundary.
  public var isClosed: Bool

  private enum CodingKeys: String, CodingKey {
    case triangles, bounds, area
    case degenerateFacets = "degenerate_facets"
    case signedVolume = "signed_volume"
    case centreOfMass = "centre_of_mass"
    case isClosed = "closed"
  }

  /// What is said of a part that nobody has seen.
  init(triangles: Int, bounds: Bounds, signedVolume: Double, area: Double, isClosed: Bool) {
    (self.triangles, self.bounds, self.isClosed) = (triangles, bounds, isClosed)
    (self.signedVolume, self.area) = (signedVolume, area)
    degenerateFacets = 0
  }

  /// What a pass over all facets has found; refuses one that has seen none.
  init(_ measurement: MeshMeasurement, isClosed: Bool) throws(MeshRefusal) {
    guard let bounds = measurement.bounds else {
      throw MeshRefusal(.empty, "The file has no facets.")
    }
    self.bounds = bounds
    triangles = measurement.triangles
    degenerateFacets = measurement.degenerateFacets
    signedVolume = measurement.signedVolume
    area = measurement.area
    self.isClosed = isClosed
    centreOfMass = isClosed ? measurement.centreOfMass : nil
  }

  /// What a summary was made from.
  public init(_ summary: MeshSummary) {
    let isInverted = summary.problems.contains { $0.code == .inverted }
    triangles = summary.triangles
    degenerateFacets = summary.problems.first { $0.code == .degenerateFacets }?.count ?? 0
    bounds = summary.bounds
    signedVolume = (isInverted ? -1 : 1) * summary.volumeCubicMillimetres
    area = summary.areaSquareMillimetres
    centreOfMass = summary.centreOfMass
    isClosed = summary.isClosed
  }

  /// Of the same mesh with every length multiplied by a factor above zero.
  public func scaled(by factor: Double) -> MeshFigures {
    guard factor != 1 else { return self }
    var scaled = self
    scaled.bounds = Bounds(min: bounds.min * factor, max: bounds.max * factor)
    scaled.signedVolume *= factor * factor * factor
    scaled.area *= factor * factor
    scaled.centreOfMass = centreOfMass.map { $0 * factor }
    return scaled
  }

  /// Whether every number is finite: a mesh whose coordinates are each a number may be too large for its
  /// volume to be one.
  public var isFinite: Bool {
    let centre = centreOfMass ?? .zero
    return [bounds.min, bounds.max, bounds.size, centre].allSatisfy {
      $0.x.isFinite && $0.y.isFinite && $0.z.isFinite
    } && signedVolume.isFinite && area.isFinite
  }

  /// Whether any mesh of so many facets can have these figures. For whoever is told them by somebody else.
  ///
  /// - The area of a facet is at most half of the largest parallelogram in the box, |(bc, ca, ab)|.
  /// - The volume is at most what its surface could enclose as one ball, A^(3/2) / (6√π), however often
  ///   the surface winds around a point: the isoperimetric inequality for currents (F. Almgren, "Optimal
  ///   isoperimetric inequalities", Indiana University Mathematics Journal 35 (1986), theorem 10). It is
  ///   *not* at most the box's: two bodies in one place count twice.
  ///
  /// Both with room for the rounding of sums.
  public var isPossible: Bool {
    let size = bounds.size
    guard isFinite, triangles > 0, (0...triangles).contains(degenerateFacets), size.min() >= 0,
      area >= 0, isClosed || centreOfMass == nil
    else { return false }
    let faces = SIMD3(size.y * size.z, size.z * size.x, size.x * size.y)
    let areaMax = Double(triangles) / 2 * (faces * faces).sum().squareRoot()
    guard area <= areaMax * Self.room, areaMax > 0 || area == 0 else { return false }
    guard isClosed else { return true }
    // What is far from zero or very thin has a volume that is all rounding.
    let rounding = 1e-9 * size.x * size.y * size.z
    return signedVolume.magnitude <= Self.volumeMax(area: area) * Self.room + rounding
  }

  /// What a surface could enclose as one ball.
  static func volumeMax(area: Double) -> Double {
    area * area.squareRoot() / (6 * Double.pi.squareRoot())
  }

  private static let room = 1 + 1e-6
}
