/// Three numbers, each the unevaluated sum of two doubles: about 106 bits.
///
/// T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", Numerische
/// Mathematik 18 (1971). A product is off by less than 2^−102 of itself, a sum or difference by less than
/// 2^−103 of its operands' magnitudes.
struct DoubleDouble {
  var high: SIMD3<Double>
  var low: SIMD3<Double>

  @inline(__always)
  private init(_ high: SIMD3<Double>, _ low: SIMD3<Double>) {
    self.high = high
    self.low = low
  }

  /// p − q, exact.
  @inline(__always)
  init(_ p: SIMD3<Double>, minus q: SIMD3<Double>) {
    high = p - q
    let virtual = p - high
    low = (p - (high + virtual)) + (virtual - q)
  }

  /// The coordinates in cyclic order, the second first.
  @inline(__always)
  var turned: Self {
    Self(SIMD3(high.y, high.z, high.x), SIMD3(low.y, low.z, low.x))
  }

  @inline(__always)
  static func * (p: Self, q: Self) -> Self {
    let product = p.high * q.high
    let error = (-product).addingProduct(p.high, q.high)
    return Self(product, error + (p.high * q.low + p.low * q.high))
  }

  @inline(__always)
  static func - (p: Self, q: Self) -> Self {
    var difference = Self(p.high, minus: q.high)
    difference.low += p.low - q.low
    return difference
  }

  /// The sum of the three numbers, as two doubles.
  @inline(__always)
  var sum: (high: Double, low: Double) {
    let (first, error) = Self.add(high.x, high.y)
    let (second, other) = Self.add(first, high.z)
    return (second, error + other + (low.x + low.y + low.z))
  }

  /// p + q as the rounded sum and what it lost (D. E. Knuth, TAOCP volume 2, section 4.2.2).
  @inline(__always)
  static func add(_ p: Double, _ q: Double) -> (sum: Double, error: Double) {
    let sum = p + q
    let virtual = sum - p
    return (sum, (p - (sum - virtual)) + (q - virtual))
  }
}
