/// The convex hull of the facets that rest on the bed, seen from above.
struct Footprint {
  private let right: SIMD3<Double>
  private let ahead: SIMD3<Double>
  private var points: [SIMD2<Double>] = []

  init(up: SIMD3<Double>) {
    right = up.across ?? SIMD3(1, 0, 0)
    ahead = cross(up, right)
  }

  mutating func add(_ triangle: Triangle) {
    points += [flat(triangle.a), flat(triangle.b), flat(triangle.c)]
  }

  private func flat(_ point: SIMD3<Double>) -> SIMD2<Double> {
    SIMD2(dot(point, right), dot(point, ahead))
  }

  /// How far inside the hull a point stands, seen from above; negative outside of it, nil without a hull.
  func margin(of point: SIMD3<Double>) -> Double? {
    let hull = PlanarHull.corners(of: points).map { points[$0] }
    guard hull.count > 2 else { return nil }
    let place = flat(point)
    var inside = Double.infinity
    var outside = Double.infinity
    for index in hull.indices {
      let start = hull[index]
      let edge = hull[(index + 1) % hull.count] - start
      let offset = place - start
      let length = (edge * edge).sum().squareRoot()
      inside = min(inside, (edge.x * offset.y - edge.y * offset.x) / length)
      let along = min(max((offset * edge).sum() / (length * length), 0), 1)
      let apart = offset - edge * along
      outside = min(outside, (apart * apart).sum().squareRoot())
    }
    return inside >= 0 ? inside : -outside
  }
}
