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
