/// Balls inscribed at many points of a surface, on one side of it: what `WallThickness` and
/// `SmallestGap` are made of.
struct WallSurvey {
  private(set) var places: [WallPlace] = []
  private(set) var quantiles: [Double] = []
  private(set) var coverage: SamplingCoverage

  private struct Finding {
    let sample: SurfaceSamples.Sample
    var diameter: Double
    var opposite: SIMD3<Double>
    /// The facet there, by position in the tree.
    var position: Int
  }

  /// How much too large a ball may be, except in the places reported.
  private static let tolerance = 1e-3

  init(
    of tree: FacetTree, side: InscribedBall.Side, isClosed: Bool, budget: SamplingBudget
  ) throws(NotMeasured) {
    guard isClosed else { throw .notClosed }
    guard tree.signedVolume > 0 else { throw .insideOut }
    let surface = SurfaceSamples(of: tree, count: budget.samples)
    guard !surface.samples.isEmpty else { throw .noSurface }

    var findings: [Finding] = []
    var used = 0
    var unfinished = 0
    for (number, sample) in surface.samples.enumerated() {
      // Every sample has its share of the steps and what those before it left, so that a hostile
      // corner of a part does not hide the others.
      var steps = StepCounter(limit: budget.allowance(after: number + 1) - used)
      switch InscribedBall.at(
        sample.point, normal: sample.normal, side: side, in: tree, tolerance: Self.tolerance,
        steps: &steps)
      {
      case .found(let diameter, let opposite, let position):
        findings.append(
          Finding(sample: sample, diameter: diameter, opposite: opposite, position: position))
      case .unfinished: unfinished += 1
      case .open, .covered: break
      }
      used += steps.used
    }
    coverage = SamplingCoverage(
      samples: surface.samples.count, measured: findings.count,
      areaPerSample: surface.areaPerSample * tree.unit * tree.unit, steps: used,
      isComplete: unfinished == 0)
    // Equal ones in the samples' order, whatever the sort does.
    let order = findings.indices.sorted {
      let (first, second) = (findings[$0].diameter, findings[$1].diameter)
      return first == second ? $0 < $1 : first < second
    }
    quantiles = Self.quantiles(order.map { findings[$0] }).map { $0 * tree.unit }
    places = Self.places(order.map { findings[$0] }, in: tree)
  }

  /// The smallest balls, each further from the smaller ones than its own diameter and than a twentieth
  /// of the part.
  private static func places(_ ascending: [Finding], in tree: FacetTree) -> [WallPlace] {
    var chosen: [Finding] = []
    for finding in ascending where chosen.count < 8 {
      let apart = max(0.1, finding.diameter)
      let isApart = chosen.allSatisfy {
        let offset = $0.sample.point - finding.sample.point
        let opposite = $0.opposite - finding.sample.point
        return dot(offset, offset) > apart * apart && dot(opposite, opposite) > apart * apart
      }
      if isApart { chosen.append(finding) }
    }
    return chosen.map {
      WallPlace(
        distance: $0.diameter * tree.unit, point: tree.millimetres($0.sample.point),
        opposite: tree.millimetres($0.opposite), facet: Int(tree.facets[$0.sample.position]),
        oppositeFacet: Int(tree.facets[$0.position]))
    }
  }

  /// By area, from 0 to 100 % in steps of five.
  private static func quantiles(_ ascending: [Finding]) -> [Double] {
    guard let last = ascending.last else { return [] }
    let total = ascending.reduce(0) { $0 + $1.sample.share }
    var quantiles: [Double] = []
    var reached = 0.0
    for finding in ascending {
      reached += finding.sample.share
      while quantiles.count < 20, reached > total * Double(quantiles.count) / 20 {
        quantiles.append(finding.diameter)
      }
    }
    while quantiles.count < 21 { quantiles.append(last.diameter) }
    return quantiles
  }
}

extension SamplingBudget {
  /// The steps that may be used once that many samples are done.
  func allowance(after done: Int) -> Int {
    steps / samples * done + steps % samples * done / samples
  }
}

extension FacetTree {
  /// The volume that the facets enclose, in the tree's frame; negative in a mesh turned inside out.
  var signedVolume: Double {
    var sixfold = CompensatedSum()
    for position in 0..<count {
      let triangle = triangle(position)
      sixfold.add(dot(triangle.a, cross(triangle.b, triangle.c)))
    }
    return sixfold.value / 6
  }
}
