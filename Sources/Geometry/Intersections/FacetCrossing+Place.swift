extension FacetCrossing {
  /// A point that two facets have in common, to rounding: the middle of the stretch in which they
  /// cross, or the centroid of the corners of what they share of a plane.
  func place(of meeting: Meeting, _ first: Int, _ second: Int) -> SIMD3<Double> {
    let a = positions(of: first)
    let b = positions(of: second)
    let place =
      meeting == .overlapping
      ? Self.middle(of: a, overlapping: b)
      : Self.middle(
        Self.stretch(of: a, sides(of: first, to: second), in: b),
        Self.stretch(of: b, sides(of: second, to: first), in: a))
    // Rounding does not take the place out of either facet's box.
    let (low, high) = (Self.box(a), Self.box(b))
    return pointwiseMax(
      pointwiseMin(place, pointwiseMin(low.max, high.max)), pointwiseMax(low.min, high.min))
  }

  private static func box(_ t: Corners) -> Bounds {
    var box = Bounds(min: t.0, max: t.0)
    box.include(t.1)
    box.include(t.2)
    return box
  }

  /// The ends of what a facet has in common with the plane of another.
  private static func stretch(
    of t: Corners,
    _ sides: SIMD3<Int>,
    in plane: Corners
  ) -> [SIMD3<Double>] {
    let corners = [t.0, t.1, t.2]
    let normal = cross(plane.1 - plane.0, plane.2 - plane.0)
    var ends: [SIMD3<Double>] = []
    for corner in 0..<3 {
      let following = (corner + 1) % 3
      if sides[corner] == 0 { ends.append(corners[corner]) }
      if sides[corner] * sides[following] < 0 {
        ends.append(
          between(corners[corner], corners[following]) { dot(normal, $0 - plane.0) })
      }
    }
    return ends
  }

  /// Where the height, of different signs at two points, is zero between them.
  private static func between(
    _ p: SIMD3<Double>,
    _ q: SIMD3<Double>,
    height: (SIMD3<Double>) -> Double
  ) -> SIMD3<Double> {
    let (above, below) = (height(p).magnitude, height(q).magnitude)
    let share = above / (above + below)
    return p + (q - p) * (share.isFinite ? share : 0.5)
  }

  /// The middle of what two stretches of one line have in common.
  private static func middle(
    _ first: [SIMD3<Double>],
    _ second: [SIMD3<Double>]
  ) -> SIMD3<Double> {
    let ends = first + second
    let longest = first.count > 1 && (second.count < 2 || first[0] != first[1]) ? first : second
    let direction = longest[longest.count - 1] - longest[0]
    let sorted = ends.sorted { dot($0 - ends[0], direction) < dot($1 - ends[0], direction) }
    // Four ends mostly; three where one stretch is a point, which is then the middle one.
    let low = sorted[(sorted.count - 1) / 2]
    return low + 0.5 * (sorted[sorted.count / 2] - low)
  }

  /// I. E. Sutherland, G. W. Hodgman, "Reentrant Polygon Clipping", CACM 17 (1974).
  private static func middle(of a: Corners, overlapping b: Corners) -> SIMD3<Double> {
    let normal = cross(a.1 - a.0, a.2 - a.0)
    var polygon = [b.0, b.1, b.2]
    for (from, to) in [(a.0, a.1), (a.1, a.2), (a.2, a.0)] {
      let inward = cross(normal, to - from)
      let height: (SIMD3<Double>) -> Double = { dot(inward, $0 - from) }
      var clipped: [SIMD3<Double>] = []
      for index in polygon.indices {
        let (p, q) = (polygon[index], polygon[(index + 1) % polygon.count])
        if height(p) >= 0 { clipped.append(p) }
        if height(p) * height(q) < 0 { clipped.append(between(p, q, height: height)) }
      }
      // What overlaps by less than the rounding is where both are.
      guard !clipped.isEmpty else { break }
      polygon = clipped
    }
    let origin = polygon[0]
    return origin + polygon.reduce(.zero) { $0 + ($1 - origin) } / Double(polygon.count)
  }
}
