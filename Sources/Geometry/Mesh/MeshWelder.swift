/// Builds a mesh whose equal vertices are one from facets as they come.
///
/// Vertices are welded when their coordinates have the same bits, with −0 taken as +0. Nothing is
/// rounded: what a tolerance would close, a printer's slicer may leave open. Vertices are numbered in the
/// order in which they first come, whatever the key.
public struct MeshWelder: FacetSink, Sendable {
  /// The most facets that a mesh may have.
  public static let trianglesMax = 1 << 30

  private var corners: [UInt32] = []
  private var vertices: [SIMD3<Double>] = []
  private var table: VertexTable<UInt32>

  /// An empty mesh. `key` should be secret and random: see `MeshHashKey`.
  public init(key: MeshHashKey) {
    table = VertexTable(key: key)
  }

  /// Facets held.
  public var triangles: Int { corners.count / 3 }

  /// Takes one facet; there must not be `trianglesMax` already.
  public mutating func add(_ facet: Facet) {
    precondition(triangles < Self.trianglesMax)
    weld(facet.a)
    weld(facet.b)
    weld(facet.c)
  }

  /// The mesh.
  public consuming func mesh() -> Mesh {
    Mesh(vertices: vertices, corners: corners)
  }

  @inline(__always)
  private mutating func weld(_ vertex: Vertex) {
    let point = vertex.canonical
    let number = table.number(
      of: SIMD3(point.x.bitPattern, point.y.bitPattern, point.z.bitPattern))
    if number == vertices.count { vertices.append(point.position) }
    corners.append(number)
  }
}
