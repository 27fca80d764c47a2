/// How the facets of a welded mesh hang together.
///
/// Facets with coinciding corners are left out of the edges and shells: what they add to one side of an
/// edge they add to the other. A thin facet with three distinct corners stays in, even if it has no
/// area; it may be what closes the mesh.
public struct MeshTopology: Hashable, Sendable, Codable {
  /// Distinct vertices.
  public var vertices = 0
  /// Edges with one facet: the rim of a hole.
  public var openEdges = 0
  /// Edges with two facets that walk it the same way: neighbours that disagree on what is outside.
  public var flippedEdges = 0
  /// Edges with more than two facets.
  public var nonManifoldEdges = 0
  /// Facets with coinciding corners or no area (`Facet.isDegenerate`).
  public var degenerateFacets = 0
  /// Facets beyond the first over the same three vertices, whichever way round.
  public var duplicateFacets = 0
  /// Connected components, where facets that share an edge are connected. Solids that touch in a
  /// vertex only are two shells; a cavity is a shell of its own.
  public var shells = 0

  /// That of a mesh without facets.
  public init() {}

  /// Whether every edge lies in exactly two facets that walk it in opposite directions.
  public var isWatertight: Bool {
    shells > 0 && openEdges == 0 && flippedEdges == 0 && nonManifoldEdges == 0
  }

  private enum CodingKeys: String, CodingKey {
    case vertices, shells
    case openEdges = "open_edges"
    case flippedEdges = "flipped_edges"
    case nonManifoldEdges = "non_manifold_edges"
    case degenerateFacets = "degenerate_facets"
    case duplicateFacets = "duplicate_facets"
  }
}

extension WeldedMesh {
  /// Counts how the facets hang together, in time linear in the facets; nil if the mesh was dropped for
  /// its size. Adds 30 bytes a facet while it runs.
  public func topology() -> MeshTopology? {
    guard !isOverLimit else { return nil }
    var topology = MeshTopology()
    topology.vertices = vertices.count
    topology.degenerateFacets = degenerateFacets

    let edges = SortedEdges(corners: corners, vertexCount: vertices.count)
    var components = DisjointSets(count: triangles)
    topology.shells = edges.facetCount
    var start = 0
    while start < edges.count {
      let first = edges[start]
      var forward = first.isForward ? 1 : 0
      var previous = first
      var end = start + 1
      while end < edges.count {
        let next = edges[end]
        guard next.low == first.low, next.high == first.high else { break }
        if next.isForward { forward += 1 }
        // A facet is looked for once only, at the edge between its two smallest vertices.
        if next.opposite == previous.opposite, next.opposite > next.high {
          topology.duplicateFacets += 1
        }
        if components.join(first.facet, next.facet) { topology.shells -= 1 }
        previous = next
        end += 1
      }
      switch (end - start, forward) {
      case (1, _): topology.openEdges += 1
      case (2, 1): break
      case (2, _): topology.flippedEdges += 1
      default: topology.nonManifoldEdges += 1
      }
      start = end
    }
    return topology
  }
}
