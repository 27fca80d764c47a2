/// The rims of a mesh's holes, as closed chains of vertices.
///
/// A rim runs against its facets, so that facets over it in its order face as they do. Where a vertex
/// comes twice, the chain between is a rim of its own: a rim never touches itself. Linear time.
struct HoleLoops {
  /// The rims' vertices, one rim after the other.
  private var chain: [UInt32] = []
  /// One half edge of a facet at each rim.
  private(set) var halfEdges: [Int] = []
  private var ends: [Int] = []
  /// Half edges that lead nowhere; a rim of them does not close.
  private(set) var strays: [Int] = []

  /// How many ways are compared where several rims meet in a vertex.
  private static let choicesMax = 16

  init(_ work: RepairWork, _ uses: EdgeUses) {
    var walk = RimWalk(work, uses)
    for start in walk.open.indices where !walk.isUsed[start] {
      follow(from: start, &walk)
    }
  }

  var count: Int { ends.count }

  /// The vertices of a rim.
  subscript(rim: Int) -> ArraySlice<UInt32> {
    chain[(rim == 0 ? 0 : ends[rim - 1])..<ends[rim]]
  }

  /// Walks along open edges, and cuts a rim off wherever the way comes back to itself.
  private mutating func follow(from start: Int, _ walk: inout RimWalk) {
    var path = [start]
    walk.enter(start)
    while let last = path.last {
      let vertex = walk.end(of: last)
      let place = walk.place[Int(vertex)]
      if place != RimWalk.nowhere {
        let rim = path[Int(place)...]
        chain += rim.lazy.map { walk.start(of: $0) }
        halfEdges.append(walk.open[rim[rim.startIndex]])
        ends.append(chain.count)
        for edge in rim { walk.place[Int(walk.start(of: edge))] = RimWalk.nowhere }
        path.removeSubrange(Int(place)...)
        if path.isEmpty { return }
      }
      guard let next = walk.next(from: vertex, after: path[path.count - 1], Self.choicesMax) else {
        for edge in path { walk.place[Int(walk.start(of: edge))] = RimWalk.nowhere }
        strays += path.map { walk.open[$0] }
        return
      }
      walk.enter(next, at: path.count)
      path.append(next)
    }
  }
}

/// The open edges by the vertex at which a rim enters them.
private struct RimWalk {
  static let nowhere = UInt32.max

  let work: RepairWork
  /// The open half edges, by the vertex at which they end: where their rim begins.
  let open: [Int]
  private(set) var isUsed: [Bool]
  /// Where on the path a vertex stands.
  var place: [UInt32]
  /// The first place of `open` that may still be unused, and the one after the last, by vertex.
  private var cursors: [Int: (next: Int, end: Int)] = [:]

  init(_ work: RepairWork, _ uses: EdgeUses) {
    self.work = work
    let corners = work.corners
    open = corners.indices.filter { uses.counts[$0] == 1 }
      .map { (corners[EdgeUses.next($0)], $0) }
      .sorted { $0 < $1 }
      .map { $0.1 }
    isUsed = [Bool](repeating: false, count: open.count)
    place = [UInt32](repeating: Self.nowhere, count: work.vertices.count)
    for index in open.indices {
      let vertex = Int(start(of: index))
      cursors[vertex] = (cursors[vertex]?.next ?? index, index + 1)
    }
  }

  func start(of edge: Int) -> UInt32 { work.corners[EdgeUses.next(open[edge])] }
  func end(of edge: Int) -> UInt32 { work.corners[open[edge]] }

  mutating func enter(_ edge: Int, at position: Int = 0) {
    isUsed[edge] = true
    place[Int(start(of: edge))] = UInt32(position)
  }

  /// The way on from a vertex; of several the one that turns back most sharply, so that a crack is
  /// closed before a hole beside it.
  mutating func next(from vertex: UInt32, after previous: Int, _ choicesMax: Int) -> Int? {
    guard let cursor = cursors[Int(vertex)] else { return nil }
    var next = cursor.next
    while next < cursor.end, isUsed[next] { next += 1 }
    cursors[Int(vertex)] = (next, cursor.end)
    let corner = work.vertices[Int(vertex)]
    let back = work.vertices[Int(start(of: previous))] - corner
    var best: Int?
    var sharpest = -Double.infinity
    for choice in next..<min(cursor.end, next + choicesMax) where !isUsed[choice] {
      let ahead = work.vertices[Int(self.end(of: choice))] - corner
      let length = (dot(back, back) * dot(ahead, ahead)).squareRoot()
      let cosine = length > 0 ? dot(back, ahead) / length : 0
      if best == nil || cosine > sharpest { (best, sharpest) = (choice, cosine) }
    }
    return best
  }
}
