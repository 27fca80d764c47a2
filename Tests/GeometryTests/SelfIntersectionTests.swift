import Testing

@testable import Geometry

@Suite("Self-intersections")
struct SelfIntersectionTests {
  private func facets(_ corners: [Point]) -> Mesh {
    Mesh(vertices: corners, corners: corners.indices.map { UInt32($0) })
  }

  private func found(_ mesh: Mesh) throws -> SelfIntersections {
    try #require(mesh.selfIntersections())
  }

  @Test("clean bodies do not run into themselves, in whatever place and size")
  func clean() throws {
    let shapes = [
      Shapes.cube(20), Shapes.sphere(radius: 10, rows: 20, columns: 30),
      Shapes.torus(major: 10, minor: 3, rows: 20, columns: 30),
    ]
    for shape in shapes {
      for mesh in [welded(shape), welded(Shapes.mirrored(shape))] {
        for (scale, offset) in [(1.0, 0.0), (1, 10_000), (1e-3, 0), (1e5, 0)] {
          let result = try found(mesh.mapped { $0 * scale + offset })
          #expect(result.isPresent == false)
          #expect(result.isComplete && result.pairs.isEmpty)
        }
      }
    }
  }

  @Test("two cubes pushed into each other meet where their sides cross, as two shells")
  func pushed() throws {
    let cubes = Mesh.joined([
      welded(Shapes.cube(10)), welded(Shapes.cube(10, at: Point(4, 5, 6))),
    ])
    let result = try found(cubes)
    #expect(result.isPresent == true)
    for pair in result.pairs {
      #expect(pair.facets.x < 12 && pair.facets.y >= 12)
      #expect(!pair.isOverlap)
      // On the surfaces of both.
      #expect((pair.point / 10 - 0.5).largestMagnitude == 0.5)
      #expect(((pair.point - Point(4, 5, 6)) / 10 - 0.5).largestMagnitude == 0.5)
    }
    #expect(result.pairs.count == result.count)
  }

  @Test("bodies that only touch in an edge or a corner do not meet; side on side, they overlap")
  func touching() throws {
    let cube = welded(Shapes.cube(10))
    for offset in [Point(10, 10, 10), Point(10, 10, 0), Point(10, 10, 3)] {
      #expect(try found(.joined([cube, cube.mapped { $0 + offset }])).count == 0)
    }
    let beside = try found(.joined([cube, cube.mapped { $0 + Point(10, 0, 0) }]))
    #expect(beside.count > 0)
    #expect(beside.pairs.allSatisfy { $0.isOverlap && $0.point.x == 10 })
  }

  @Test("a hair's breadth decides")
  func hair() throws {
    let base = [Point(0, 0, 0.1), Point(3, 0, 0.1), Point(0, 3, 0.1)]
    for (z, count) in [(0.1, 1), (0.1.nextUp, 0), (0.1.nextDown, 1)] {
      let result = try found(facets(base + [Point(1, 1, z), Point(1, 1, 2), Point(1.5, 1, 2)]))
      #expect(result.count == count)
    }
  }

  @Test("neighbours count only if they overlap beyond the edge or corner that they share")
  func neighbours() throws {
    let vertices = [
      Point(0, 0, 0), Point(4, 0, 0), Point(0, 4, 0), Point(4, 4, 0), Point(1, 1, 0),
      Point(1, 1, 3), Point(-2, -2, 0),
    ]
    func count(_ corners: [UInt32]) throws -> Int {
      try found(Mesh(vertices: vertices, corners: corners)).count
    }
    #expect(try count([0, 1, 2, 2, 1, 3]) == 0)
    #expect(try count([0, 1, 2, 1, 0, 5]) == 0)
    // Folded flat over the shared edge.
    #expect(try count([0, 1, 2, 1, 0, 4]) == 1)
    // The same facet twice, either way round.
    #expect(try count([0, 1, 2, 0, 1, 2]) == 1)
    #expect(try count([0, 1, 2, 0, 2, 1]) == 1)
    // Sharing a corner: standing on it, through the inside, in the plane apart and over it.
    #expect(try count([0, 1, 2, 0, 6, 5]) == 0)
    #expect(try count([0, 1, 2, 0, 4, 5]) == 1)
    #expect(try count([0, 1, 2, 1, 3, 2]) == 0)
    #expect(try count([0, 1, 2, 0, 3, 4]) == 0)
    #expect(try count([0, 1, 2, 0, 3, 2]) == 1)
    // A T-junction: an edge split on one side only.
    let split = [
      Point(0, 0, 0), Point(4, 0, 0), Point(0, 4, 0), Point(0, 0, 0), Point(2, 0, 0),
      Point(0, -4, 1), Point(2, 0, 0), Point(4, 0, 0), Point(0, -4, 1),
    ]
    #expect(try found(facets(split)).count == 0)
    // Facets without area are nowhere inside.
    #expect(try count([0, 1, 2, 4, 5, 5]) == 0)
  }

