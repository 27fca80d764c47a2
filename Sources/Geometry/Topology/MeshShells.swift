/// What is told of the edges of a mesh while its shells are found.
protocol EdgeVisitor {
  /// Takes the facets beside an edge, which goes from `vertex` to a higher one.
  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>)
  /// Takes a facet that lies over the same three vertices as one before it.
  mutating func visit(duplicate facet: UInt32)
}

/// Has no interest in edges.
private struct NoVisitor: EdgeVisitor {
  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>) {}
  mutating func visit(duplicate facet: UInt32) {}
}

/// The shells of a mesh: facets that hang together by shared edges, however many facets an edge has.
///
/// Where bodies touch in a vertex, that vertex gets a number for each of them: what hangs together by
/// vertices then hangs together by edges.
struct MeshShells {
  /// Three numbers a facet, as in `Mesh`, with numbers of their own where a vertex is taken apart.
  private var corners: [UInt32]
  private var sets: DisjointSets
  /// How many shells there are.
  private(set) var count: Int

  /// Those of a welded mesh. Time n log n at most.
  init(_ mesh: Mesh) {
    var nobody = NoVisitor()
    self.init(mesh, visitor: &nobody)
  }

  /// The same, with all edges that have a defect, and some others, handed to `visitor`.
  init(_ mesh: Mesh, visitor: inout some EdgeVisitor) {
    corners = mesh.corners
    var numbers = UInt32(mesh.vertices.count)
    let closed = ClosedVertices(mesh)
    count = closed.count
    if closed.isOpen.contains(true) {
      let around = VertexCorners(mesh, isWanted: closed.isOpen)
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
    sets = DisjointSets(count: Int(numbers))
    VertexCorners.forEachFacet(of: corners) { _, a, b, c in
      if sets.join(a, b) { count -= 1 }
      if sets.join(b, c) { count -= 1 }
    }
  }

  /// One number for all facets of a shell; without meaning where two corners of the facet coincide.
  mutating func shell(of facet: Int) -> UInt32 { sets.root(of: corners[3 * facet]) }
}
