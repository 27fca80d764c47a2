/// A keyed hash of points for tables: five-independent but for collisions that chance makes rare.
///
/// The point's 32-bit words w are first folded to Σ sᵢ·wᵢ in the field of p = 2^61 − 1, with secret
/// random s: two points meet there with probability 1/p. The value is a random polynomial of degree four
/// of that, and so five-independent (M. Wegman, J. Carter, "New hash functions and their use in
/// authentication and set equality", JCSS 22 (1981)), which is what linear probing needs for a constant
/// expected number of steps (A. Pagh, R. Pagh, M. Ružić, "Linear probing with constant independence",
/// STOC 2007). That holds for any points chosen without knowledge of the key: no file is slow to weld,
/// except by a chance of n²/2^62.
struct PointHash: Sendable {
  private let weights: InlineArray<6, UInt64>
  private let polynomial: InlineArray<5, UInt64>

  init(key: MeshHashKey) {
    weights = InlineArray { Field61.secret(UInt64($0), key: key) }
    polynomial = InlineArray { Field61.secret(UInt64(6 + $0), key: key) }
  }

  /// How many bits a value has.
  static let bits = 61

  /// A value below 2^61, of which any bits may be taken.
  @inline(__always)
  func value<Word: FixedWidthInteger & UnsignedInteger>(_ point: SIMD3<Word>) -> UInt64 {
    var sum: UInt128 = 0
    for axis in 0..<3 {
      let word = UInt64(truncatingIfNeeded: point[axis])
      sum &+= Field61.wide(weights[axis], word & 0xffff_ffff)
      if Word.bitWidth > 32 { sum &+= Field61.wide(weights[3 + axis], word &>> 32) }
    }
    let folded = Field61.reduced(Field61.folded(sum))
    // Grows by no more than the prime in each step, and so stays below five times it.
    @inline(__always)
    func step(_ value: UInt64, _ power: Int) -> UInt64 {
      Field61.folded(Field61.wide(value, folded) &+ UInt128(polynomial[power]))
    }
    let value = step(step(step(step(polynomial[4], 3), 2), 1), 0)
    return Field61.reduced(value)
  }
}
