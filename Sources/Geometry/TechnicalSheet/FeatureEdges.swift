/// The edges of a part that a drawing shows from one side: creases, open edges, and outlines.
struct FeatureEdges {
  struct Edge {
    let from: UInt32
    let to: UInt32
  }

  /// The longest first.
  let edges: [Edge]
  /// Whether shorter edges or weaker creases were left out.
  let isReduced: Bool

  /// cos 25 degrees: on paper also a weak crease is an edge.
  private static let creaseCosine: Float = 0.906
  /// cos 50 degrees: what is left of the creases where there are too many.
  private static let sharpCosine: Float = 0.643

  /// - Parameters:
  ///   - back: From the part towards the eye, of unit length.
  ///   - most: Edges that may be returned.
  init(_ scene: PreviewScene, _ sorted: EdgeRuns, back: SIMD3<Float>, most: Int) {
    var found = FeatureEdges.collect(scene, sorted, back, cosine: FeatureEdges.creaseCosine)
    var isReduced = false
    if found.count > most {
      isReduced = true
      found = FeatureEdges.collect(scene, sorted, back, cosine: FeatureEdges.sharpCosine)
    }
    found.sort { ($0.length, $1.edge.from, $1.edge.to) > ($1.length, $0.edge.from, $0.edge.to) }
    edges = found.prefix(most).map(\.edge)
    self.isReduced = isReduced
  }

  private static func collect(
    _ scene: PreviewScene,
    _ sorted: EdgeRuns,
    _ back: SIMD3<Float>,
    cosine: Float
  ) -> [(edge: Edge, length: Float)] {
    var found: [(edge: Edge, length: Float)] = []
    sorted.forEachEdge { run in
      let first = sorted[run.lowerBound]
      var isShown = true
      if let (_, second) = sorted.pair(run) {
        let a = scene.facetNormals[Int(first.facet)]
        let b = scene.facetNormals[Int(second.facet)]
        // A facet seen edge-on is no side: rounding must not make two outlines of it.
        isShown = a.dot(b) < cosine || (a.dot(back) > 1e-5) != (b.dot(back) > 1e-5)
      }
      if isShown {
        let way = scene.vertices[Int(first.high)] - scene.vertices[Int(first.low)]
        let off = way - back * way.dot(back)
        // What is seen end-on is a point.
        let length = off.dot(off)
        if length > 1e-9 { found.append((Edge(from: first.low, to: first.high), length)) }
      }
    }
    return found
  }
}
