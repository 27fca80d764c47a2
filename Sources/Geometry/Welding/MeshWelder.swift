/// Builds a mesh whose equal vertices are one from facets as they come.
///
/// Vertices are welded when their coordinates round to the same multiple of 1e-8 millimetres
/// (`CanonicalPosition`), and lie there; what a tolerance that a printer could see would close, its slicer
/// may leave open. Vertices are numbered in the order in which they first come, whatever the key.
public struct MeshWelder: FacetSink, Sendable {
  /// The most facets that a mesh may have.
  public static let trianglesMax = 1 << 30
  /// Points are looked up so many at a time.
  private static let blockSize = 3 * 64

  private var corners: [UInt32] = []
  private var table: VertexTable<UInt32>
  /// Corners that have no number yet.
  private var block: [SIMD3<UInt32>] = []

  /// An empty mesh. `key` should be secret and random: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    table = VertexTable(key: key)
    block.reserveCapacity(Self.blockSize)
  }

  /// Facets held.
  public private(set) var triangles = 0

  /// Takes one facet; there must not be `trianglesMax` already.
  public mutating func add(_ facet: Facet) {
    triangles += 1
    block.append(facet.a.canonicalBits)
    block.append(facet.b.canonicalBits)
    block.append(facet.c.canonicalBits)
    if block.count == Self.blockSize { flush() }
  }

  /// Makes room for so many facets, as they are in a closed mesh: with half as many vertices.
  public mutating func expect(triangles: Int) {
    let count = min(triangles, Self.trianglesMax)
    corners.reserveCapacity(3 * count)
    table.reserve(count / 2)
  }

  private mutating func flush() {
    precondition(triangles <= Self.trianglesMax)
    table.number(block, into: &corners)
    block.removeAll(keepingCapacity: true)
  }

  /// The mesh.
  public consuming func mesh() -> Mesh {
    flush()
    let points = table.takePoints()
    return Mesh(
      vertices: points.map { point in
        SIMD3<Double>(
          SIMD3(
            Float(bitPattern: point.x), Float(bitPattern: point.y), Float(bitPattern: point.z)))
      },
      corners: corners)
  }
}
