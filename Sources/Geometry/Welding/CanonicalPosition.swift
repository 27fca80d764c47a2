/// Tells when two positions are one vertex: when they have the same canonical position.
///
/// Programs that export a mesh compute a corner in several ways, and write 1e-17 where they mean zero.
/// Coordinates are therefore taken as the nearest multiple of 1e-8 millimetres, a hundred-thousandth of a
/// micrometre, which no printer and no slicer sees. Where a number's own steps are about as wide nothing
/// is rounded: its bits decide, with −0 taken as +0. What lies on either side of a step's middle stays
/// two, however near: that a facet's order does not show is worth more.
enum CanonicalPosition {
  /// In a millimetre.
  private static let steps = 1e8
  /// Below it, rounding to single precision does not leave the step: half a unit in the last place is
  /// 2⁻²⁸ millimetres. From here on neighbouring numbers are more than a step apart.
  private static let singleMax: Float = 0.125
  /// Below it, 11 kilometres, the rounding of the two operations is a quarter of a step at most.
  private static let doubleMax = 0x1p50 / 1e8

  /// Of a position in single precision. That of a canonical position is itself.
  @inline(__always)
  static func of(_ position: SIMD3<Float>) -> SIMD3<Float> {
    // −0 + 0 is +0.
    let plain = position + SIMD3(repeating: 0)
    let isSmall = position .< singleMax .& position .> -singleMax
    // Most of a part is farther from the origin.
    guard any(isSmall) else { return plain }
    let rounded = (SIMD3<Double>(position) * steps).rounded(.toNearestOrEven) / steps
    return plain.replacing(with: SIMD3<Float>(rounded) + SIMD3(repeating: 0), where: isSmall)
  }

  /// Of a position in double precision. Two that single precision holds have the same one if and only if
  /// they have so there.
  @inline(__always)
  static func of(_ position: SIMD3<Double>) -> SIMD3<Double> {
    let isSmall = position .< doubleMax .& position .> -doubleMax
    let rounded = (position * steps).rounded(.toNearestOrEven) / steps
    return position.replacing(with: rounded, where: isSmall) + SIMD3(repeating: 0)
  }
}
