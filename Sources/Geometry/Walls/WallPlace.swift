/// A place where two walls of a part face each other.
public struct WallPlace: Hashable, Sendable, Codable {
  /// The diameter, in millimetres, of the largest ball that touches the surface in `point` without a
  /// facing wall reaching into it.
  public var distance: Double
  /// Where on the surface, in millimetres.
  public var point: SIMD3<Double>
  /// Where the ball touches the facing wall, in millimetres.
  public var opposite: SIMD3<Double>
  /// The number of the facet that `point` lies on.
  public var facet: Int
  /// The number of the facet that `opposite` lies on.
  public var oppositeFacet: Int

  /// Whether the two walls run together there: what is measured is a sharp edge or an acute corner,
  /// which is as thin as the place is near to it, and no wall or gap of its own.
  public var runsOut: Bool

  private enum CodingKeys: String, CodingKey {
    case distance, point, opposite, facet
    case runsOut = "runs_out"
    case oppositeFacet = "opposite_facet"
  }

  /// A place from its parts.
  public init(
    distance: Double, point: SIMD3<Double>, opposite: SIMD3<Double>, facet: Int,
    oppositeFacet: Int, runsOut: Bool = false
  ) {
    self.distance = distance
    self.point = point
    self.opposite = opposite
    self.facet = facet
    self.oppositeFacet = oppositeFacet
    self.runsOut = runsOut
  }
}
