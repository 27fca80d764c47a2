/// How far walls are apart that face each other, sampled over a part's surface: through its material, how
/// thick it is; across the air outside, how wide its slots, holes and cavities are, and the space between
/// bodies. Powder or resin must leave through them, and what is too close fuses.
public struct WallDistances: Hashable, Sendable, Codable {
  /// The closest places, apart from each other, closest first: at most eight, and at most eight more where
  /// walls run out (`WallPlace.runsOut`).
  public var places: [WallPlace]
  /// The distance, in millimetres, that 0, 5, 10 … 100 % of the surface that faces another wall does not
  /// exceed: 21 values, or none.
  public var quantiles: [Double]
  /// What was looked at; samples that it does not call measured face no wall.
  public var coverage: SamplingCoverage

  /// A result from its parts.
  public init(places: [WallPlace], quantiles: [Double], coverage: SamplingCoverage) {
    self.places = places
    self.quantiles = quantiles
    self.coverage = coverage
  }

  /// The smallest distance found; nil where no two walls face each other: through material in a
  /// tetrahedron, across air on any convex part.
  public var minimum: WallPlace? { places.first }

  /// The distance, in millimetres, that a twentieth of the measured surface does not exceed: what to
  /// go by where one thin edge should not decide.
  public var fifthPercentile: Double? { quantiles.isEmpty ? nil : quantiles[1] }
}

extension WallDistances {
  /// Measures how thick the walls are of the mesh in `tree`, which must be closed (`MeshTopology.isClosed`)
  /// and face outwards. Bodies that touch or overlap count as one solid, as a printer takes them.
  ///
  /// At sampled points of the surface the thickness is the diameter of the largest ball inside the solid
  /// that touches the point and that no facing, seen wall reaches into (`InscribedBall`: J. Ma et al.
  /// 2012). It is never less than the distance between two facing walls, exact in the places reported and
  /// at most a hundredth too large elsewhere; between samples a wall can be thinner. A curved wall of
  /// flat facets measures too thin by up to a quarter of the angle between neighbours, in radians: a
  /// hundredth at 64 facets a turn. A wall whose surface is a flat facet larger than
  /// `coverage.areaPerSample`, or any facet of a mesh with half as many facets as samples, is not missed.
  public static func thickness(
    of tree: FacetTree, isClosed: Bool, budget: SamplingBudget = SamplingBudget()
  ) throws(NotMeasured) -> Self {
    try WallSurvey(of: tree, side: .inside, isClosed: isClosed, budget: budget).distances
  }

  /// Measures the gaps of the mesh in `tree`, in the way of `thickness` and under the same conditions, with
  /// balls in the air outside. The gap in a round hole or channel is its diameter. Bodies that touch face
  /// to face have no gap: printed, they are one.
  public static func gaps(
    of tree: FacetTree, isClosed: Bool, budget: SamplingBudget = SamplingBudget()
  ) throws(NotMeasured) -> Self {
    try WallSurvey(of: tree, side: .outside, isClosed: isClosed, budget: budget).distances
  }
}
