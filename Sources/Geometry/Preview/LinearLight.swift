/// sRGB's transfer function (IEC 61966-2-1), without the C library's `pow`, whose last bit differs
/// between machines.
enum LinearLight {
  /// The 8-bit code of 4,096 evenly spaced intensities.
  private static let codes: [UInt8] = (0...4095).map { step in
    let light = Double(step) / 4095
    let value = light <= 0.0031308 ? 12.92 * light : 1.055 * fiveTwelfths(light) - 0.055
    return UInt8((min(max(value, 0), 1) * 255).rounded())
  }

  /// The intensity, 0 to 1, of each 8-bit code.
  private static let lights: [Float] = (0...255).map { code in
    let value = Double(code) / 255
    if value <= 0.04045 { return Float(value / 12.92) }
    // The inverse of the other way, by bisection: 256 values, once.
    var low = 0.0
    var high = 1.0
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if 1.055 * fiveTwelfths(middle) - 0.055 < value { low = middle } else { high = middle }
    }
    return Float((low + high) / 2)
  }

  /// x^(5/12): the cube root of x^(5/4), by Newton's method.
  private static func fiveTwelfths(_ x: Double) -> Double {
    let cube = x * x.squareRoot().squareRoot()
    var root = 1.0
    for _ in 0..<40 { root -= (root - cube / (root * root)) / 3 }
    return root
  }

  @inline(__always)
  static func code(_ light: Float) -> UInt8 {
    codes[Int(min(max(light, 0), 1) * 4095 + 0.5)]
  }

  static func light(_ colour: PreviewColour) -> SIMD3<Float> {
    SIMD3(
      lights[Int(colour.red)], lights[Int(colour.green)], lights[Int(colour.blue)]
    )
  }
}
