internal import Glibc

extension OrientationMeasurement {
  /// Measures the mesh in `tree` standing in each of the orientations.
  ///
  /// The mesh need not be closed, but its facets must face outwards. `centreOfMass`, in millimetres, is
  /// what `tippingMargin` is measured for. The budget's samples are for each orientation, its steps for all
  /// together.
  ///
  /// The space between the overhanging facets and the bed is a sum of prisms, exact. What the part itself
  /// takes away from it is sampled: a ray straight down from each of the budget's points on overhanging
  /// facets, to the first surface below. Bodies that overlap have their areas counted each; a facet
  /// inside another body needs no support.
  public static func measure(
    _ tree: FacetTree, orientations: [BuildOrientation] = BuildOrientation.alongAxes,
    rules: OrientationRules = OrientationRules(), centreOfMass: SIMD3<Double>? = nil,
    budget: SamplingBudget = SamplingBudget(samples: 4_000, steps: 20_000_000)
  ) -> [OrientationMeasurement] {
    let budget = SamplingBudget(
      samples: budget.samples, steps: budget.steps / max(1, orientations.count))
    return orientations.map { orientation in
      let stand = Stand(tree, up: orientation.up, rules: rules)
      let sum = FacetSums(of: tree, on: stand)
      let blocked = BlockedSupport(of: tree, on: stand, budget: budget)
      let volume = tree.unit * tree.unit * tree.unit
      let centre = centreOfMass.map(tree.local)
      return OrientationMeasurement(
        orientation: orientation, height: (stand.top - stand.bed) * tree.unit,
        bedContactArea: sum.contact * tree.unit * tree.unit,
        overhangArea: sum.overhang * tree.unit * tree.unit,
        supportVolume: max(0, sum.prisms - blocked.volume) * volume,
        supportVolumeSampled: blocked.volume * volume, coverage: blocked.coverage,
        tippingMargin: centre.flatMap { sum.footprint.margin(of: $0) }.map { $0 * tree.unit })
    }
  }
}

/// A mesh on its bed, in its tree's frame.
struct Stand {
  let up: SIMD3<Double>
  /// How high the bed and the highest vertex are along `up`.
  let bed: Double
  let top: Double
  /// How high a facet that rests on the bed may reach.
  private let contactHeight: Double
  private let contactCosine: Double
  private let overhangCosine: Double

  enum Role {
    case rests, overhangs, standsFree
  }

  init(_ tree: FacetTree, up: SIMD3<Double>, rules: OrientationRules) {
    var (bed, top) = (Double.infinity, -Double.infinity)
    for point in tree.points {
      let height = dot(point, up)
      bed = min(bed, height)
      top = max(top, height)
    }
    (self.up, self.bed, self.top) = (up, bed, top)
    contactHeight = bed + rules.bedHeight / tree.unit
    contactCosine = cos(rules.bedAngle * .pi / 180)
    // A facet at the very angle is none: single precision turns it by less than this.
    overhangCosine = cos(rules.overhangAngle * .pi / 180) * (1 + 1e-6)
  }

  func height(_ point: SIMD3<Double>) -> Double { dot(point, up) }

  @inline(__always)
  func role(of triangle: Triangle, areaVector: SIMD3<Double>) -> Role {
    let down = -dot(areaVector, up)
    guard down > 0 else { return .standsFree }
    let length = dot(areaVector, areaVector).squareRoot()
    if down >= contactCosine * length,
      max(height(triangle.a), max(height(triangle.b), height(triangle.c))) <= contactHeight
    {
      return .rests
    }
    return down > overhangCosine * length ? .overhangs : .standsFree
  }
}

/// What is summed exactly over all facets, in the tree's frame.
private struct FacetSums {
  var contact = 0.0
  var overhang = 0.0
  /// Between the overhanging facets and the bed.
  var prisms = 0.0
  var footprint: Footprint

  init(of tree: FacetTree, on stand: Stand) {
    var (contact, overhang, prisms) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    footprint = Footprint(up: stand.up)
    for position in 0..<tree.count {
      let triangle = tree.triangle(position)
      let vector = triangle.areaVector
      switch stand.role(of: triangle, areaVector: vector) {
      case .rests:
        contact.add(dot(vector, vector).squareRoot() / 2)
        footprint.add(triangle)
      case .overhangs:
        overhang.add(dot(vector, vector).squareRoot() / 2)
        prisms.add(
          -dot(vector, stand.up) / 2 * (stand.height(triangle.centroid) - stand.bed))
      case .standsFree: break
      }
    }
    (self.contact, self.overhang, self.prisms) = (contact.value, overhang.value, prisms.value)
  }
}

/// What the part takes away from the space between its overhanging facets and the bed.
private struct BlockedSupport {
  /// In the tree's frame.
  private(set) var volume = 0.0
  private(set) var coverage: SamplingCoverage

  init(of tree: FacetTree, on stand: Stand, budget: SamplingBudget) {
    let surface = SurfaceSamples(of: tree, count: budget.samples) { position, vector in
      stand.role(of: tree.triangle(position), areaVector: vector) == .overhangs
        ? -dot(vector, stand.up) / 2 : 0
    }
    coverage = SamplingCoverage(
      samples: surface.samples.count, measured: 0,
      areaPerSample: surface.areaPerSample * tree.unit * tree.unit, steps: 0, isComplete: true)
    var (blocked, shares) = (0.0, 0.0)
    for (number, sample) in surface.samples.enumerated() {
      var steps = StepCounter(limit: budget.allowance(after: number + 1) - coverage.steps)
      let ray = Ray(from: sample.point, along: -stand.up)
      let hit = tree.firstHit(ray, beyond: InscribedBall.nearby, steps: &steps)
      coverage.steps += steps.used
      if steps.isExhausted {
        coverage.isComplete = false
        continue
      }
      coverage.measured += 1
      shares += sample.share
      guard let hit else { continue }
      // A ray that comes out of a body began inside it, where there is no support at all.
      blocked +=
        sample.share
        * (stand.height(sample.point) - stand.bed - (hit.isExit ? 0 : hit.distance))
    }
    if shares > 0 { volume = surface.area * blocked / shares }
  }
}
