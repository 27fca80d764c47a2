/// Tells, in constant memory, whether every edge of a mesh is walked as often one way as the other.
///
/// That is so where the directed edges of all facets, turned round, are the same multiset as before. Two
/// multisets are the same if and only if the polynomials with them as roots are, which is tried at a
/// secret random point (as in M. Blum, S. Kannan, "Designing programs that check their work", JACM 42
/// (1995), for permutations).
///
/// A vertex is the number h of its coordinates' 96 bits, in the field of p = 2^127 − 1. An edge from u to
/// v is the factor r + h(u) + t·h(v) of one product, and r + h(v) + t·h(u) of the other, with secret
/// random r and t. Take these as polynomials in r and t: another pair (u, v) is another factor, and a
/// factor, linear in r, has no factors itself. Factorisation being unique, the two products are the same
/// polynomial if and only if the multisets are the same; a mesh without a boundary always passes. Of any
/// other with n facets, chosen without knowledge of the secrets, the difference of the products is a
/// polynomial of degree 3n at most, which is zero at a random point with a probability of at most 3n/p
/// (J. Schwartz, "Fast probabilistic algorithms for verification of polynomial identities", JACM 27
/// (1980)): less than 2^−96 for 700 million facets.
public struct EdgeBalance: FacetSink, Sendable {
  private let r: UInt128
  private let t: UInt128
  private var walked: UInt128 = 1
  private var turned: UInt128 = 1

  /// The balance of a mesh without facets. `key` must be fresh and secret: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    r = Field127.secret(0, key: key)
    t = Field127.secret(1, key: key)
  }

  /// Whether every edge so far was walked as often one way as the other.
  public var isBalanced: Bool {
    Field127.canonical(walked) == Field127.canonical(turned)
  }

  /// Walks the three edges of a facet. Where corners coincide they leave no trace: an edge to itself is
  /// the same both ways, and the other two are each other's reverse.
  public mutating func add(_ facet: Facet) {
    let (a, atA) = ends(facet.a)
    let (b, atB) = ends(facet.b)
    let (c, atC) = ends(facet.c)
    walked = product(walked, Field127.sum(a, atB), Field127.sum(b, atC), Field127.sum(c, atA))
    turned = product(turned, Field127.sum(b, atA), Field127.sum(c, atB), Field127.sum(a, atC))
  }

  /// What a vertex adds to an edge that begins at it, and to one that ends there.
  @inline(__always)
  private func ends(_ vertex: Vertex) -> (from: UInt128, to: UInt128) {
    let bits = vertex.canonicalBits
    let low = UInt64(bits.x) | UInt64(bits.y) &<< 32
    let from = UInt128(low) | UInt128(bits.z) &<< 64
    return (from, Field127.sum(Field127.product(t, from), r))
  }

  /// Only the last of the three multiplications waits for the facet before.
  @inline(__always)
  private func product(_ a: UInt128, _ b: UInt128, _ c: UInt128, _ d: UInt128) -> UInt128 {
    Field127.product(a, Field127.product(Field127.product(b, c), d))
  }
}

/// Arithmetic modulo the prime 2^127 − 1. Operands and results are at most the prime, which is zero too.
enum Field127 {
  static let prime: UInt128 = 1 << 127 - 1

  /// The `index`-th secret of a key: pseudo-random.
  static func secret(_ index: UInt64, key: MeshHashKey) -> UInt128 {
    SipHash.hash128(index, 127, 0, key: key) & prime
  }

  /// The product of the lower 64 bits of `a` with `b`.
  @inline(__always)
  static func wide(_ a: UInt128, _ b: UInt64) -> UInt128 {
    let product = UInt64(truncatingIfNeeded: a).multipliedFullWidth(by: b)
    return UInt128(product.high) &<< 64 | UInt128(product.low)
  }

  /// Of any number.
  @inline(__always)
  static func folded(_ number: UInt128) -> UInt128 { (number & prime) &+ number &>> 127 }

  @inline(__always)
  static func sum(_ a: UInt128, _ b: UInt128) -> UInt128 { folded(a &+ b) }

  @inline(__always)
  static func product(_ a: UInt128, _ b: UInt128) -> UInt128 {
    let (a1, b1) = (a &>> 64, UInt64(truncatingIfNeeded: b &>> 64))
    let b0 = UInt64(truncatingIfNeeded: b)
    // Upper halves are below 2^63, so that the sum fits.
    let middle = wide(a, b1) &+ wide(a1, b0)
    let (low, carry) = wide(a, b0).addingReportingOverflow(middle &<< 64)
    let high = wide(a1, b1) &+ middle &>> 64 &+ (carry ? 1 : 0)
    return folded((low & prime) &+ (high &<< 1 | low &>> 127))
  }

  static func canonical(_ number: UInt128) -> UInt128 { number == prime ? 0 : number }
}
