/// The normals that facets are lit with: smooth over curved surfaces, sharp at creases.
///
/// Two facets that meet in an edge by less than the crease angle share a normal at the edge's ends.
/// What is shared is found by union-find over the corners, so that a fan of a million facets around
/// one vertex costs no more than any other million.
struct ShadingNormals {
  /// One unit normal for each corner of each drawn facet.
  let corners: [SIMD3<Float>]
  /// Whether every edge has exactly two facets that walk it in opposite directions: nothing but
  /// outsides can be seen then.
  let isClosed: Bool

  /// cos 38 degrees: a hole of twelve sides (30 degrees) is round, a chamfer (45 degrees) is not.
  static let creaseCosine: Float = 0.788

  init(_ scene: PreviewScene) {
    let edges = EdgeRuns(corners: scene.corners, vertexCount: scene.vertices.count)
    var groups = DisjointSets(count: scene.corners.count)
    var isClosed = edges.count > 0
    edges.forEachEdge { run in
      if let (first, second) = edges.pair(run) {
        let cosine = scene.facetNormals[Int(first.facet)]
          .dot(scene.facetNormals[Int(second.facet)])
        if cosine > ShadingNormals.creaseCosine {
          for vertex in [first.low, first.high] {
            _ = groups.join(
              ShadingNormals.corner(of: first.facet, at: vertex, in: scene),
              ShadingNormals.corner(of: second.facet, at: vertex, in: scene)
            )
          }
        }
      } else {
        isClosed = false
      }
    }
    self.isClosed = isClosed

    // Weighted by area, so that the flats beside a fillet stay flat.
    var sums = [SIMD3<Float>](repeating: .zero, count: scene.corners.count)
    for corner in scene.corners.indices {
      sums[Int(groups.root(of: UInt32(corner)))] +=
        scene.facetNormals[corner / 3] * scene.facetAreas[corner / 3]
    }
    corners = scene.corners.indices.map { corner in
      let sum = sums[Int(groups.root(of: UInt32(corner)))].normalised
      return sum == .zero ? scene.facetNormals[corner / 3] : sum
    }
  }

  private static func corner(of facet: UInt32, at vertex: UInt32, in scene: PreviewScene) -> UInt32
  {
    let first = 3 * facet
    if scene.corners[Int(first)] == vertex { return first }
    return scene.corners[Int(first) + 1] == vertex ? first + 1 : first + 2
  }
}
