/// Points spread over a mesh's surface: the same for the same mesh, whatever the order of its facets.
///
/// Systematic sampling (W. Cochran, "Sampling Techniques", 1977, chapter 8) along the tree's Morton curve,
/// where neighbours follow each other: a sample at every n-th part of the running sum of weights. Half
/// of the weight is spread by area and half evenly over the facets, since small things have small
/// facets. So a facet has a sample of its own if its area is at least `areaPerSample`, and every facet
/// has one if there are half as many as samples.
struct SurfaceSamples {
  struct Sample {
    /// The facet, by position in the tree.
    let position: Int
    /// A point inside the facet, in the tree's frame.
    let point: SIMD3<Double>
    /// The facet's outward normal, of length one.
    let normal: SIMD3<Double>
    /// The share of all area that the sample stands for.
    let share: Double
  }

  let samples: [Sample]
  /// In the tree's frame: the sum of the facets' sizes, and the size from which on one has a sample.
  let area: Double
  let areaPerSample: Double

  /// About `count` points on the facets of a tree, spread by their areas.
  init(of tree: FacetTree, count: Int) {
    self.init(of: tree, count: count) { _, vector in dot(vector, vector).squareRoot() / 2 }
  }

  /// About `count` points on the facets of a tree, spread by what `size` says of each, by its position in
  /// the tree and its area vector. Facets of size zero have none.
  init(of tree: FacetTree, count: Int, size: (Int, SIMD3<Double>) -> Double) {
    var area = CompensatedSum()
    var facets = 0
    for position in 0..<tree.count {
      let size = size(position, tree.triangle(position).areaVector)
      area.add(size)
      if size > 0 { facets += 1 }
    }
    self.area = area.value
    areaPerSample = 2 * self.area / Double(count)
    var samples: [Sample] = []
    if facets > 0 { samples.reserveCapacity(count) }
    var reached = 0.0
    for position in 0..<tree.count where facets > 0 {
      let triangle = tree.triangle(position)
      let vector = triangle.areaVector
      let size = size(position, vector)
      guard size > 0 else { continue }
      let weight = (size / self.area + 1 / Double(facets)) / 2
      reached += weight
      var number = 0
      while samples.count < count, reached * Double(count) > Double(samples.count) + 0.5 {
        samples.append(
          Sample(
            position: position, point: Self.point(number, on: triangle),
            normal: vector / dot(vector, vector).squareRoot(),
            share: size / (self.area * weight * Double(count))))
        number += 1
      }
    }
    self.samples = samples
  }

  /// Three points of a facet close to its corners; none if it has no area.
  static func nearCorners(of position: Int, in tree: FacetTree) -> [Sample] {
    let triangle = tree.triangle(position)
    let vector = triangle.areaVector
    guard vector != .zero else { return [] }
    let normal = vector / dot(vector, vector).squareRoot()
    return [triangle.a, triangle.b, triangle.c].map {
      Sample(
        position: position, point: $0 + (triangle.centroid - $0) * 1e-3, normal: normal, share: 0)
    }
  }

  /// The points of an additive sequence that fills the triangle evenly from however many, the centroid
  /// first (M. Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018: the fractional
  /// parts of multiples of 1/g and 1/g², g³ = g + 1), folded from the square.
  private static func point(_ number: Int, on triangle: Triangle) -> SIMD3<Double> {
    var u = 1.0 / 3 + Double(number) * 0.7548776662466927
    var v = 1.0 / 3 + Double(number) * 0.5698402909980532
    u -= u.rounded(.down)
    v -= v.rounded(.down)
    if u + v > 1 { (u, v) = (1 - u, 1 - v) }
    return triangle.a + (triangle.b - triangle.a) * u + (triangle.c - triangle.a) * v
  }
}
