/// On which side of a line or a plane a point lies: exact, whatever the rounding.
///
/// Computed in double precision first; where the result is smaller than a bound of its error, in twice
/// that; and where that does not decide either, as an exact sum. Bounds: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
/// Geometric Predicates" (1997), sections 4.2 and 4.3, rounded up to powers of two, which also covers
/// that the bound's own product is rounded.
///
/// Every coordinate must be zero or of a magnitude from 2^−297 to 2^300 (`inRange`): then each
/// product of three is a multiple of 2^−1050 and below 2^903, and nothing underflows or overflows.
enum Orientation {
  /// The point with its coordinates cut to what the predicates are exact for: below 2^−297
  /// millimetres (10^−90) is zero, and above 2^300 is 2^300.
  static func inRange(_ point: SIMD3<Double>) -> SIMD3<Double> {
    let limit = SIMD3(repeating: 0x1p300)
    let cut = pointwiseMin(pointwiseMax(point, -limit), limit)
    let tiny = (cut .< 0x1p-297) .& (cut .> -0x1p-297)
    // −0 + 0 is +0.
    return cut.replacing(with: 0, where: tiny) + SIMD3(repeating: 0)
  }

  /// 1 if `d` is on the side of the plane through a, b and c from which they run anticlockwise, −1 on
  /// the other side, 0 in the plane: the sign of (b − a) × (c − a) · (d − a).
  @inline(__always)
  static func side(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>
  ) -> Int {
    let (value, bound) = approximateSide(a, b, c, of: d)
    if value > bound { return 1 }
    if value < -bound { return -1 }
    if bound == 0 { return 0 }
    return exactSide(a, b, c, of: d, bound: bound)
  }

  /// `side` with the centroid of several points in the place of `a`, even if no double can say where
  /// that is: the sign of the sum of the determinants over them.
  static func side(
    centroid anchors: [SIMD3<Double>],
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>
  ) -> Int {
    var value = 0.0
    var bound = 0.0
    for a in anchors {
      let term = approximateSide(a, b, c, of: d)
      value += term.value
      // Twice: adding a few terms rounds far less than the terms themselves may be off.
      bound += 2 * term.bound
    }
    if value > bound { return 1 }
    if value < -bound { return -1 }
    var (high, low) = (0.0, 0.0)
    for a in anchors {
      let term = refinedSide(a, b, c, of: d)
      let (sum, error) = DoubleDouble.add(high, term.high)
      (high, low) = (sum, low + (error + term.low))
    }
    if (high + low).magnitude > refinement * bound { return high + low > 0 ? 1 : -1 }
    var sum = ExactSum()
    for a in anchors { addSide(a, b, c, of: d, to: &sum) }
    return sum.sign
  }

  /// Where c lies seen along the line from a to b: 1 left, −1 right, 0 on the line.
  @inline(__always)
  static func side(_ a: SIMD2<Double>, _ b: SIMD2<Double>, of c: SIMD2<Double>) -> Int {
    let u = b - a
    let v = c - a
    let left = u.x * v.y
    let right = u.y * v.x
    let bound = 0x1p-51 * (left.magnitude + right.magnitude)
    if left - right > bound { return 1 }
    if left - right < -bound { return -1 }
    if bound == 0 { return 0 }
    return exactSide(a, b, of: c)
  }

  @inline(__always)
  private static func approximateSide(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>
  ) -> (value: Double, bound: Double) {
    let u = b - a
    let v = c - a
    let w = d - a
    let first = SIMD3(u.y * v.z, u.z * v.x, u.x * v.y)
    let second = SIMD3(u.z * v.y, u.x * v.z, u.y * v.x)
    let sizes = SIMD3(
      first.x.magnitude + second.x.magnitude, first.y.magnitude + second.y.magnitude,
      first.z.magnitude + second.z.magnitude
    )
    let heights = SIMD3(w.x.magnitude, w.y.magnitude, w.z.magnitude)
    return (dot(first - second, w), 0x1p-50 * dot(sizes, heights))
  }

  /// What a bound in double precision, 2^−50 of the sum of the products' magnitudes, is multiplied by to
  /// bound the error of `refinedSide`: its differences are exact, and two products, a difference and
  /// two sums err by less than 2^−98.
  private static let refinement = 0x1p-46

  private static func refinedSide(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>
  ) -> (high: Double, low: Double) {
    let u = DoubleDouble(b, minus: a)
    let v = DoubleDouble(c, minus: a)
    let w = DoubleDouble(d, minus: a)
    // The cross product's coordinates come turned by one: z, x, y.
    let normal = u * v.turned - u.turned * v
    return (normal * w.turned.turned).sum
  }

  @inline(never)
  private static func exactSide(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>,
    bound: Double
  ) -> Int {
    let (high, low) = refinedSide(a, b, c, of: d)
    if (high + low).magnitude > refinement * bound { return high + low > 0 ? 1 : -1 }
    var sum = ExactSum()
    addSide(a, b, c, of: d, to: &sum)
    return sum.sign
  }

  private static func addSide(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>,
    of d: SIMD3<Double>,
    to sum: inout ExactSum
  ) {
    // Coordinates of one part mostly have exact differences, which are four times fewer products.
    if isExact(b, a), isExact(c, a), isExact(d, a) {
      sum.add(determinant: b - a, c - a, d - a)
    } else {
      sum.add(determinant: b, c, d)
      sum.add(determinant: a, c, d, negated: true)
      sum.add(determinant: a, b, d)
      sum.add(determinant: a, b, c, negated: true)
    }
  }

  /// Whether p − q is not rounded (Two-Diff-Tail of the paper is zero).
  private static func isExact(_ p: SIMD3<Double>, _ q: SIMD3<Double>) -> Bool {
    let difference = p - q
    let virtual = p - difference
    return (p - (difference + virtual)) + (virtual - q) == SIMD3(repeating: 0)
  }

  @inline(never)
  private static func exactSide(
    _ a: SIMD2<Double>,
    _ b: SIMD2<Double>,
    of c: SIMD2<Double>
  ) -> Int {
    var sum = ExactSum()
    sum.add(b.x, c.y)
    sum.add(-b.y, c.x)
    sum.add(-a.x, c.y)
    sum.add(a.y, c.x)
    sum.add(a.x, b.y)
    sum.add(-a.y, b.x)
    return sum.sign
  }
}

/// A projection along one axis: what is left of a point without that coordinate.
enum Projection: CaseIterable {
  case alongX, alongY, alongZ

  @inline(__always)
  func callAsFunction(_ point: SIMD3<Double>) -> SIMD2<Double> {
    switch self {
    case .alongX: SIMD2(point.y, point.z)
    case .alongY: SIMD2(point.z, point.x)
    case .alongZ: SIMD2(point.x, point.y)
    }
  }

  /// The first projection that keeps the three points off one line, and 1 if they run anticlockwise in
  /// it, −1 if clockwise; nil if they are on one line in space. Exact.
  static func opening(
    _ a: SIMD3<Double>,
    _ b: SIMD3<Double>,
    _ c: SIMD3<Double>
  ) -> (projection: Projection, turn: Int)? {
    for projection in allCases {
      let turn = Orientation.side(projection(a), projection(b), of: projection(c))
      if turn != 0 { return (projection, turn) }
    }
    return nil
  }
}
