/// Arithmetic modulo the prime 2^61 − 1.
enum Field61 {
  static let prime: UInt64 = 1 << 61 - 1

  /// The `index`-th secret of a key: pseudo-random, below the prime.
  static func secret(_ index: UInt64, key: MeshHashKey) -> UInt64 {
    reduced(folded(SipHash.hash128(index, 61, 0, key: key) &>> 4))
  }

  @inline(__always)
  static func wide(_ a: UInt64, _ b: UInt64) -> UInt128 {
    let product = a.multipliedFullWidth(by: b)
    return UInt128(product.high) &<< 64 | UInt128(product.low)
  }

  /// A number below 2^64 with the same remainder, of one below 7 · 2^122.
  @inline(__always)
  static func folded(_ number: UInt128) -> UInt64 {
    (UInt64(truncatingIfNeeded: number) & prime) &+ UInt64(truncatingIfNeeded: number &>> 61)
  }

  /// The product of numbers whose own product is at most 6 p²; below 2^64, and by p larger than the
  /// product's quotient by p at most.
  @inline(__always)
  static func product(_ a: UInt64, _ b: UInt64) -> UInt64 { folded(wide(a, b)) }

  /// A number with the same remainder, at most p + 7.
  @inline(__always)
  static func narrowed(_ number: UInt64) -> UInt64 { (number & prime) &+ (number &>> 61) }

  /// The remainder.
  @inline(__always)
  static func reduced(_ number: UInt64) -> UInt64 {
    let narrow = narrowed(number)
    return narrow >= prime ? narrow &- prime : narrow
  }
}
