/// A corner of a facet, in millimetres, in the single precision that STL stores.
///
/// `Facet` and everything that takes one measure whatever they are given: refusing coordinates that
/// are not finite is the file reader's task (`isFinite`).
public struct Vertex: Hashable, Sendable {
  /// Position along x, in millimetres.
  public var x: Float
  /// Position along y, in millimetres.
  public var y: Float
  /// Position along z, in millimetres.
  public var z: Float

  /// A corner at (x, y, z), in millimetres.
  public init(_ x: Float, _ y: Float, _ z: Float) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The corner nearest to a position in double precision, in millimetres.
  public init(_ position: SIMD3<Double>) {
    self.init(Float(position.x), Float(position.y), Float(position.z))
  }

  /// Whether no coordinate is infinite or not a number.
  @inlinable @inline(__always) public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }

  /// The bits of the canonical position: equal points have equal bits.
  @inline(__always)
  var canonicalBits: SIMD3<UInt32> {
    let canonical = CanonicalPosition.of(SIMD3(x, y, z))
    return SIMD3(canonical.x.bitPattern, canonical.y.bitPattern, canonical.z.bitPattern)
  }

  /// The position in double precision; exact.
  var position: SIMD3<Double> { SIMD3(Double(x), Double(y), Double(z)) }
}

/// One triangle of a mesh. Its corners run anticlockwise seen from outside the solid.
public struct Facet: Hashable, Sendable {
  /// First corner.
  public var a: Vertex
  /// Second corner.
  public var b: Vertex
  /// Third corner.
  public var c: Vertex

  /// A facet over three corners, anticlockwise seen from outside.
  public init(_ a: Vertex, _ b: Vertex, _ c: Vertex) {
    self.a = a
    self.b = b
    self.c = c
  }

  /// Whether every corner is finite.
  @inlinable @inline(__always) public var isFinite: Bool { a.isFinite && b.isFinite && c.isFinite }

  /// (b − a) × (c − a): along the outward normal, twice the facet's area long.
  public var areaVector: SIMD3<Double> {
    let origin = a.position
    return cross(b.position - origin, c.position - origin)
  }

  /// Whether two corners coincide or the area, computed in double precision, is exactly zero.
  public var isDegenerate: Bool {
    a == b || b == c || c == a || areaVector == .zero
  }
}

/// What a file reader hands its facets to.
public protocol FacetSink {
  /// Takes the next facet of the mesh. A reader only sends finite facets.
  mutating func add(_ facet: Facet)
  /// Told before the first facet how many there will be, where the file's length confirms it. A sink
  /// that keeps facets can make room; what it does in `add` must not depend on it.
  mutating func expect(triangles: Int)
}

extension FacetSink {
  /// Makes no use of it.
  public mutating func expect(triangles: Int) {}
}
