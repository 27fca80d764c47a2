/// Points of a set that span it: two that differ, a third off their line, a fourth off the plane.
///
/// How many there are is exact; which ones is a matter of rounding, and of no consequence.
struct HullSimplex {
  /// Numbers of one to four points; none if there are no points.
  private(set) var points: [Int] = []

  init(of positions: [SIMD3<Double>]) {
    guard !positions.isEmpty else { return }
    var first = 0
    var last = 0
    for index in positions.indices {
      if precedes(positions[index], positions[first]) { first = index }
      if precedes(positions[last], positions[index]) { last = index }
    }
    points = [first]
    let a = positions[first]
    let b = positions[last]
    guard a != b else { return }
    points.append(last)

    guard
      let third = Self.farthest(
        of: positions, by: { cross(b - a, $0 - a).largestMagnitude },
        where: { Projection.opening(a, b, $0) != nil })
    else { return }
    points.append(third)
    let c = positions[third]
    let normal = cross(b - a, c - a)
    guard
      let fourth = Self.farthest(
        of: positions, by: { dot(normal, $0 - a).magnitude },
        where: { Orientation.side(a, b, c, of: $0) != 0 })
    else { return }
    points.append(fourth)
  }

  /// The point with the largest `measure` if it passes the exact test, or else the first that does.
  private static func farthest(
    of positions: [SIMD3<Double>],
    by measure: (SIMD3<Double>) -> Double,
    where test: (SIMD3<Double>) -> Bool
  ) -> Int? {
    var best = 0
    var largest = -1.0
    for (index, position) in positions.enumerated() {
      let value = measure(position)
      if value > largest { (best, largest) = (index, value) }
    }
    return test(positions[best]) ? best : positions.firstIndex(where: test)
  }
}
