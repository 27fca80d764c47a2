/// What looks at the edges of a mesh takes them from here.
protocol EdgeVisitor {
  /// Takes the facets beside an edge, which goes from `vertex` to a higher one.
  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>)
  /// Takes a facet that lies over the same three vertices as one before it.
  mutating func visit(duplicate facet: UInt32)
}

/// The facets of a mesh, sewn together along shared edges only.
///
/// Where bodies touch in a vertex, that vertex gets a number for each of them: what hangs together by
/// vertices then hangs together by edges.
struct MeshSheets {
  /// Three numbers a facet, as in `Mesh`, with numbers of their own where a vertex is taken apart.
  private var corners: [UInt32]
  /// How many numbers there are.
  let numberCount: Int
  private var sets: DisjointSets
  /// The number of connected components: shells.
  private(set) var count: Int

  /// Hands all edges with defects to `visitor`, or really all if `isThorough`. Time n log n at most.
  init(_ mesh: Mesh, isThorough: Bool = false, visitor: inout some EdgeVisitor) {
    var isWanted = [Bool](repeating: true, count: mesh.vertices.count)
    corners = mesh.corners
    var numbers = UInt32(mesh.vertices.count)
    count = 0
    if !isThorough {
      let closed = ClosedVertices(mesh)
      isWanted = closed.isOpen
      count = closed.count
    }
    if isWanted.contains(true) {
      let around = VertexCorners(mesh, isWanted: isWanted)
      var link = VertexLink()
      for vertex in mesh.vertices.indices {
        let here = around.corners(at: vertex)
        guard !here.isEmpty else { continue }
        link.forEachEdge(here, of: around) { sides in
          guard let end = sides.first?.end, end > vertex else { return }
          visitor.visit(edgeOf: UInt32(vertex), sides)
        }
        link.forEachDuplicate(here, at: vertex, of: around) { visitor.visit(duplicate: $0 / 3) }
        // The fan with the first corner keeps the vertex.
        var added: [UInt32: UInt32] = [0: UInt32(vertex)]
        for (place, corner) in here.enumerated() {
          let fan = link.fan(of: place)
          if fan == place, place > 0 {
            added[fan] = numbers
            numbers += 1
          }
          if fan > 0 { corners[Int(corner)] = added[fan] ?? 0 }
        }
        count += added.count
      }
    }
    numberCount = Int(numbers)
    sets = DisjointSets(count: numberCount)
    VertexCorners.forEachFacet(of: corners) { _, a, b, c in
      if sets.join(a, b) { count -= 1 }
      if sets.join(b, c) { count -= 1 }
    }
  }

  /// One number for all corners of a shell.
  mutating func component(ofCorner corner: Int) -> UInt32 { sets.root(of: corners[corner]) }
}
