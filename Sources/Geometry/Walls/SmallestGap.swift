/// How close walls come to each other across the air outside: slots, holes, cavities, and the space
/// between bodies. Powder or resin must leave through them, and what is too close fuses.
///
/// The gap in a round hole or channel is its diameter.
public struct SmallestGap: Hashable, Sendable, Codable {
  /// The narrowest places, apart from each other, narrowest first: `minimum` and at most seven more.
  public var places: [WallPlace]
  /// The gap, in millimetres, that 0, 5, 10 … 100 % of the surface that faces another wall does not
  /// exceed: 21 values, or none.
  public var quantiles: [Double]
  /// What was looked at; the samples it does not call measured look into the open.
  public var coverage: SamplingCoverage

  /// A result from its parts.
  public init(places: [WallPlace], quantiles: [Double], coverage: SamplingCoverage) {
    self.places = places
    self.quantiles = quantiles
    self.coverage = coverage
  }

  /// The narrowest gap found; nil where no two walls face each other across air, as on any convex part.
  public var minimum: WallPlace? { places.first }
}

extension SmallestGap {
  /// Measures the gaps of the mesh in `tree`, which must be closed (`MeshTopology.isClosed`) and face
  /// outwards, in the way of `WallThickness`, with balls in the air outside. Bodies that touch face to face
  /// have no gap: printed, they are one.
  public init(
    of tree: FacetTree, isClosed: Bool, budget: SamplingBudget = SamplingBudget()
  ) throws(NotMeasured) {
    let survey = try WallSurvey(of: tree, side: .outside, isClosed: isClosed, budget: budget)
    self.init(places: survey.places, quantiles: survey.quantiles, coverage: survey.coverage)
  }
}
