extension SIMD3<Float> {
  @inline(__always)
  var isFinite: Bool { self * 0 == .zero }

  @inline(__always)
  func dot(_ other: SIMD3<Float>) -> Float { (self * other).sum() }

  @inline(__always)
  func cross(_ v: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(y * v.z - z * v.y, z * v.x - x * v.z, x * v.y - y * v.x)
  }

  /// The smaller of each component. (`pointwiseMin` is not always inlined.)
  @inline(__always)
  func smaller(_ other: SIMD3<Float>) -> SIMD3<Float> {
    replacing(with: other, where: other .< self)
  }

  /// The larger of each component.
  @inline(__always)
  func larger(_ other: SIMD3<Float>) -> SIMD3<Float> {
    replacing(with: other, where: other .> self)
  }

  /// Of unit length; zero stays zero.
  @inline(__always)
  var normalised: SIMD3<Float> {
    let square = (self * self).sum()
    return square > 0 ? self / square.squareRoot() : self
  }
}
