/// The vector at right angles to two others, as long as the parallelogram between them is large.
@inline(__always)
func cross(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
}

/// The scalar product.
@inline(__always)
func dot(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> Double {
  u.x * v.x + u.y * v.y + u.z * v.z
}

/// Lexicographic order of positions.
@inline(__always)
func precedes(_ p: SIMD3<Double>, _ q: SIMD3<Double>) -> Bool {
  p.x != q.x ? p.x < q.x : p.y != q.y ? p.y < q.y : p.z < q.z
}

extension SIMD3<Double> {
  /// The largest magnitude of a coordinate.
  var largestMagnitude: Double { Swift.max(x.magnitude, y.magnitude, z.magnitude) }

  /// The vector at length one; nil for zero. Scaled first, so that its square neither over- nor
  /// underflows.
  var unit: Self? {
    let largest = largestMagnitude
    guard largest > 0, largest.isFinite else { return nil }
    let scaled = self / largest
    return scaled / (scaled * scaled).sum().squareRoot()
  }

  /// A unit vector at right angles to this one; nil for zero.
  var across: Self? {
    let smallest = Swift.min(x.magnitude, y.magnitude, z.magnitude)
    let coordinate: SIMD3<Double> =
      x.magnitude == smallest
      ? SIMD3(1, 0, 0) : y.magnitude == smallest ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1)
    return Geometry.cross(self, coordinate).unit
  }
}
