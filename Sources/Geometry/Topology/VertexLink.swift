/// What lies around one vertex, in room that serves the next one too.
///
/// Each facet at the vertex is an arc, from the vertex that follows in the facet to the one before, of a
/// graph: the vertex's link. Where the surface is closed the link is a single cycle.
struct VertexLink {
  /// A facet beside an edge of the vertex.
  struct Side {
    /// The vertex at the edge's other end.
    let end: UInt32
    /// Which of the vertex's corners the facet has.
    let place: UInt32
    /// The corner that the edge begins at in the facet: the edge's number there.
    let edge: UInt32
    /// Whether the facet walks the edge away from the vertex.
    let isOutward: Bool
  }

  private var sides: [Side] = []
  private var opposites: [(edge: UInt64, corner: UInt32)] = []
  private var fans = DisjointSets(count: 0)

  /// Hands each edge of the vertex to `body`, as the facets beside it, by the number of the other end.
  mutating func forEachEdge(
    _ corners: ArraySlice<UInt32>,
    of mesh: VertexCorners,
    _ body: (ArraySlice<Side>) -> Void
  ) {
    sides.removeAll(keepingCapacity: true)
    for (place, corner) in corners.enumerated() {
      let (next, previous) = mesh.neighbours(of: corner)
      let before = corner.isMultiple(of: 3) ? corner + 2 : corner - 1
      let place = UInt32(place)
      sides.append(Side(end: next, place: place, edge: corner, isOutward: true))
      sides.append(Side(end: previous, place: place, edge: before, isOutward: false))
    }
    sides.sort { ($0.end, $0.place) < ($1.end, $1.place) }
    fans = DisjointSets(count: corners.count)
    var start = 0
    for index in 1...sides.count where index == sides.count || sides[index].end != sides[start].end
    {
      for other in start + 1..<max(index, start + 1) {
        _ = fans.join(sides[start].place, sides[other].place)
      }
      body(sides[start..<index])
      start = index
    }
  }

  /// The fans of the edges that went by: facets around the vertex that hang together by its edges. The
  /// fan of each corner, as the place of one of its corners; the first corner's fan is 0's.
  mutating func fan(of place: Int) -> UInt32 { fans.root(of: UInt32(place)) }

  /// Hands the corner of each facet to `body` that lies over the same vertices as one before it, if the
  /// vertex is the lowest of them.
  mutating func forEachDuplicate(
    _ corners: ArraySlice<UInt32>,
    at vertex: Int,
    of mesh: VertexCorners,
    _ body: (UInt32) -> Void
  ) {
    opposites.removeAll(keepingCapacity: true)
    for corner in corners {
      let (next, previous) = mesh.neighbours(of: corner)
      let (low, high) = (min(next, previous), max(next, previous))
      if low > vertex { opposites.append((UInt64(low) &<< 32 | UInt64(high), corner)) }
    }
    opposites.sort { $0 < $1 }
    for index in opposites.indices.dropFirst() {
      if opposites[index].edge == opposites[index - 1].edge { body(opposites[index].corner) }
    }
  }
}
