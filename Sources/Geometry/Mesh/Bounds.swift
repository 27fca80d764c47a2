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
    min.replace(with: point, where: point .< min)
    max.replace(with: point, where: point .> max)
  }
}
