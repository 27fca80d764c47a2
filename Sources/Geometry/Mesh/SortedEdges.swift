/// The edges of a welded mesh, ordered by their smaller vertex, larger vertex and the vertex opposite.
///
/// Three stable counting sorts over vertex numbers (D. Knuth, "The Art of Computer Programming",
/// volume 3, section 5.2.5): linear time whatever the file, where a fan of a million facets around one
/// vertex would make buckets slow.
struct SortedEdges {
  struct Edge {
    let low: UInt32
    let high: UInt32
    let opposite: UInt32
    let facet: UInt32
    /// Whether the facet walks the edge from `low` to `high`.
    let isForward: Bool
  }

  /// Facets with three distinct corners: the only ones whose edges are here.
  let facetCount: Int
  private let corners: [UInt32]
  /// Edge 3f + k runs from corner k of facet f to the next.
  private var order: [UInt32]

  init(corners: [UInt32], vertexCount: Int) {
    self.corners = corners
    var order: [UInt32] = []
    order.reserveCapacity(corners.count)
    for first in stride(from: 0, to: corners.count, by: 3) {
      let (a, b, c) = (corners[first], corners[first + 1], corners[first + 2])
      guard a != b, b != c, c != a else { continue }
      let id = UInt32(first)
      order.append(id)
      order.append(id + 1)
      order.append(id + 2)
    }
    self.order = order
    facetCount = order.count / 3
    order = []
    guard !self.order.isEmpty else { return }

    var spare = [UInt32](repeating: 0, count: self.order.count)
    var starts = [UInt32](repeating: 0, count: vertexCount + 1)
    sort(into: &spare, starts: &starts) { $0.opposite }
    sort(into: &spare, starts: &starts) { $0.high }
    sort(into: &spare, starts: &starts) { $0.low }
  }

  var count: Int { order.count }

  subscript(position: Int) -> Edge {
    @inline(__always) get { edge(order[position]) }
  }

  @inline(__always)
  private func edge(_ id: UInt32) -> Edge {
    let facet = id / 3
    let base = Int(facet) * 3
    let side = Int(id) - base
    let from = corners[base + side]
    let to = corners[base + (side == 2 ? 0 : side + 1)]
    let opposite = corners[base + (side == 0 ? 2 : side - 1)]
    return Edge(
      low: min(from, to),
      high: max(from, to),
      opposite: opposite,
      facet: facet,
      isForward: from < to
    )
  }

  /// One stable pass; `starts` has a place for each vertex and one more.
  @inline(__always)
  private mutating func sort(
    into spare: inout [UInt32],
    starts: inout [UInt32],
    by key: (Edge) -> UInt32
  ) {
    for index in starts.indices { starts[index] = 0 }
    for id in order { starts[Int(key(edge(id))) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    for id in order {
      let bucket = Int(key(edge(id)))
      spare[Int(starts[bucket])] = id
      starts[bucket] += 1
    }
    swap(&order, &spare)
  }
}
