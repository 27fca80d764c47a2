/// The half edges of a mesh in the order of their edges, and at each edge of the vertices opposite.
///
/// Half edge 3f + k runs from corner k of facet f to the next. Three stable counting sorts over vertex
/// numbers (D. Knuth, "The Art of Computer Programming", volume 3, section 5.2.5): linear time whatever
/// the mesh, where a fan of a million facets around one vertex would make buckets slow. A facet with
/// coinciding corners has no edges here.
struct EdgeRuns {
  struct Edge {
    let halfEdge: Int
    let low: UInt32
    let high: UInt32
    let opposite: UInt32
    /// Whether the half edge runs from `low` to `high`.
    let isForward: Bool

    var facet: UInt32 { UInt32(halfEdge / 3) }

    /// Whether both lie over the same edge.
    func isOver(_ other: Edge) -> Bool { low == other.low && high == other.high }
  }

  private let corners: [UInt32]
  private var order: [UInt32] = []

  init(corners: [UInt32], vertexCount: Int) {
    self.corners = corners
    order.reserveCapacity(corners.count)
    for first in stride(from: 0, to: corners.count, by: 3) {
      let (a, b, c) = (corners[first], corners[first + 1], corners[first + 2])
      guard a != b, b != c, c != a else { continue }
      for side in 0..<3 { order.append(UInt32(first + side)) }
    }
    var spare = order
    var starts = [UInt32](repeating: 0, count: vertexCount + 1)
    sort(&spare, &starts) { $0.opposite }
    sort(&spare, &starts) { $0.high }
    sort(&spare, &starts) { $0.low }
  }

  var count: Int { order.count }

  subscript(position: Int) -> Edge {
    @inline(__always) get { edge(Int(order[position])) }
  }

  /// Hands over the places of each edge's half edges, edge by edge.
  @inline(__always)
  func forEachEdge(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < count {
      let first = self[start]
      var end = start + 1
      while end < count, self[end].isOver(first) { end += 1 }
      body(start..<end)
      start = end
    }
  }

  /// Both half edges of an edge that exactly two facets walk, in opposite directions; else nil.
  @inline(__always)
  func pair(_ run: Range<Int>) -> (Edge, Edge)? {
    guard run.count == 2 else { return nil }
    let (first, second) = (self[run.lowerBound], self[run.lowerBound + 1])
    return first.isForward != second.isForward ? (first, second) : nil
  }

  @inline(__always)
  private func edge(_ halfEdge: Int) -> Edge {
    let from = corners[halfEdge]
    let to = corners[EdgeUses.next(halfEdge)]
    return Edge(
      halfEdge: halfEdge, low: min(from, to), high: max(from, to),
      opposite: corners[EdgeUses.previous(halfEdge)], isForward: from < to)
  }

  /// One stable pass; `starts` has a place for each vertex and one more.
  @inline(__always)
  private mutating func sort(
    _ spare: inout [UInt32], _ starts: inout [UInt32], by key: (Edge) -> UInt32
  ) {
    for index in starts.indices { starts[index] = 0 }
    for id in order { starts[Int(key(edge(Int(id)))) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    for id in order {
      let bucket = Int(key(edge(Int(id))))
      spare[Int(starts[bucket])] = id
      starts[bucket] += 1
    }
    swap(&order, &spare)
  }
}
