/// Directions spread evenly, and tables over all directions.
enum Sphere {
  /// `count` unit directions, evenly over the sphere, from the first axis' end to its other: a
  /// Fibonacci lattice (Á. González, "Measurement of Areas on a Sphere Using Fibonacci and
  /// Latitude–Longitude Lattices", Mathematical Geosciences 42 (2010)).
  static func directions(_ count: Int) -> [SIMD3<Float>] {
    var cosine = 1.0
    var sine = 0.0
    return (0..<count).map { index in
      let height = 1 - (2 * Double(index) + 1) / Double(count)
      let ring = max(0, 1 - height * height).squareRoot()
      let direction = SIMD3(ring * cosine, ring * sine, height)
      // A turn by the golden angle, 137.508 degrees.
      (cosine, sine) = (
        cosine * -0.7373688780783197 - sine * 0.6754902942615238,
        cosine * 0.6754902942615238 + sine * -0.7373688780783197
      )
      return SIMD3<Float>(direction)
    }
  }
}

/// A value for every direction: octahedral map, bilinear (Z. Cigolle et al., "A Survey of Efficient
/// Representations for Independent Unit Vectors", JCGT 3 (2014)).
struct DirectionTable {
  private static let side = 40
  private let values: [SIMD3<Float>]

  init(_ value: (SIMD3<Float>) -> SIMD3<Float>) {
    let last = Float(DirectionTable.side - 1)
    values = (0..<DirectionTable.side * DirectionTable.side).map { index in
      let u = Float(index % DirectionTable.side) / last * 2 - 1
      let v = Float(index / DirectionTable.side) / last * 2 - 1
      var direction = SIMD3(u, v, 1 - u.magnitude - v.magnitude)
      if direction.z < 0 {
        direction.x = (1 - v.magnitude) * (u < 0 ? -1 : 1)
        direction.y = (1 - u.magnitude) * (v < 0 ? -1 : 1)
      }
      return value(direction.normalised)
    }
  }

  @inline(__always)
  subscript(direction: SIMD3<Float>) -> SIMD3<Float> {
    let sum = direction.x.magnitude + direction.y.magnitude + direction.z.magnitude
    var u = direction.x / sum
    var v = direction.y / sum
    if direction.z < 0 {
      (u, v) = (
        (1 - v.magnitude) * (u < 0 ? -1 : 1), (1 - u.magnitude) * (v < 0 ? -1 : 1)
      )
    }
    let side = DirectionTable.side
    let x = min(max((u + 1) / 2 * Float(side - 1), 0), Float(side) - 1.001)
    let y = min(max((v + 1) / 2 * Float(side - 1), 0), Float(side) - 1.001)
    let column = Int(x)
    let row = Int(y)
    let fx = x - Float(column)
    let fy = y - Float(row)
    let base = row * side + column
    let upper = values[base] * (1 - fx) + values[base + 1] * fx
    let lower = values[base + side] * (1 - fx) + values[base + side + 1] * fx
    return upper * (1 - fy) + lower * fy
  }
}
