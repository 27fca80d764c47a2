/// Cuts polygons in space into triangles over their corners.
///
/// A polygon is looked at along its normal (M. Newell's, the sum of its corners' cross products), with
/// the coordinate dropped along which that is longest; so the test is exact about which corners there
/// are, and a polygon that is not quite planar gets the triangles of its shadow, spanned between its real
/// corners. A polygon with corners that all turn the same way is cut into a fan from its first one; any
/// other by ear clipping (G. H. Meisters, "Polygons have ears", American Mathematical Monthly 82
/// (1975)), which also copes with holes that are joined to the outline by a bridge. One that crosses
/// itself has no right triangles; it gets some.
///
/// Whatever it is, the triangles of n corners are n − 2, and walk each side of the polygon once as the
/// polygon does and each diagonal once either way: a surface that is closed by polygons is closed by the
/// triangles.
public struct PolygonTriangulator: Sendable {
  /// What ear clipping may still cost, in tests of a corner against a triangle. In the worst case a
  /// polygon costs its corners squared; each brings 256 tests a corner of its own.
  private var allowance: Int
  private var points: [SIMD2<Double>] = []
  private var next: [Int] = []
  private var previous: [Int] = []
  private var reflex: [Int] = []

  /// `allowance` is for all polygons together, beyond what each brings.
  public init(allowance: Int = 1 << 26) {
    self.allowance = allowance
  }

  /// Hands triangles over a polygon's corners, by their places in `polygon`, to `emit`. There must be at
  /// least three corners, finite ones. False if that would cost more than is allowed.
  public mutating func triangulate(
    _ polygon: [SIMD3<Double>],
    _ emit: (Int, Int, Int) -> Void
  ) -> Bool {
    allowance += 256 * polygon.count
    guard polygon.count > 3 else {
      emit(0, 1, 2)
      return true
    }
    guard project(polygon), !isStrictlyConvex else {
      for corner in 2..<polygon.count { emit(0, corner - 1, corner) }
      return true
    }
    return clipEars(emit)
  }

  /// False for a polygon without area, in which no direction is better than another.
  private mutating func project(_ polygon: [SIMD3<Double>]) -> Bool {
    let origin = polygon[0]
    var normal = SIMD3<Double>.zero
    for corner in 2..<polygon.count {
      normal += cross(polygon[corner - 1] - origin, polygon[corner] - origin)
    }
    let size = SIMD3(normal.x.magnitude, normal.y.magnitude, normal.z.magnitude)
    guard size.max() > 0, size.max().isFinite else { return false }
    let axis = size.x == size.max() ? 0 : size.y == size.max() ? 1 : 2
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
    points.removeAll(keepingCapacity: true)
    for corner in polygon {
      let point = corner - origin
      points.append(normal[axis] > 0 ? SIMD2(point[u], point[v]) : SIMD2(point[v], point[u]))
    }
    return true
  }

  /// Whether every corner turns left and the outline turns once: along it, x changes direction twice.
  private var isStrictlyConvex: Bool {
    let count = points.count
    var changes = 0
    var direction = 0.0
    for corner in 0..<(count + 2) {
      let a = points[corner % count]
      let b = points[(corner + 1) % count]
      guard corner >= count || turn(a, b, points[(corner + 2) % count]) > 0 else { return false }
      let step = b.x - a.x
      if step != 0 {
        if direction * step < 0 { changes += 1 }
        direction = step < 0 ? -1 : 1
      }
    }
    return changes <= 3
  }

  private mutating func clipEars(_ emit: (Int, Int, Int) -> Void) -> Bool {
    let count = points.count
    next = (0..<count).map { ($0 + 1) % count }
    previous = (0..<count).map { ($0 + count - 1) % count }
    reflex = (0..<count).filter { turn(at: $0) <= 0 }
    var left = count
    var corner = 0
    var failures = 0
    while left > 3 {
      // After a round without an ear the polygon crosses itself; then any corner has to do.
      if failures > left || isEar(corner) {
        emit(previous[corner], corner, next[corner])
        next[previous[corner]] = next[corner]
        previous[next[corner]] = previous[corner]
        next[corner] = -1
        left -= 1
        failures = 0
        dropReflex()
        // Where an ear was is often the next one: in a spiral it is nowhere else.
        corner = previous[corner]
      } else {
        failures += 1
        corner = next[corner]
      }
      allowance -= reflex.count + 1
      guard allowance >= 0 else { return false }
    }
    emit(previous[corner], corner, next[corner])
    return true
  }

  /// Whether the triangle at a corner lies inside the polygon: it turns left, and none of the corners
  /// that do not is in it or on it, but for those that coincide with one of its own.
  private func isEar(_ corner: Int) -> Bool {
    let (a, b, c) = (points[previous[corner]], points[corner], points[next[corner]])
    guard turn(a, b, c) > 0 else { return false }
    for other in reflex {
      let point = points[other]
      if turn(a, b, point) >= 0, turn(b, c, point) >= 0, turn(c, a, point) >= 0,
        point != a, point != b, point != c
      {
        return false
      }
    }
    return true
  }

  /// Forgets corners that were clipped or turn left by now; none begins to turn right.
  private mutating func dropReflex() {
    var kept = 0
    for place in reflex.indices {
      let corner = reflex[place]
      guard next[corner] >= 0, turn(at: corner) <= 0 else { continue }
      reflex[kept] = corner
      kept += 1
    }
    reflex.removeLast(reflex.count - kept)
  }

  private func turn(at corner: Int) -> Double {
    turn(points[previous[corner]], points[corner], points[next[corner]])
  }

  /// Positive if the way from a by b to c turns left.
  @inline(__always)
  private func turn(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Double {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  }
}
