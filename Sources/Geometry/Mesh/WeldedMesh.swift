/// A mesh whose equal vertices are one: facets as triples of vertex numbers.
///
/// Vertices are welded when their coordinates have the same bits, with −0 taken as +0. Nothing is
/// rounded: what a tolerance would close, a printer's slicer may leave open.
///
/// Memory is bounded: at most 170 bytes for each of `trianglesMax` facets, and about 60 in a closed
/// mesh. A mesh that has more is dropped whole, and `topology()` says nil.
public struct WeldedMesh: FacetSink, Sendable {
  /// The number of facets after which the mesh is dropped.
  public let trianglesMax: Int
  /// Whether more facets came than `trianglesMax`; the mesh is then empty.
  public private(set) var isOverLimit = false

  private let key: MeshHashKey
  private(set) var degenerateFacets = 0
  /// Three vertex numbers a facet.
  private(set) var corners: [UInt32] = []
  private(set) var vertices: [Vertex] = []
  /// Open addressing, linear probing: 0 is free, n is vertex n − 1. Its size is a power of two, and at
  /// least twice the vertices.
  private var slots = [UInt32](repeating: 0, count: 1024)

  /// An empty mesh for at most `trianglesMax` facets (which is cut to 2^30). `key` should be secret and
  /// random: it places the vertices, and a file that could foresee it could make welding quadratic.
  public init(key: MeshHashKey, trianglesMax: Int) {
    self.key = key
    self.trianglesMax = min(trianglesMax, 1 << 30)
  }

  /// Facets held.
  public var triangles: Int { corners.count / 3 }

  /// Takes one facet, or drops the mesh if it is one too many.
  public mutating func add(_ facet: Facet) {
    guard !isOverLimit else { return }
    guard triangles < trianglesMax else {
      isOverLimit = true
      corners = []
      vertices = []
      slots = []
      degenerateFacets = 0
      return
    }
    if facet.isDegenerate { degenerateFacets += 1 }
    let a = weld(facet.a)
    let b = weld(facet.b)
    let c = weld(facet.c)
    corners.append(a)
    corners.append(b)
    corners.append(c)
  }

  private mutating func weld(_ vertex: Vertex) -> UInt32 {
    let point = vertex.canonical
    let mask = slots.count - 1
    var slot = slotHash(point) & mask
    while slots[slot] != 0 {
      let candidate = slots[slot] - 1
      if vertices[Int(candidate)] == point { return candidate }
      slot = (slot + 1) & mask
    }
    vertices.append(point)
    slots[slot] = UInt32(vertices.count)
    if vertices.count * 2 > slots.count { growSlots() }
    return UInt32(vertices.count - 1)
  }

  private mutating func growSlots() {
    let size = slots.count * 2
    slots = []
    var grown = [UInt32](repeating: 0, count: size)
    for (index, vertex) in vertices.enumerated() {
      var slot = slotHash(vertex) & (size - 1)
      while grown[slot] != 0 { slot = (slot + 1) & (size - 1) }
      grown[slot] = UInt32(index + 1)
    }
    slots = grown
  }

  @inline(__always)
  private func slotHash(_ point: Vertex) -> Int {
    let hash = SipHash.hash64(
      UInt64(point.x.bitPattern) | UInt64(point.y.bitPattern) &<< 32,
      UInt64(point.z.bitPattern),
      key: key
    )
    return Int(truncatingIfNeeded: hash)
  }
}
