/// The sphere of directions in 54 cells, so that a 64-bit set says which ways the facets in a box face
/// and boxes without a facet of interest are passed by.
///
/// The cells are squares of a cube's sides, three by three, seen from its middle.
enum NormalCells {
  /// The set with the cell that a vector of any length points into; empty for zero.
  @inline(__always)
  static func cell(of vector: SIMD3<Double>) -> UInt64 {
    let size = SIMD3(vector.x.magnitude, vector.y.magnitude, vector.z.magnitude)
    let side: Int
    let along: Double
    let u: Double
    let v: Double
    if size.x >= size.y && size.x >= size.z {
      (along, u, v) = (vector.x, vector.y, vector.z)
      side = 0
    } else if size.y >= size.z {
      (along, u, v) = (vector.y, vector.z, vector.x)
      side = 2
    } else {
      (along, u, v) = (vector.z, vector.x, vector.y)
      side = 4
    }
    guard along != 0 else { return 0 }
    let third = along.magnitude / 3
    let column = u < -third ? 0 : u > third ? 2 : 1
    let row = v < -third ? 0 : v > third ? 2 : 1
    return 1 << UInt64((side + (along < 0 ? 1 : 0)) * 9 + row * 3 + column)
  }

  /// The set of all cells with a direction whose angle to the unit vector `axis` has a cosine of at
  /// least `cosine`, and perhaps a few more.
  static func cone(around axis: SIMD3<Double>, cosine: Double) -> UInt64 {
    // A direction in the cone lies within radius and opening of its cell's middle:
    // cos(opening + radius), by the addition theorem, once cos and sin of both are known.
    let sine = (1 - min(1, cosine * cosine)).squareRoot()
    let limit = cosine * radiusCosine - sine * radiusSine
    var set: UInt64 = 0
    for (cell, middle) in middles.enumerated() where dot(middle, axis) >= limit {
      set |= 1 << UInt64(cell)
    }
    return set
  }

  /// No cell reaches further from its middle than the ones in the middle of a side: atan(√2 / 3).
  /// Rounded to 25.3° against 25.24°.
  private static let radiusCosine = 0.904
  private static let radiusSine = 0.428

  private static let middles: [SIMD3<Double>] = (0..<54).map { cell in
    let along = cell / 9 % 2 == 0 ? 1.0 : -1.0
    let u = Double(cell % 3 - 1) * 2 / 3
    let v = Double(cell % 9 / 3 - 1) * 2 / 3
    let vector =
      switch cell / 18 {
      case 0: SIMD3(along, u, v)
      case 1: SIMD3(v, along, u)
      default: SIMD3(u, v, along)
      }
    return vector / dot(vector, vector).squareRoot()
  }
}
