/// Tells the vertices of a mesh around which the surface is plainly closed.
///
/// Each facet at a vertex is an arc, from the vertex that follows in the facet to the one before, of the
/// vertex's link. Where that is one cycle of at least three vertices, all distinct, each edge of the
/// vertex has two facets that walk it in opposite directions, no facet is there twice, and all hang
/// together. In a good mesh every vertex is like that, and no more has to be known of them.
struct ClosedVertices {
  /// A vertex with more facets is not tried: following the arcs takes the square of their number.
  private static let facetsMax = 32

  /// Vertices with facets around them that are not plainly closed.
  private(set) var isOpen: [Bool]
  /// The number of vertices that are.
  private(set) var count = 0

  /// Linear in the facets. Facets with coinciding corners do not count.
  init(_ mesh: Mesh) {
    isOpen = [Bool](repeating: false, count: mesh.vertices.count)
    // A counting sort of the arcs by vertex. After its second pass the starts have moved one place down.
    var starts = [UInt32](scattered: 0, count: mesh.vertices.count + 2)
    VertexCorners.forEachFacet(of: mesh.corners) { _, a, b, c in
      starts[Int(a) + 2] += 1
      starts[Int(b) + 2] += 1
      starts[Int(c) + 2] += 1
    }
    for index in 2..<starts.count { starts[index] += starts[index - 1] }
    var arcs = [SIMD2<UInt32>](scattered: .zero, count: Int(starts[starts.count - 1]))
    VertexCorners.forEachFacet(of: mesh.corners) { _, a, b, c in
      arcs[Int(starts[Int(a) + 1])] = SIMD2(b, c)
      starts[Int(a) + 1] += 1
      arcs[Int(starts[Int(b) + 1])] = SIMD2(c, a)
      starts[Int(b) + 1] += 1
      arcs[Int(starts[Int(c) + 1])] = SIMD2(a, b)
      starts[Int(c) + 1] += 1
    }
    for vertex in mesh.vertices.indices {
      let (start, end) = (Int(starts[vertex]), Int(starts[vertex + 1]))
      guard start < end else { continue }
      if Self.isCycle(&arcs, start, end) { count += 1 } else { isOpen[vertex] = true }
    }
  }

  /// Follows the arcs from the first, and brings them into that order. One that goes on in two ways or
  /// comes back too soon is no cycle; neither is one that comes by a vertex twice, because it could have
  /// gone on from there in two ways.
  @inline(__always)
  private static func isCycle(_ arcs: inout [SIMD2<UInt32>], _ start: Int, _ end: Int) -> Bool {
    guard 3...facetsMax ~= end - start else { return false }
    let first = arcs[start].x
    var wanted = arcs[start].y
    for place in start + 1..<end {
      var found = 0
      var at = place
      for later in place..<end where arcs[later].x == wanted {
        found += 1
        at = later
      }
      guard found == 1, wanted != first else { return false }
      wanted = arcs[at].y
      arcs[at] = arcs[place]
    }
    return wanted == first
  }
}
