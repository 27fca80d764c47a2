/// The corners of a mesh by their vertex.
///
/// Facets with coinciding corners are left out: what they add to one side of an edge they add to the
/// other. Corner 3f + k is the k-th of facet f, and the number of the edge from there to the next.
struct VertexCorners {
  private let vertices: [UInt32]
  private let starts: [UInt32]
  private let byVertex: [UInt32]

  /// Takes the corners at vertices that `isWanted`, by a counting sort: linear in the facets.
  init(_ mesh: Mesh, isWanted: [Bool]) {
    vertices = mesh.corners
    // After the second pass the starts have moved one place down.
    var starts = [UInt32](scattered: 0, count: mesh.vertices.count + 2)
    Self.forEachFacet(of: vertices) { _, a, b, c in
      for vertex in [a, b, c] where isWanted[Int(vertex)] { starts[Int(vertex) + 2] += 1 }
    }
    for index in 2..<starts.count { starts[index] += starts[index - 1] }
    var byVertex = [UInt32](scattered: 0, count: Int(starts[starts.count - 1]))
    Self.forEachFacet(of: vertices) { corner, a, b, c in
      for (side, vertex) in [a, b, c].enumerated() where isWanted[Int(vertex)] {
        byVertex[Int(starts[Int(vertex) + 1])] = corner + UInt32(side)
        starts[Int(vertex) + 1] += 1
      }
    }
    self.starts = starts
    self.byVertex = byVertex
  }

  /// Calls with the first corner of each facet and its three distinct vertices.
  @inline(__always)
  static func forEachFacet(
    of vertices: [UInt32],
    _ body: (UInt32, UInt32, UInt32, UInt32) -> Void
  ) {
    for first in stride(from: 0, to: vertices.count, by: 3) {
      let (a, b, c) = (vertices[first], vertices[first + 1], vertices[first + 2])
      if a != b, b != c, c != a { body(UInt32(first), a, b, c) }
    }
  }

  /// The corners at a vertex, by number.
  @inline(__always)
  func corners(at vertex: Int) -> ArraySlice<UInt32> {
    byVertex[Int(starts[vertex])..<Int(starts[vertex + 1])]
  }

  /// The vertices of a facet after and before one of its corners.
  @inline(__always)
  func neighbours(of corner: UInt32) -> (next: UInt32, previous: UInt32) {
    let base = corner / 3 * 3
    let side = corner - base
    return (
      vertices[Int(base + (side == 2 ? 0 : side + 1))],
      vertices[Int(base + (side == 0 ? 2 : side - 1))]
    )
  }
}