  @Test("facets on a small grid meet as clipping one by the other says")
  func oracle() throws {
    var lottery = Lottery(seed: 31)
    var met = 0
    for _ in 0..<4000 {
      let points = (0..<6).map { _ in
        Point(
          Double(Int.random(in: 0...3, using: &lottery)),
          Double(Int.random(in: 0...3, using: &lottery)),
          Double(Int.random(in: 0...2, using: &lottery)))
      }
      let expected = Clipping.meet(Array(points[..<3]), Array(points[3...]))
      let turned = [0, 1, 2, 3, 4, 5].map { points[[4, 5, 3, 2, 1, 0][$0]] }
      for corners in [points, turned, points.map { $0 * 0.1 + 100 }] {
        // Scaled by a tenth, points are no longer in one plane.
        if corners[0] != points[0], corners[0] != turned[0], !expected { continue }
        let mesh = facets(corners)
        guard let result = mesh.selfIntersections() else { continue }
        if corners[0] == points[0] || corners[0] == turned[0] {
          #expect((result.count == 1) == expected, "\(points)")
        }
        for pair in result.pairs {
          #expect(Clipping.isNear(pair.point, Array(corners[..<3])), "\(corners)")
          #expect(Clipping.isNear(pair.point, Array(corners[3...])), "\(corners)")
        }
      }
      if expected { met += 1 }
    }
    #expect(met > 500 && met < 3500)
  }

  @Test("the facets' order and the corners' do not change what is found")
  func order() throws {
    let cubes = Mesh.joined([
      welded(Shapes.sphere(radius: 5, rows: 8, columns: 12)), welded(Shapes.cube(6)),
    ])
    let count = try found(cubes).count
    var lottery = Lottery(seed: 32)
    let order = (0..<cubes.triangles).shuffled(using: &lottery)
    let shuffled = Mesh(
      vertices: cubes.vertices,
      corners: order.flatMap { facet in (0..<3).map { cubes.corners[3 * facet + ($0 + 1) % 3] } })
    let result = try found(shuffled)
    #expect(count > 0 && result.count == count)
    let pairs = result.pairs.map(\.facets)
    #expect(pairs == pairs.sorted { ($0.x, $0.y) < ($1.x, $1.y) })
  }

  @Test("a mesh that overlaps all over stops at the limits and says so")
  func limits() throws {
    var lottery = Lottery(seed: 33)
    let star = facets(
      (0..<300).flatMap { _ -> [Point] in
        let ends = (0..<2).map { _ in
          Point(
            Double.random(in: 1...2, using: &lottery), Double.random(in: 1...2, using: &lottery),
            Double.random(in: -1...1, using: &lottery))
        }
        return [ends[0], ends[1], -ends[0] - ends[1]]
      })
    let all = try found(star)
    #expect(all.isComplete && all.count == 300 * 299 / 2 && all.pairs.count == 100)
    let few = try #require(star.selfIntersections(pairsMax: 50, placesMax: 7))
    #expect(few.count == 50 && !few.isComplete && few.pairs.count == 7 && few.isPresent == true)
    let short = try #require(star.selfIntersections(stepsMax: 2))
    #expect(short.count == 0 && !short.isComplete && short.isPresent == nil)
    #expect(Mesh(vertices: [], corners: []).selfIntersections() == nil)
  }
}

/// What two triangles have in common, found by clipping one: good for small whole numbers, where what is
/// not zero is far from it.
private enum Clipping {
  static func meet(_ a: [Point], _ b: [Point]) -> Bool {
    let normal = cross(a[1] - a[0], a[2] - a[0])
    guard normal != .zero, cross(b[1] - b[0], b[2] - b[0]) != .zero else { return false }
    var common = clipped(clipped(b, normal, a[0]), -normal, a[0])
    for edge in 0..<3 { common = clipped(common, inward(a, edge), a[edge]) }
    guard !common.isEmpty else { return false }
    // The middle of what is common is inside a triangle if anything of it is.
    let middle = common.reduce(.zero, +) / Double(common.count)
    return isInside(middle, a) || isInside(middle, b)
  }

  private static func inward(_ t: [Point], _ edge: Int) -> Point {
    cross(cross(t[1] - t[0], t[2] - t[0]), t[(edge + 1) % 3] - t[edge])
  }

  private static func isInside(_ point: Point, _ t: [Point]) -> Bool {
    (0..<3).allSatisfy { dot(inward(t, $0), point - t[$0]) > 1e-9 }
  }

  static func isNear(_ point: Point, _ t: [Point]) -> Bool {
    let normal = cross(t[1] - t[0], t[2] - t[0])
    return (0..<3).allSatisfy { dot(inward(t, $0), point - t[$0]) > -1e-9 }
      && abs(dot(normal, point - t[0])) < 1e-9
  }

  private static func clipped(_ polygon: [Point], _ normal: Point, _ origin: Point) -> [Point] {
    let heights = polygon.map { point -> Double in
      let height = dot(normal, point - origin)
      return abs(height) < 1e-9 ? 0 : height
    }
    var result: [Point] = []
    for index in polygon.indices {
      let next = (index + 1) % polygon.count
      if heights[index] >= 0 { result.append(polygon[index]) }
      if heights[index] * heights[next] < 0 {
        let share = heights[index] / (heights[index] - heights[next])
        result.append(polygon[index] + (polygon[next] - polygon[index]) * share)
      }
    }
    return result
  }
}
