/// The normals that facets are lit with: smooth over curved surfaces, sharp at creases.
///
/// Two facets that meet in an edge by less than the crease angle share a normal at the edge's ends.
/// What is shared is found vertex by vertex, by union-find over its corners; a fan of a million facets
/// around one vertex costs no more than sorting a million edges.
struct ShadingNormals {
  /// One unit normal for each corner of each drawn facet.
  let corners: [SIMD3<Float>]
  /// Whether every edge has exactly two facets that walk it in opposite directions: nothing but
  /// outsides can be seen then.
  let isClosed: Bool

  /// cos 38 degrees: a hole of twelve sides (30 degrees) is round, a chamfer (45 degrees) is not.
  static let creaseCosine: Float = 0.788

  init(_ scene: PreviewScene) {
    // The corners in the order of their vertices: a counting sort.
    var ends = [UInt32](repeating: 0, count: scene.vertices.count + 1)
    for vertex in scene.corners { ends[Int(vertex) + 1] += 1 }
    for vertex in 1..<ends.count { ends[vertex] += ends[vertex - 1] }
    var order = [UInt32](repeating: 0, count: scene.corners.count)
    for (corner, vertex) in scene.corners.enumerated() {
      order[Int(ends[Int(vertex)])] = UInt32(corner)
      ends[Int(vertex)] += 1
    }
    var normals = [SIMD3<Float>](repeating: .zero, count: scene.corners.count)
    var fan = CornerFan()
    var start = 0
    for vertex in scene.vertices.indices {
      let end = Int(ends[vertex])
      fan.share(order[start..<end], in: scene, &normals)
      start = end
    }
    corners = normals
    isClosed = fan.isClosed && !order.isEmpty
  }
}

/// The corners at one vertex, and which of them share a normal.
private struct CornerFan {
  /// Whether all edges at the vertices so far have two facets that walk them in opposite directions.
  private(set) var isClosed = true
  /// Both sides of each corner: the vertex at the other end, above the corner's number in the fan and
  /// whether the facet walks the side away from here.
  private var sides: [UInt64] = []
  private var parents: [UInt32] = []
  private var sums: [SIMD3<Float>] = []

  /// Writes the normals of the corners `fan`, which are all of one vertex.
  @inline(__always)
  mutating func share(
    _ fan: ArraySlice<UInt32>, in scene: PreviewScene, _ normals: inout [SIMD3<Float>]
  ) {
    let first = fan.startIndex
    sides.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    sums.removeAll(keepingCapacity: true)
    for index in fan.indices {
      let corner = Int(fan[index])
      let facet = corner / 3
      let side = corner - 3 * facet
      let next = scene.corners[side == 2 ? corner - 2 : corner + 1]
      let previous = scene.corners[side == 0 ? corner + 2 : corner - 1]
      let number = UInt64(index - first) << 1
      sides.append(UInt64(next) << 32 | number | 1)
      sides.append(UInt64(previous) << 32 | number)
      parents.append(UInt32(index - first))
      sums.append(.zero)
    }
    sortSides()
    joinOverEdges(fan, scene)
    // Weighted by area, so that the flats beside a fillet stay flat.
    for index in fan.indices {
      let facet = Int(fan[index] / 3)
      sums[root(index - first)] += scene.facetNormals[facet] * scene.facetAreas[facet]
    }
    for index in fan.indices {
      let sum = sums[root(index - first)]
      let square = sum.dot(sum)
      normals[Int(fan[index])] =
        square > 0 ? sum / square.squareRoot() : scene.facetNormals[Int(fan[index] / 3)]
    }
  }

  @inline(__always)
  private mutating func sortSides() {
    guard sides.count <= 32 else { return sides.sort() }
    for index in 1..<sides.count {
      let side = sides[index]
      var place = index
      while place > 0, sides[place - 1] > side {
        sides[place] = sides[place - 1]
        place -= 1
      }
      sides[place] = side
    }
  }

  /// Joins the corners on either side of each edge that is no crease.
  @inline(__always)
  private mutating func joinOverEdges(_ fan: ArraySlice<UInt32>, _ scene: PreviewScene) {
    var start = 0
    while start < sides.count {
      var end = start + 1
      while end < sides.count, sides[end] >> 32 == sides[start] >> 32 { end += 1 }
      let (one, other) = (sides[start], sides[end - 1])
      if end - start == 2, one & 1 != other & 1 {
        let (a, b) = (Int(one & 0xFFFF_FFFF) >> 1, Int(other & 0xFFFF_FFFF) >> 1)
        let cosine = scene.facetNormals[Int(fan[fan.startIndex + a] / 3)]
          .dot(scene.facetNormals[Int(fan[fan.startIndex + b] / 3)])
        if cosine > ShadingNormals.creaseCosine {
          let (c, d) = (root(a), root(b))
          parents[max(c, d)] = UInt32(min(c, d))
        }
      } else {
        isClosed = false
      }
      start = end
    }
  }

  @inline(__always)
  private mutating func root(_ number: Int) -> Int {
    var node = number
    while Int(parents[node]) != node {
      parents[node] = parents[Int(parents[node])]
      node = Int(parents[node])
    }
    return node
  }
}
