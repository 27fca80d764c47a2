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
    append([numbers, numbers.reversed()])
  }

  /// The faces of a grown hull.
  init(of hull: HullBuilder, points: [SIMD3<Double>]) {
    let rims = hull.rims(points)
    // A point within a face has no rim through it, one within an edge has two; a corner has three.
    var degrees = [UInt8](repeating: 0, count: points.count)
    for rim in rims {
      for point in rim where degrees[Int(point)] < 3 { degrees[Int(point)] += 1 }
    }
    let kept = points.indices.filter { degrees[$0] == 3 }
      .sorted { precedes(points[$0], points[$1]) }
    vertices = kept.map { points[$0] }
    var numbers = [UInt32](repeating: HullBuilder.none, count: points.count)
    for (number, index) in kept.enumerated() { numbers[index] = UInt32(number) }
    append(
      rims.map { rim in
        rim.map { numbers[Int($0)] }.filter { $0 != HullBuilder.none }
      })
  }

  private mutating func append(_ polygons: [[UInt32]]) {
    let ordered = polygons.map { polygon -> [UInt32] in
      let first = polygon.indices.min { polygon[$0] < polygon[$1] } ?? 0
      return Array(polygon[first...] + polygon[..<first])
    }
    // Two faces have at most an edge in common, so the first three corners tell them apart; a flat
    // hull's two sides differ in the second.
    for polygon in ordered.sorted(by: { $0.prefix(3).lexicographicallyPrecedes($1.prefix(3)) }) {
      corners += polygon
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
        facets += [polygon[first], polygon[index], polygon[index + 1]]
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

extension HullBuilder {
  /// The points around each face, anticlockwise from outside, where facets in one plane are one face.
  fileprivate func rims(_ points: [SIMD3<Double>]) -> [[UInt32]] {
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
    var rims: [[UInt32]] = []
    for start in corners.indices where !isDone[start] && corners[start] != Self.none {
      if corners[start - start % 3] == Self.none { continue }
      var rim: [UInt32] = []
      var edge = start
      repeat {
        isDone[edge] = true
        rim.append(corners[edge])
        edge = Self.next(edge)
        // Around the rim's next point, across the facets of this face, to where the face ends.
        while isInner[edge] {
          let beyond = 3 * Int(neighbours[edge])
          let facet = UInt32(edge / 3)
          let back = (beyond..<beyond + 3).first { neighbours[$0] == facet } ?? beyond
          edge = Self.next(back)
        }
      } while edge != start
      rims.append(rim)
    }
    return rims
  }
}
