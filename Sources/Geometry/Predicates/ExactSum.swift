/// A sum of doubles without rounding, kept as a nonoverlapping expansion.
///
/// J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
/// Discrete & Computational Geometry 18 (1997): Grow-Expansion with zero elimination (theorem 10),
/// Two-Product by a fused multiply-add (theorem 18 by splitting). Nothing may overflow or underflow:
/// see `Orientation`.
struct ExactSum {
  /// Nonoverlapping, none of them zero, of growing magnitude.
  private var components: [Double] = []

  init() { components.reserveCapacity(32) }

  /// −1, 0 or 1: the sign of an expansion is that of its largest component.
  var sign: Int {
    guard let last = components.last else { return 0 }
    return last > 0 ? 1 : -1
  }

  mutating func add(_ term: Double) {
    var carry = term
    var kept = 0
    for index in components.indices {
      let component = components[index]
      let sum = carry + component
      let virtual = sum - carry
      let error = (carry - (sum - virtual)) + (component - virtual)
      if error != 0 {
        components[kept] = error
        kept += 1
      }
      carry = sum
    }
    components.removeLast(components.count - kept)
    if carry != 0 { components.append(carry) }
  }

  /// Adds a · b.
  mutating func add(_ a: Double, _ b: Double) {
    let product = a * b
    add((-product).addingProduct(a, b))
    add(product)
  }

  /// Adds a · b · c.
  mutating func add(_ a: Double, _ b: Double, _ c: Double) {
    let product = a * b
    add((-product).addingProduct(a, b), c)
    add(product, c)
  }

  /// Adds u · (v × w), or takes it away.
  mutating func add(
    determinant u: SIMD3<Double>,
    _ v: SIMD3<Double>,
    _ w: SIMD3<Double>,
    negated: Bool = false
  ) {
    let u = negated ? -u : u
    add(u.x, v.y, w.z)
    add(-u.x, v.z, w.y)
    add(u.y, v.z, w.x)
    add(-u.y, v.x, w.z)
    add(u.z, v.x, w.y)
    add(-u.z, v.y, w.x)
  }
}
