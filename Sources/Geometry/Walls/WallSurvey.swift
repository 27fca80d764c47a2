/// Balls inscribed at many points of a surface, on one side of it.
struct WallSurvey {
  private(set) var distances: WallDistances

  private struct Finding {
    let sample: SurfaceSamples.Sample
    var diameter: Double
    var opposite: SIMD3<Double>
    /// The facet there, by position in the tree.
    var position: Int
    /// Whether the walls run together there.
    var runsOut = false
  }

  private let tree: FacetTree
  private let side: InscribedBall.Side

  /// How much too large a ball may be: a hundredth in the survey, where a ball that touches a whole ring
  /// of small facets need not find the closest of them, and nothing in the places reported.
  private static let coarse = 1e-2
  private static let fine = 1e-7

  init(
    of tree: FacetTree, side: InscribedBall.Side, isClosed: Bool, budget: SamplingBudget
  ) throws(NotMeasured) {
    guard isClosed else { throw .notClosed }
    guard tree.signedVolume > 0 else { throw .insideOut }
    let surface = SurfaceSamples(of: tree, count: budget.samples)
    guard !surface.samples.isEmpty else { throw .noSurface }
    self.tree = tree
    self.side = side
    distances = WallDistances(
      places: [], quantiles: [],
      coverage: SamplingCoverage(
        samples: surface.samples.count, measured: 0,
        areaPerSample: surface.areaPerSample * tree.unit * tree.unit, steps: 0, isComplete: true))

    var findings: [Finding] = []
    for (number, sample) in surface.samples.enumerated() {
      let allowed = budget.allowance(after: number + 1)
      if let finding = finding(at: sample, tolerance: Self.coarse, allowed: allowed) {
        findings.append(finding)
      }
    }
    distances.coverage.measured = findings.count
    let ascending = Self.sorted(findings)
    distances.places = refined(ascending, allowed: budget.steps)
    distances.quantiles = Self.quantiles(ascending).map { $0 * tree.unit }
    // Closer looks may have found less than the samples did.
    if let minimum = distances.minimum {
      distances.quantiles[0] = min(distances.quantiles[0], minimum.distance)
    }
  }

  /// The ball at a sample, if there is one and if no more than `allowed` steps are used in all.
  private mutating func finding(
    at sample: SurfaceSamples.Sample, tolerance: Double, allowed: Int
  ) -> Finding? {
    var steps = StepCounter(limit: allowed - distances.coverage.steps)
    let outcome = InscribedBall.at(
      sample.point, normal: sample.normal, side: side, in: tree, tolerance: tolerance,
      steps: &steps)
    distances.coverage.steps += steps.used
    switch outcome {
    case .found(let diameter, let opposite, let position):
      return Finding(
        sample: sample, diameter: diameter, opposite: opposite, position: position)
    case .unfinished:
      distances.coverage.isComplete = false
      return nil
    case .open, .covered: return nil
    }
  }

  /// By diameter; equal ones stay in the samples' order, whatever the sort does.
  private static func sorted(_ findings: [Finding]) -> [Finding] {
    findings.indices.sorted {
      let (first, second) = (findings[$0].diameter, findings[$1].diameter)
      return first == second ? $0 < $1 : first < second
    }.map { findings[$0] }
  }

  /// The smallest places, looked at again without tolerance and, for the smallest of them, from near the
  /// corners of the two facets: a wall that tapers is thinnest there. Edges that walls run out to have
  /// places of their own, so that a sharp part's do not hide its thin walls.
  private mutating func refined(_ ascending: [Finding], allowed: Int) -> [WallPlace] {
    var closer: [Finding] = []
    var (walls, edges) = (0, 0)
    for rough in ascending.prefix(2048) where walls < 256 {
      let runsOut = runsOut(rough, allowed: allowed)
      if runsOut { edges += 1 } else { walls += 1 }
      guard !runsOut || edges <= 256 else { continue }
      closer.append(
        finding(at: rough.sample, tolerance: Self.fine, allowed: allowed) ?? rough)
      let isClosest = runsOut ? edges <= 32 : walls <= 32
      for position in isClosest ? [rough.sample.position, rough.position] : [] {
        for sample in SurfaceSamples.nearCorners(of: position, in: tree) {
          if let finding = finding(at: sample, tolerance: Self.fine, allowed: allowed) {
            closer.append(finding)
          }
        }
      }
    }
    for index in closer.indices { closer[index].runsOut = runsOut(closer[index], allowed: allowed) }
    let sorted = Self.sorted(closer)
    let chosen = apart(sorted.filter { !$0.runsOut }) + apart(sorted.filter(\.runsOut))
    return Self.sorted(chosen).map {
      WallPlace(
        distance: $0.diameter * tree.unit, point: tree.millimetres($0.sample.point),
        opposite: tree.millimetres($0.opposite), facet: Int(tree.facets[$0.sample.position]),
        oppositeFacet: Int(tree.facets[$0.position]), runsOut: $0.runsOut)
    }
  }

  /// Whether the two walls of a finding run together: their facets share a corner, or towards where their
  /// planes meet they come to less than a third of their distance just before there is no more room between
  /// them.
  private mutating func runsOut(_ finding: Finding, allowed: Int) -> Bool {
    if shareCorner(finding.sample.position, finding.position) { return true }
    guard let other = tree.triangle(finding.position).areaVector.unit else { return false }
    let sum = finding.sample.normal + other
    // Within a tenth of a degree of parallel they meet nowhere near.
    guard dot(sum, sum) > 1.7e-3 * 1.7e-3, let outward = sum.unit else { return false }
    let way = side == .inside ? outward : -outward
    let middle = (finding.sample.point + finding.opposite) / 2
    var steps = StepCounter(limit: allowed - distances.coverage.steps)
    defer { distances.coverage.steps += steps.used }
    let ahead = Ray(from: middle, along: way)
    guard let end = tree.firstHit(ahead, beyond: 0, steps: &steps) else { return false }
    let near = middle + way * (end.distance * 0.95)
    let across = side == .inside ? finding.sample.normal : -finding.sample.normal
    let up = tree.firstHit(Ray(from: near, along: across), beyond: 0, steps: &steps)
    let down = tree.firstHit(Ray(from: near, along: -across), beyond: 0, steps: &steps)
    guard !steps.isExhausted, let up, let down else { return false }
    return up.distance + down.distance < finding.diameter / 3
  }

  private func shareCorner(_ one: Int, _ other: Int) -> Bool {
    let (left, right) = (tree.triangle(one), tree.triangle(other))
    return [left.a, left.b, left.c].contains { [right.a, right.b, right.c].contains($0) }
  }

  /// The smallest eight of which each is further from the smaller ones than its own diameter and than
  /// a tenth of the tree's unit: a twentieth to a tenth of the part.
  private func apart(_ ascending: [Finding]) -> [Finding] {
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
    return chosen
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
