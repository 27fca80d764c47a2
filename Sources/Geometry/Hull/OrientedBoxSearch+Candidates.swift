extension OrientedBoxSearch {
  /// Directions to try: across faces, the largest first; then across pairs of edges, the longest first;
  /// as many of each as half the budget.
  mutating func candidates() -> [SIMD3<Double>] {
    let faces = hull.faces
    let sizes = (0..<faces.count).map { face -> Double in
      let area = areaVector(of: face)
      return dot(area, area)
    }
    let half = Self.directionsMax / 2
    var candidates = sizes.largest(half).compactMap { normal(of: $0) }

    let vectors = faces.edges.map {
      hull.mesh.vertices[Int($0.high)] - hull.mesh.vertices[Int($0.low)]
    }
    // The triangle of pairs among the longest edges that fits.
    var count = 0
    while count < vectors.count, (count + 1) * count / 2 <= half { count += 1 }
    let longest = vectors.map { dot($0, $0) }.largest(count)
    if faces.count > half || vectors.count > count { isExhaustive = false }
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
    let u = axis.across ?? SIMD3(1, 0, 0)
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

  /// The direction of a side of the smallest rectangle around a convex polygon, and its area: every side is
  /// tried, with callipers that rotate (G. Toussaint, "Solving geometric problems with the rotating
  /// calipers", MELECON 1983). They advance by the directions of edges, which are precise for ends that
  /// are close to each other too, where comparing the ends' heights would let them rest too soon.
  private static func smallestRectangle(
    around polygon: [SIMD2<Double>]
  ) -> (direction: SIMD2<Double>, area: Double) {
    var best = (direction: SIMD2(1.0, 0.0), area: Double.infinity)
    let count = polygon.count
    func edge(_ index: Int) -> SIMD2<Double> {
      polygon[(index + 1) % count] - polygon[index % count]
    }
    // The corners farthest along the side, across it, and back along it.
    var (ahead, aside, behind) = (0, 0, 0)
    for index in 0..<count {
      let side = edge(index)
      let scale = max(side.x.magnitude, side.y.magnitude)
      guard scale > 0 else { continue }
      let scaled = side / scale
      let direction = scaled / (scaled * scaled).sum().squareRoot()
      let across = SIMD2(-direction.y, direction.x)
      let last = index + count
      ahead = max(ahead, index + 1)
      while ahead < last, (edge(ahead) * direction).sum() > 0 { ahead += 1 }
      aside = max(aside, ahead)
      while aside < last, (edge(aside) * across).sum() > 0 { aside += 1 }
      behind = max(behind, aside)
      while behind < last, (edge(behind) * direction).sum() < 0 { behind += 1 }
      let length = ((polygon[ahead % count] - polygon[behind % count]) * direction).sum()
      let width = ((polygon[aside % count] - polygon[index]) * across).sum()
      if length * width < best.area { best = (direction, length * width) }
    }
    return best.area.isFinite ? best : (best.direction, 0)
  }
}

extension [Double] {
  /// The places of the largest numbers, largest first, of equal ones the first; `most` of them. Numbers
  /// are not below zero. Time n log `most`.
  func largest(_ most: Int) -> [Int] {
    var places: [Int] = []
    var bound = -1.0
    func trim() {
      places.sort { (self[$0], $1) > (self[$1], $0) }
      places.removeLast(Swift.max(0, places.count - most))
    }
    for place in indices where self[place] > bound {
      places.append(place)
      guard places.count == 2 * most else { continue }
      trim()
      bound = places.last.map { self[$0] } ?? .infinity
    }
    trim()
    return places
  }
}
