/// Tells, in 16 bytes of state, whether every edge of a mesh is walked as often one way as the other.
///
/// Each undirected edge {p, q} has a keyed hash H of its canonical end points. Walking it from the
/// smaller to the larger end adds H, walking it back takes H away, all modulo 2^128. A mesh without a
/// boundary ends at zero. (A multiset hash by addition, as in D. Clarke et al., "Incremental Multiset
/// Hash Functions and Their Application to Memory Integrity Checking", Asiacrypt 2003, section 5.)
///
/// A mesh with a boundary ends at zero by chance only: with a secret key the sum is Σ cᵢ·Hᵢ for
/// independent Hᵢ and fixed cᵢ ≠ 0, which is zero with probability at most 2^(k−128) where 2^k is the
/// largest power of two that divides a cᵢ. A file of n facets cannot raise k above log2(3n), so even a
/// thousand million facets leave less than 2^−96.
public struct EdgeBalance: FacetSink, Sendable {
  private let key: MeshHashKey
  private var sum: UInt128 = 0

  /// The balance of a mesh without facets. `key` must be fresh and secret: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    self.key = key
  }

  /// Whether every edge so far was walked as often one way as the other.
  public var isBalanced: Bool { sum == 0 }

  /// Walks the three edges of a facet. Corners that coincide leave no trace.
  @inline(__always)
  public mutating func add(_ facet: Facet) {
    let a = EndPoint(facet.a)
    let b = EndPoint(facet.b)
    let c = EndPoint(facet.c)
    walk(from: a, to: b)
    walk(from: b, to: c)
    walk(from: c, to: a)
  }

  @inline(__always)
  private mutating func walk(from p: EndPoint, to q: EndPoint) {
    if p < q {
      sum &+= hash(p, q)
    } else if q < p {
      sum &-= hash(q, p)
    }
  }

  @inline(__always)
  private func hash(_ p: EndPoint, _ q: EndPoint) -> UInt128 {
    SipHash.hash128(p.xy, UInt64(p.z) | UInt64(q.z) &<< 32, q.xy, key: key)
  }
}

/// A vertex as 96 bits, equal for equal points; the order among them means nothing.
private struct EndPoint {
  let xy: UInt64
  let z: UInt32

  @inline(__always)
  init(_ vertex: Vertex) {
    let point = vertex.canonicalBits
    xy = UInt64(point.x) | UInt64(point.y) &<< 32
    z = point.z
  }

  @inline(__always)
  static func < (p: EndPoint, q: EndPoint) -> Bool {
    p.xy == q.xy ? p.z < q.z : p.xy < q.xy
  }
}
