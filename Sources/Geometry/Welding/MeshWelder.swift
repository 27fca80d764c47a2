/// Builds a mesh whose equal vertices are one from facets as they come.
///
/// Vertices are welded when their coordinates round to the same multiple of 1e-8 millimetres
/// (`CanonicalPosition`), and lie there; what a tolerance that a printer could see would close, its slicer
/// may leave open. Vertices are numbered in the order in which they first come, whatever the key.
public struct MeshWelder: FacetSink, Sendable {
  /// The most facets that a mesh may have.
  public static let trianglesMax = 1 << 30
  private var corners: [UInt32] = []
  private var table: VertexTable<UInt32>
  /// Corners that have no number yet, of which there are `waiting`.
  private var block = VertexTable<UInt32>.Block(repeating: .zero)
  private var waiting = 0

  /// An empty mesh. `key` should be secret and random: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    table = VertexTable(key: key)
  }

  /// Facets held.
  public private(set) var triangles = 0

  /// Takes one facet; there must not be `trianglesMax` already.
  public mutating func add(_ facet: Facet) {
    triangles += 1
    block[waiting] = facet.a.canonicalBits
    block[waiting + 1] = facet.b.canonicalBits
    block[waiting + 2] = facet.c.canonicalBits
    waiting += 3
    if waiting == block.count { flush() }
  }

  /// Makes room for so many facets, as they are in a closed mesh: with half as many vertices.
  public mutating func expect(triangles: Int) {
    let count = min(triangles, Self.trianglesMax)
    corners.reserveLarge(3 * count)
    table.reserve(count / 2)
  }

  private mutating func flush() {
    precondition(triangles <= Self.trianglesMax)
    table.number(block.span.extracting(first: waiting), into: &corners)
    waiting = 0
  }

  /// The mesh.
  public consuming func mesh() -> Mesh {
    flush()
    let points = table.takePoints()
    var vertices: [SIMD3<Double>] = []
    vertices.reserveLarge(points.count)
    for point in points {
      vertices.append(
        SIMD3(
          SIMD3(
            Float(bitPattern: point.x), Float(bitPattern: point.y), Float(bitPattern: point.z))))
    }
    return Mesh(vertices: vertices, corners: corners)
  }
}
