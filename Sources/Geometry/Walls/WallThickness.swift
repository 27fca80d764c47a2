/// How thick a part's walls are, sampled over its surface.
public struct WallThickness: Hashable, Sendable, Codable {
  /// The thinnest places, apart from each other, thinnest first: `minimum` and at most seven more.
  public var places: [WallPlace]
  /// The thickness, in millimetres, that 0, 5, 10 … 100 % of the measured surface does not exceed:
  /// 21 values, or none.
  public var quantiles: [Double]
  /// What was looked at.
  public var coverage: SamplingCoverage

  /// A result from its parts.
  public init(places: [WallPlace], quantiles: [Double], coverage: SamplingCoverage) {
    self.places = places
    self.quantiles = quantiles
    self.coverage = coverage
  }

  /// The thinnest wall found; nil where no two walls face each other, as in a tetrahedron.
  public var minimum: WallPlace? { places.first }

  /// The thickness, in millimetres, that a twentieth of the measured surface does not exceed: what to
  /// go by where one thin edge should not decide.
  public var fifthPercentile: Double? { quantiles.isEmpty ? nil : quantiles[1] }
}

extension WallThickness {
  /// Measures the walls of the mesh in `tree`, which must be closed (`MeshTopology.isClosed`) and face
  /// outwards. Bodies that touch or overlap count as one solid, as a printer takes them.
  ///
  /// At sampled points of the surface the thickness is the diameter of the largest ball inside the solid
  /// that touches the point and that no facing, seen wall reaches into (`InscribedBall`: J. Ma et al.
  /// 2012). It is never less than the distance between two facing walls, exact in the places reported and
  /// at most a hundredth too large elsewhere; between samples a wall can be thinner. A curved wall of
  /// flat facets measures too thin by up to a quarter of the angle between neighbours, in radians: a
  /// hundredth at 64 facets a turn. A wall whose surface is a flat facet larger than
  /// `coverage.areaPerSample`, or any facet of a mesh with half as many facets as samples, is not missed.
  public init(
    of tree: FacetTree, isClosed: Bool, budget: SamplingBudget = SamplingBudget()
  ) throws(NotMeasured) {
    let survey = try WallSurvey(of: tree, side: .inside, isClosed: isClosed, budget: budget)
    self.init(places: survey.places, quantiles: survey.quantiles, coverage: survey.coverage)
  }
}
