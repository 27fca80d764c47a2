/// The smallest box along the axes that holds a mesh, in millimetres.
public struct Bounds: Hashable, Sendable, Codable {
  /// The corner with the smallest coordinates.
  public var min: SIMD3<Double>
  /// The corner with the largest coordinates.
  public var max: SIMD3<Double>

  /// A box between two corners; `min` must not exceed `max` along any axis.
  public init(min: SIMD3<Double>, max: SIMD3<Double>) {
    self.min = min
    self.max = max
  }

  /// The box's edges along x, y and z, in millimetres.
  public var size: SIMD3<Double> { max - min }

  /// Grows the box to hold `point`.
  @inline(__always)
  mutating func include(_ point: SIMD3<Double>) {
    // Axis by axis: one instruction each, where vectors of three doubles are compared in several.
    min.x = point.x < min.x ? point.x : min.x
    min.y = point.y < min.y ? point.y : min.y
    min.z = point.z < min.z ? point.z : min.z
    max.x = point.x > max.x ? point.x : max.x
    max.y = point.y > max.y ? point.y : max.y
    max.z = point.z > max.z ? point.z : max.z
  }
}
