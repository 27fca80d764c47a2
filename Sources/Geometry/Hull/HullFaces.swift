/// The faces of a hull: convex polygons, each the whole of what is in one plane.
///
/// However the hull was grown, the faces are the same to the last number: corners are numbered in
/// lexicographic order, a face begins with its smallest, and faces are in order of their corners.
struct HullFaces: Hashable, Sendable {
  /// Positions of the corners, in lexicographic order. No corner is within a face or an edge.
  private(set) var vertices: [SIMD3<Double>] = []
  /// The corners of one face after another, anticlockwise from outside.
  private(set) var corners: [UInt32] = []
  /// Where each face starts in `corners`, and the end of the last.
  private(set) var starts: [Int] = [0]

  var count: Int { starts.count - 1 }

  subscript(face: Int) -> ArraySlice<UInt32> { corners[starts[face]..<starts[face + 1]] }

  /// A hull with less than three dimensions: both sides of a polygon, or no face at all.
  init(flat polygon: [SIMD3<Double>]) {
    let order = polygon.indices.sorted { precedes(polygon[$0], polygon[$1]) }
    vertices = order.map { polygon[$0] }
    guard polygon.count > 2 else { return }
    var numbers = [UInt32](repeating: 0, count: polygon.count)
    for (number, index) in order.enumerated() { numbers[index] = UInt32(number) }
    append(Rims(points: numbers + numbers.reversed(), ends: [polygon.count, 2 * polygon.count]))
  }

  /// The faces of a grown hull.
  init(of hull: HullBuilder, points: [SIMD3<Double>]) {
    let rims = hull.rims(points)
    // A point within a face has no rim through it, one within an edge has two; a corner has three.
    var degrees = [UInt8](repeating: 0, count: points.count)
    for point in rims.points where degrees[Int(point)] < 3 { degrees[Int(point)] += 1 }
    let kept = points.indices.filter { degrees[$0] == 3 }
      .sorted { precedes(points[$0], points[$1]) }
    vertices = kept.map { points[$0] }
    var numbers = [UInt32](repeating: HullBuilder.none, count: points.count)
    for (number, index) in kept.enumerated() { numbers[index] = UInt32(number) }
    var polygons = Rims()
    for rim in 0..<rims.ends.count {
      for point in rims[rim] where numbers[Int(point)] != HullBuilder.none {
        polygons.points.append(numbers[Int(point)])
      }
      polygons.ends.append(polygons.points.count)
    }
    append(polygons)
  }

  private mutating func append(_ rims: Rims) {
    // Two faces have at most an edge in common, so the first three corners tell them apart; a flat
    // hull's two sides differ in the second.
    var order: [(key: SIMD4<UInt32>, start: Int)] = []
    order.reserveCapacity(rims.ends.count)
    for rim in 0..<rims.ends.count {
      let points = rims[rim]
      var start = points.startIndex
      for place in points.indices where points[place] < points[start] { start = place }
      let second = start + 1 == points.endIndex ? points.startIndex : start + 1
      let third = second + 1 == points.endIndex ? points.startIndex : second + 1
      order.append(
        (SIMD4(points[start], points[second], points[third], UInt32(rim)), start))
    }
    order.sort { ($0.key.x, $0.key.y, $0.key.z) < ($1.key.x, $1.key.y, $1.key.z) }
    corners.reserveCapacity(rims.points.count)
    starts.reserveCapacity(order.count + 1)
    for (key, start) in order {
      let points = rims[Int(key.w)]
      corners += points[start...]
      corners += points[..<start]
      starts.append(corners.count)
    }
  }

  /// The faces cut into facets, as fans around their first corners.
  var mesh: Mesh {
    var facets: [UInt32] = []
    facets.reserveCapacity(3 * (corners.count - 2 * count))
    for face in 0..<count {
      let polygon = self[face]
      let first = polygon.startIndex
      for index in first + 1..<polygon.endIndex - 1 {
        facets.append(polygon[first])
        facets.append(polygon[index])
        facets.append(polygon[index + 1])
      }
    }
    return Mesh(vertices: vertices, corners: facets)
  }

  /// Every edge once, as the numbers of its corners, smaller first; in the order of the faces.
  var edges: [(low: UInt32, high: UInt32)] {
    var edges: [(UInt32, UInt32)] = []
    for face in 0..<count {
      let polygon = self[face]
      var previous = polygon[polygon.endIndex - 1]
      for corner in polygon {
        if previous < corner { edges.append((previous, corner)) }
        previous = corner
      }
    }
    return edges
  }
}

/// The points around faces, one face after the other.
private struct Rims {
  var points: [UInt32] = []
  var ends: [Int] = []

  subscript(rim: Int) -> ArraySlice<UInt32> { points[(rim == 0 ? 0 : ends[rim - 1])..<ends[rim]] }
}

extension HullBuilder {
  /// The points around each face, anticlockwise from outside, where facets in one plane are one face.
  fileprivate func rims(_ points: [SIMD3<Double>]) -> Rims {
    func position(_ edge: Int) -> SIMD3<Double> { points[Int(corners[edge])] }
    let isInner = corners.indices.map { edge -> Bool in
      let first = edge - edge % 3
      guard corners[first] != Self.none else { return false }
      // Two facets in one plane have their four corners there. The corner beyond the edge is the one
      // that the facet there does not share.
      let beyond = 3 * Int(neighbours[edge])
      let (from, to) = (corners[edge], corners[Self.next(edge)])
      let apex = (beyond..<beyond + 3).first { corners[$0] != from && corners[$0] != to } ?? beyond
      return Orientation.side(
        position(first), position(first + 1), position(first + 2), of: position(apex)) == 0
    }
    var isDone = isInner
    var rims = Rims()
    for start in corners.indices where !isDone[start] && corners[start] != Self.none {
      if corners[start - start % 3] == Self.none { continue }
      var edge = start
      repeat {
        isDone[edge] = true
        rims.points.append(corners[edge])
        edge = Self.next(edge)
        // Around the rim's next point, across the facets of this face, to where the face ends.
        while isInner[edge] {
          let beyond = 3 * Int(neighbours[edge])
          let facet = UInt32(edge / 3)
          let back = (beyond..<beyond + 3).first { neighbours[$0] == facet } ?? beyond
          edge = Self.next(back)
        }
      } while edge != start
      rims.ends.append(rims.points.count)
    }
    return rims
  }
}
