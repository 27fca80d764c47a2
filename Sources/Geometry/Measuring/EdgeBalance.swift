/// Tells, in constant memory, whether every edge of a mesh is walked as often one way as the other.
///
/// That is so where the directed edges of all facets, turned round, are the same multiset as before. Two
/// multisets are the same if and only if the polynomials with them as roots are, which is tried at
/// secret random points (as in M. Blum, S. Kannan, "Designing programs that check their work", JACM 42
/// (1995), for permutations).
///
/// A vertex is two words of 48 bits, v₀ and v₁, in the field of p = 2^61 − 1. An edge from u to v is the
/// factor a + u₀ + b·u₁ + c·v₀ + d·v₁ of one product, and the same with u and v exchanged of the other,
/// with secret random a, b, c and d. Take these as polynomials in the secrets: another pair (u, v) is
/// another factor, and a factor, linear as it is, has no factors itself. Factorisation being unique, the
/// two products are the same polynomial if and only if the multisets are the same; a mesh without a
/// boundary always passes. Of any other with n facets, chosen without knowledge of the secrets, the
/// difference of the products is a polynomial of degree 3n at most, which is zero at a random point with
/// a probability of at most 3n/p (J. Schwartz, "Fast probabilistic algorithms for verification of
/// polynomial identities", JACM 27 (1980)). There are two such points: an open mesh of a million facets
/// passes with a probability below 2^−78, one of 80 million below 2^−66. Secrets are of one file, so
/// that nobody can try again.
public struct EdgeBalance: FacetSink, Sendable {
  private var first: EdgeTrial
  private var second: EdgeTrial

  /// The balance of a mesh without facets. `key` must be fresh and secret: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    first = EdgeTrial(secretsFrom: 100, key: key)
    second = EdgeTrial(secretsFrom: 200, key: key)
  }

  /// Whether every edge so far was walked as often one way as the other.
  public var isBalanced: Bool { first.isBalanced && second.isBalanced }

  /// Walks the three edges of a facet. Where corners coincide they leave no trace: an edge to itself is
  /// the same both ways, and the other two are each other's reverse.
  public mutating func add(_ facet: Facet) {
    let (a, b, c) = (halves(facet.a), halves(facet.b), halves(facet.c))
    first.walk(a, b, c)
    second.walk(a, b, c)
  }

  @inline(__always)
  private func halves(_ vertex: Vertex) -> SIMD2<UInt64> {
    let bits = vertex.canonicalBits
    return SIMD2(
      UInt64(bits.x) | UInt64(bits.z & 0xffff) &<< 32,
      UInt64(bits.y) | UInt64(bits.z &>> 16) &<< 32)
  }
}

/// The two products at one secret point.
private struct EdgeTrial: Sendable {
  private let a: UInt64
  private let b: UInt64
  private let c: UInt64
  private let d: UInt64
  /// Little more than the prime at most, like all that is multiplied here but factors, which may be
  /// twice as large: see `Field61.product`.
  private var walked: UInt64 = 1
  private var turned: UInt64 = 1

  init(secretsFrom index: UInt64, key: MeshHashKey) {
    a = Field61.secret(index, key: key)
    b = Field61.secret(index + 1, key: key)
    c = Field61.secret(index + 2, key: key)
    d = Field61.secret(index + 3, key: key)
  }

  var isBalanced: Bool { Field61.reduced(walked) == Field61.reduced(turned) }

  @inline(__always)
  mutating func walk(_ u: SIMD2<UInt64>, _ v: SIMD2<UInt64>, _ w: SIMD2<UInt64>) {
    let (fromU, toU) = ends(u)
    let (fromV, toV) = ends(v)
    let (fromW, toW) = ends(w)
    walked = times(walked, fromU &+ toV, fromV &+ toW, fromW &+ toU)
    turned = times(turned, fromV &+ toU, fromW &+ toV, fromU &+ toW)
  }

  /// What a vertex adds to an edge that begins at it, and to one that ends there.
  @inline(__always)
  private func ends(_ vertex: SIMD2<UInt64>) -> (from: UInt64, to: UInt64) {
    let from = Field61.product(b, vertex.y) &+ vertex.x
    let to = Field61.folded(Field61.wide(c, vertex.x) &+ Field61.wide(d, vertex.y)) &+ a
    return (from, Field61.narrowed(to))
  }

  /// Only the last of the multiplications waits for the facet before.
  @inline(__always)
  private func times(_ product: UInt64, _ f: UInt64, _ g: UInt64, _ h: UInt64) -> UInt64 {
    let three = Field61.product(Field61.narrowed(Field61.product(f, g)), h)
    return Field61.narrowed(Field61.product(product, three))
  }
}
