/// The convex hull of the facets that rest on the bed, seen from above.
struct Footprint {
  private let right: SIMD3<Double>
  private let ahead: SIMD3<Double>
  private var points: [SIMD2<Double>] = []

  init(up: SIMD3<Double>) {
    // Across the axis that is furthest from up.
    let size = SIMD3(up.x.magnitude, up.y.magnitude, up.z.magnitude)
    let axis =
      size.x <= size.y && size.x <= size.z
      ? SIMD3(1.0, 0, 0) : size.y <= size.z ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1)
    let side = cross(up, axis)
    right = side / dot(side, side).squareRoot()
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
    let hull = hull()
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

  /// Anticlockwise, without points on its edges (A. Andrew, "Another efficient algorithm for convex hulls in
  /// two dimensions", Information Processing Letters 9, 1979).
  private func hull() -> [SIMD2<Double>] {
    let sorted = points.sorted { $0.x == $1.x ? $0.y < $1.y : $0.x < $1.x }
    func chain(_ points: some Sequence<SIMD2<Double>>) -> [SIMD2<Double>] {
      var chain: [SIMD2<Double>] = []
      for point in points {
        while chain.count > 1 {
          let edge = chain[chain.count - 1] - chain[chain.count - 2]
          let offset = point - chain[chain.count - 2]
          if edge.x * offset.y - edge.y * offset.x > 0 { break }
          chain.removeLast()
        }
        chain.append(point)
      }
      return Array(chain.dropLast())
    }
    return chain(sorted) + chain(sorted.reversed())
  }
}
