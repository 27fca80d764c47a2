/// Which facets meet in the edges of a mesh whose equal vertices are one.
///
/// Half edge 3f + k runs from corner k of facet f to the next. A facet with coinciding corners has no
/// edges here. Linear time and 13 bytes a half edge, whatever the mesh.
struct EdgeUses {
  /// What stands for no half edge.
  static let none = UInt32.max

  /// The other half edge over the same edge where there is exactly one, else `none`. It may walk the
  /// edge the same way: then the two facets disagree on what is outside.
  private(set) var mates: [UInt32]
  /// Facets at the edge, up to 255; 0 for a facet with coinciding corners.
  private(set) var counts: [UInt8]
  /// Edges with one facet.
  private(set) var openEdges = 0
  /// Edges with two facets that walk it the same way.
  private(set) var flippedEdges = 0
  /// Edges with more than two facets.
  private(set) var nonManifoldEdges = 0
  /// Edges that are walked more often one way than the other.
  private(set) var unbalancedEdges = 0

  init(corners: [UInt32], vertexCount: Int) {
    mates = [UInt32](repeating: Self.none, count: corners.count)
    counts = [UInt8](repeating: 0, count: corners.count)
    let edges = EdgeRuns(corners: corners, vertexCount: vertexCount)
    edges.forEachEdge { note(edges, $0) }
  }

  /// Whether nothing is open, flipped or non-manifold.
  var areWhole: Bool { openEdges == 0 && flippedEdges == 0 && nonManifoldEdges == 0 }

  private mutating func note(_ edges: EdgeRuns, _ run: Range<Int>) {
    let forward = run.count { edges[$0].isForward }
    for position in run { counts[edges[position].halfEdge] = UInt8(clamping: run.count) }
    if forward * 2 != run.count { unbalancedEdges += 1 }
    switch run.count {
    case 1: openEdges += 1
    case 2:
      if forward != 1 { flippedEdges += 1 }
      let first = edges[run.lowerBound].halfEdge
      set(first, mate: UInt32(edges[run.lowerBound + 1].halfEdge), count: 2)
    default: nonManifoldEdges += 1
    }
  }

  /// Gives a half edge another mate, or `none`, and makes it that one's mate.
  mutating func set(_ halfEdge: Int, mate: UInt32, count: UInt8) {
    mates[halfEdge] = mate
    counts[halfEdge] = count
    if mate != Self.none {
      mates[Int(mate)] = UInt32(halfEdge)
      counts[Int(mate)] = count
    }
  }

  /// The half edge after one in its facet.
  @inline(__always)
  static func next(_ halfEdge: Int) -> Int { halfEdge % 3 == 2 ? halfEdge - 2 : halfEdge + 1 }

  /// The half edge before one in its facet.
  @inline(__always)
  static func previous(_ halfEdge: Int) -> Int { halfEdge % 3 == 0 ? halfEdge + 2 : halfEdge - 1 }
}
