/// The facets that close one hole, over the vertices of its rim.
///
/// G. Barequet, M. Sharir, "Filling gaps in the boundary of a polyhedron", CAGD 12 (1995), section 3:
/// among all triangulations of the rim the one of the smallest area, found by dynamic programming over
/// the chains between two of its vertices. No new edge may be one that the mesh has (P. Liepa, "Filling
/// Holes in Meshes", SGP 2003, section 3): it would get a third facet.
struct HoleFilling {
  /// Rims of more edges are closed by cutting off ears, where they lie in a plane.
  static let rimEdgesMax = 100

  /// Three vertex numbers a facet.
  private(set) var corners: [UInt32] = []
  /// The facets' area in square millimetres.
  private(set) var area = 0.0

  /// The smallest surface over a rim; nil if each has an edge of `edges`. Takes n³/6 steps.
  init?(smallestOver rim: [UInt32], _ vertices: [SIMD3<Double>], avoiding edges: Set<UInt64>) {
    let count = rim.count
    let points = rim.map { vertices[Int($0)] }
    // The least area over the chain from one vertex to another and the edge that closes it, and the
    // vertex between of the facet at that edge.
    var least = [Double](repeating: 0, count: count * count)
    var apex = [Int](repeating: 0, count: count * count)
    for span in 2..<count {
      for first in 0..<count - span {
        let last = first + span
        let isRim = span == count - 1
        var best = Double.infinity
        if isRim || !edges.contains(RimEdges.key(rim[first], rim[last])) {
          for middle in first + 1..<last {
            let normal = cross(points[middle] - points[first], points[last] - points[first])
            let area =
              least[first * count + middle] + least[middle * count + last]
              + dot(normal, normal).squareRoot() / 2
            if area < best {
              best = area
              apex[first * count + last] = middle
            }
          }
        }
        least[first * count + last] = best
      }
    }
    area = least[count - 1]
    guard area < .infinity else { return nil }
    var waiting = [(0, count - 1)]
    while let (first, last) = waiting.popLast() {
      guard last - first > 1 else { continue }
      let middle = apex[first * count + last]
      corners += [rim[first], rim[middle], rim[last]]
      waiting.append((middle, last))
      waiting.append((first, middle))
    }
  }

  /// The polygon of a rim that lies in a plane, without its ears one by one (G. Meisters, "Polygons Have
  /// Ears", Amer. Math. Monthly 82 (1975)); nil if it does not lie in one or crosses itself. Takes at
  /// most `steps` steps, which it counts down.
  init?(
    flat rim: [UInt32], _ vertices: [SIMD3<Double>], avoiding edges: Set<UInt64>,
    steps: inout Int
  ) {
    let points = rim.map { vertices[Int($0)] }
    guard let plane = FlatRim(points) else { return nil }
    var ring = Array(rim.indices)
    var place = 0
    var misses = 0
    while ring.count > 3 {
      if misses > ring.count { return nil }
      place %= ring.count
      let before = ring[(place + ring.count - 1) % ring.count]
      let here = ring[place]
      let after = ring[(place + 1) % ring.count]
      steps -= ring.count
      if steps < 0 { return nil }
      guard !edges.contains(RimEdges.key(rim[before], rim[after])),
        plane.isEar(before, here, after, in: ring)
      else {
        misses += 1
        place += 1
        continue
      }
      misses = 0
      corners += [rim[before], rim[here], rim[after]]
      ring.remove(at: place)
    }
    corners += ring.map { rim[$0] }
    area = plane.area
  }
}

/// A rim that lies in a plane, seen from outside.
private struct FlatRim {
  private let points: [SIMD2<Double>]
  let area: Double

  /// Nil unless all points lie within a thousandth of the rim's length of one plane.
  init?(_ rim: [SIMD3<Double>]) {
    // M. Newell's normal: the sum of the cross products along the rim.
    var normal = SIMD3<Double>.zero
    var length = 0.0
    for index in rim.indices {
      let a = rim[index] - rim[0]
      let b = rim[(index + 1) % rim.count] - rim[0]
      normal += cross(a, b)
      length += dot(b - a, b - a).squareRoot()
    }
    let size = dot(normal, normal).squareRoot()
    guard size > 0, size.isFinite else { return nil }
    let up = normal / size
    guard rim.allSatisfy({ dot($0 - rim[0], up).magnitude <= length / 1000 }) else { return nil }
    area = size / 2
    let axis: SIMD3<Double> = up.x.magnitude < 0.5 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0)
    let u = cross(axis, up)
    let v = cross(up, u)
    points = rim.map { SIMD2(dot($0 - rim[0], u), dot($0 - rim[0], v)) }
  }

  /// Whether three corners in a row turn left, with none of the others in their triangle.
  func isEar(_ before: Int, _ here: Int, _ after: Int, in ring: [Int]) -> Bool {
    let (a, b, c) = (points[before], points[here], points[after])
    guard side(a, b, c) > 0 else { return false }
    return ring.allSatisfy { other in
      if other == before || other == here || other == after { return true }
      let p = points[other]
      return side(a, b, p) < 0 || side(b, c, p) < 0 || side(c, a, p) < 0
    }
  }

  private func side(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ p: SIMD2<Double>) -> Double {
    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
  }
}
