/// An affine transform as 3MF writes it (core specification, 3.3): points are rows, and
/// p′ = pₓ x + p_y y + p_z z + origin.
struct Transform: Hashable {
  var x: SIMD3<Double>
  var y: SIMD3<Double>
  var z: SIMD3<Double>
  /// Where the origin goes.
  var origin: SIMD3<Double>

  /// Every point stays.
  static let identity = Transform(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1], origin: .zero)

  /// Scales about the origin.
  static func scaling(_ factor: Double) -> Transform {
    Transform(x: [factor, 0, 0], y: [0, factor, 0], z: [0, 0, factor], origin: .zero)
  }

  /// Where a point goes.
  @inline(__always)
  func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> { linear(point) + origin }

  /// Where a direction goes.
  @inline(__always)
  private func linear(_ v: SIMD3<Double>) -> SIMD3<Double> { v.x * x + v.y * y + v.z * z }

  /// This transform and then another.
  func then(_ next: Transform) -> Transform {
    Transform(x: next.linear(x), y: next.linear(y), z: next.linear(z), origin: next(origin))
  }

  /// The factor by which volumes grow; negative where the transform mirrors.
  var determinant: Double {
    let cross = SIMD3(
      y.y * z.z - y.z * z.y, y.z * z.x - y.x * z.z, y.x * z.y - y.y * z.x)
    return (x * cross).sum()
  }

  /// Whether no number in it is infinite or not a number.
  var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite && origin.isFinite }
}

extension SIMD3<Double> {
  /// Whether no coordinate is infinite or not a number.
  var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}
