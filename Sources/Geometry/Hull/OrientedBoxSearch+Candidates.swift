extension OrientedBoxSearch {
  /// Directions to try: across faces, the largest first; then across pairs of edges, the longest first;
  /// as many of each as half the budget.
  mutating func candidates() -> [SIMD3<Double>] {
    let faces = hull.faces
    let sizes = (0..<faces.count).map { face -> Double in
      let area = areaVector(of: face)
      return dot(area, area)
    }
    let largest = (0..<faces.count).sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    let half = Self.directionsMax / 2
    var candidates = largest.prefix(half).compactMap { normal(of: $0) }

    let vectors = faces.edges.map {
      hull.mesh.vertices[Int($0.high)] - hull.mesh.vertices[Int($0.low)]
    }
    let lengths = vectors.map { dot($0, $0) }
    let longest = vectors.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    // The triangle of pairs among the longest edges that fits.
    var count = 0
    while count < longest.count, (count + 1) * count / 2 <= half { count += 1 }
    if faces.count > half || longest.count > count { isExhaustive = false }
    for second in 0..<count {
      for first in 0..<second {
        let (p, q) = (vectors[longest[first]], vectors[longest[second]])
        // Edges that are parallel to rounding span no plane.
        if let p = p.unit, let q = q.unit, cross(p, q).largestMagnitude > 1e-9,
          let axis = cross(p, q).unit
        {
          candidates.append(axis)
        }
      }
    }
    return candidates
  }

  /// The outward unit vector across a face.
  func normal(of face: Int) -> SIMD3<Double>? { areaVector(of: face).unit }

  /// Across a face, outward, twice its area long.
  private func areaVector(of face: Int) -> SIMD3<Double> {
    let polygon = hull.faces[face]
    let points = hull.mesh.vertices
    let origin = points[Int(polygon[polygon.startIndex])]
    var vector = SIMD3<Double>.zero
    for (corner, following) in zip(polygon.dropFirst(), polygon.dropFirst(2)) {
      vector += cross(points[Int(corner)] - origin, points[Int(following)] - origin)
    }
    return vector
  }

  /// The smallest box with a side across `axis`, over a set of points, and its volume.
  static func smallest(
    along axis: SIMD3<Double>,
    over points: [SIMD3<Double>]
  ) -> (frame: BoxFrame, volume: Double) {
    let u = across(axis) ?? SIMD3(1, 0, 0)
    let v = cross(axis, u)
    let origin = points.first ?? .zero
    var (low, high) = (0.0, 0.0)
    let outline = points.map { point -> SIMD2<Double> in
      let offset = point - origin
      let height = dot(offset, axis)
      low = min(low, height)
      high = max(high, height)
      return SIMD2(dot(offset, u), dot(offset, v))
    }
    let polygon = PlanarHull.corners(of: outline).map { outline[$0] }
    let (direction, area) = smallestRectangle(around: polygon)
    let first = direction.x * u + direction.y * v
    return (BoxFrame(axes: [first, cross(axis, first), axis]), area * (high - low))
  }

  /// The direction of a side of the smallest rectangle around a convex polygon, and its area. Every side
  /// of the polygon is tried on every corner: corners closer than the rounding would mislead callipers
  /// that rotate.
  private static func smallestRectangle(
    around polygon: [SIMD2<Double>]
  ) -> (direction: SIMD2<Double>, area: Double) {
    var best = (direction: SIMD2(1.0, 0.0), area: Double.infinity)
    for index in polygon.indices {
      let side = polygon[(index + 1) % polygon.count] - polygon[index]
      let scale = max(side.x.magnitude, side.y.magnitude)
      guard scale > 0 else { continue }
      let scaled = side / scale
      let direction = scaled / (scaled * scaled).sum().squareRoot()
      let across = SIMD2(-direction.y, direction.x)
      var low = SIMD2(repeating: Double.infinity)
      var high = -low
      for corner in polygon {
        let offset = corner - polygon[index]
        let place = SIMD2((offset * direction).sum(), (offset * across).sum())
        low = pointwiseMin(low, place)
        high = pointwiseMax(high, place)
      }
      let size = high - low
      if size.x * size.y < best.area { best = (direction, size.x * size.y) }
    }
    return best.area.isFinite ? best : (best.direction, 0)
  }

  /// A unit vector at right angles to another.
  static func across(_ axis: SIMD3<Double>) -> SIMD3<Double>? {
    let smallest = min(axis.x.magnitude, axis.y.magnitude, axis.z.magnitude)
    let coordinate: SIMD3<Double> =
      axis.x.magnitude == smallest
      ? SIMD3(1, 0, 0) : axis.y.magnitude == smallest ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1)
    return cross(axis, coordinate).unit
  }
}

extension SIMD3<Double> {
  /// The vector at length one; nil for zero. Scaled first, so that its square neither over- nor
  /// underflows.
  var unit: Self? {
    let largest = largestMagnitude
    guard largest > 0, largest.isFinite else { return nil }
    let scaled = self / largest
    return scaled / (scaled * scaled).sum().squareRoot()
  }
}
