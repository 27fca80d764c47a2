/// What lies around one vertex, in room that serves the next one too.
///
/// Each facet at the vertex is an arc, from the vertex that follows in the facet to the one before, of a
/// graph: the vertex's link. Where the surface is closed the link is a single cycle.
struct VertexLink {
  /// A facet beside an edge of the vertex.
  struct Side {
    /// The vertex at the edge's other end.
    let end: UInt32
    /// The corner that the edge begins at in the facet: the edge's number there.
    let edge: UInt32
    /// Whether the facet walks the edge away from the vertex.
    let isOutward: Bool
  }

  /// The other end, the place among the vertex's corners, and one bit for outward: numbers sort several
  /// times as fast as what they stand for.
  private var keys: [UInt64] = []
  private var sides: [Side] = []
  private var opposites: [(edge: UInt64, corner: UInt32)] = []
  private var fans = DisjointSets(count: 0)

  /// Hands each edge of the vertex to `body`, as the facets beside it, by the number of the other end.
  mutating func forEachEdge(
    _ corners: ArraySlice<UInt32>,
    of mesh: VertexCorners,
    _ body: (ArraySlice<Side>) -> Void
  ) {
    keys.removeAll(keepingCapacity: true)
    for (place, corner) in corners.enumerated() {
      let (next, previous) = mesh.neighbours(of: corner)
      keys.append(UInt64(next) &<< 32 | UInt64(place) &<< 1 | 1)
      keys.append(UInt64(previous) &<< 32 | UInt64(place) &<< 1)
    }
    keys.sort()
    sides.removeAll(keepingCapacity: true)
    fans.reset(count: corners.count)
    var start = 0
    for (index, key) in keys.enumerated() {
      let end = UInt32(truncatingIfNeeded: key &>> 32)
      if index > start, end != sides[start].end {
        body(sides[start..<index])
        start = index
      }
      let place = Int(key &>> 1 & 0x7fff_ffff)
      if index > start {
        _ = fans.join(UInt32(keys[start] &>> 1 & 0x7fff_ffff), UInt32(place))
      }
      let corner = corners[corners.startIndex + place]
      let isOutward = key & 1 == 1
      let before = corner.isMultiple(of: 3) ? corner + 2 : corner - 1
      sides.append(Side(end: end, edge: isOutward ? corner : before, isOutward: isOutward))
    }
    body(sides[start...])
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
