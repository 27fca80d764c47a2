import Testing

@testable import Geometry

@Suite("Convex hull")
struct ConvexHullTests {
  @Test("a box's hull is the box")
  func box() throws {
    let hull = try #require(welded(Shapes.box(Point(2, 3, 5), at: Point(7, 8, 9))).convexHull())
    #expect(hull.dimension == 3)
    #expect(hull.volume == 30)
    #expect(hull.area == 62)
    #expect(hull.mesh.vertices.count == 8)
    #expect(hull.faces.count == 6)
    #expect(hull.mesh.triangles == 12)
    #expect(hull.mesh.topology().isWatertight)
  }

  @Test("a grid's hull has its eight corners only, in whatever unit and place")
  func grid() throws {
    for (scale, offset) in [(1.0, 0.0), (0.1, 0), (1e-3, 10_000), (1e5, 0), (1.0, 10_000)] {
      let points = grid(7).map { $0 * scale + offset }
      let hull = try #require(ConvexHull(of: points))
      #expect(isClose(hull.volume, 216 * scale * scale * scale, within: 1e-6))
      let corners = [0.0, 6].map { $0 * scale + offset }
      for corner in hull.mesh.vertices {
        for axis in 0..<3 { #expect(corners.contains(corner[axis])) }
      }
      #expect(hull.mesh.vertices.count == 8)
    }
  }

  private func grid(_ side: Int) -> [Point] {
    (0..<side * side * side).map {
      Point(Double($0 % side), Double($0 / side % side), Double($0 / (side * side)))
    }
  }

  @Test("a sphere's hull nears its volume and area, and a torus' the formula")
  func round() throws {
    let sphere = try #require(
      welded(Shapes.sphere(radius: 10, rows: 60, columns: 120)).convexHull())
    #expect(isClose(sphere.volume, 4000 * Double.pi / 3, within: 3e-3))
    #expect(isClose(sphere.area, 400 * Double.pi, within: 3e-3))
    let torus = try #require(
      welded(Shapes.torus(major: 10, minor: 3, rows: 60, columns: 240)).convexHull())
    // Pappus: half a torus and the cylinder within it.
    let pi = Double.pi
    let expected: Double = pi * (636 + pi * 90)
    #expect(isClose(torus.volume, expected, within: 3e-3))
  }

  @Test("points in a plane, on a line and in one place have the hull that is left of one")
  func flat() throws {
    let square = (0..<25).map { (index: Int) -> Point in
      let x = Double(index % 5)
      return Point(x, Double(index / 5), x)
    }
    let polygon = try #require(ConvexHull(of: square))
    #expect(polygon.dimension == 2)
    #expect(polygon.mesh.vertices.count == 4)
    #expect(polygon.mesh.topology().isClosed)
    #expect(polygon.volume == 0)
    #expect(isClose(polygon.area, 2 * 16 * 2.0.squareRoot(), within: 1e-15))
    let steps = (0..<9).map { (index: Int) -> Point in
      let step = Double(index * index - 9)
      return Point(step, 2 * step, 3 * step)
    }
    let line = try #require(ConvexHull(of: steps))
    #expect(line.dimension == 1)
    #expect(line.mesh.vertices == [Point(-9, -18, -27), Point(55, 110, 165)])
    #expect(line.mesh.triangles == 0)
    let point = try #require(ConvexHull(of: [Point(1, 2, -0.0), Point(1, 2, 0)]))
    #expect(point.dimension == 0)
    #expect(point.mesh.vertices == [Point(1, 2, 0)])
    #expect(ConvexHull(of: []) == nil)
    #expect(ConvexHull(of: [Point(0, 0, .nan)]) == nil)
    #expect(ConvexHull(of: [Point(0, -.infinity, 0)]) == nil)
    #expect(Mesh(vertices: [.zero], corners: []).convexHull() == nil)
  }

  @Test("vertices that no facet uses are not part of the body")
  func unused() {
    let mesh = Mesh(
      vertices: [Point(9, 9, 9), .zero, Point(1, 0, 0), Point(0, 1, 0)], corners: [1, 2, 3])
    #expect(mesh.convexHull()?.area == 1)
  }

  static let clouds = [
    "ball", "sphere", "coarse", "tilted", "slab", "rings", "repeated", "cylinder",
  ]

  /// Points of a kind made to be hard.
  private func cloud(_ kind: String, _ count: Int, _ lottery: inout Lottery) -> [Point] {
    (0..<count).map { index in
      let z = Double.random(in: -1...1, using: &lottery)
      let turn = Double.random(in: 0...1, using: &lottery)
      let ring = (1 - z * z).squareRoot()
      let round = Point(ring * Wave.cosine(turn), ring * Wave.sine(turn), z)
      let circle = Point(Wave.cosine(turn), Wave.sine(turn), 0)
      switch kind {
      case "ball": return round * Double.random(in: 0...9, using: &lottery)
      case "sphere": return round * 50
      case "coarse": return (round * 4).rounded(.toNearestOrEven)
      // In a plane, but for the rounding.
      case "tilted": return WallShapes.turned(Point(z, turn, 0))
      // Too thin for a point within to have coordinates.
      case "slab": return circle + Point(0, 0, index % 2 == 0 ? 1 : 1.0.nextUp)
      case "rings": return index % 2 == 0 ? circle : 2 * Point(0, circle.x, circle.y)
      case "repeated": return (round * 2).rounded(.up) * (index % 3 == 0 ? 3 : 1)
      default: return circle + Point(0, 0, Double(index % 5))
      }
    }
  }

  @Test("no point is outside, every corner is needed, and Euler holds", arguments: clouds)
  func properties(kind: String) throws {
    var lottery = Lottery(seed: 11)
    for count in [5, 40, 300] {
      let points = cloud(kind, count, &lottery)
      let hull = try #require(ConvexHull(of: points))
      try #require(hull.dimension == 3)
      let mesh = hull.mesh
      for facet in 0..<mesh.triangles {
        let (a, b, c) = mesh.positions(of: facet)
        #expect(points.allSatisfy { Orientation.side(a, b, c, of: $0) <= 0 })
      }
      #expect(mesh.vertices.count - mesh.triangles * 3 / 2 + mesh.triangles == 2)
      #expect(mesh.topology().isWatertight)
      #expect(hull.faces.edges.count == mesh.vertices.count + hull.faces.count - 2)
      #expect(ConvexHull(of: mesh.vertices) == hull)
    }
  }

  @Test("neither the points' order nor the seed shows in the hull", arguments: clouds)
  func order(kind: String) {
    var lottery = Lottery(seed: 12)
    let points = cloud(kind, 400, &lottery)
    let hull = ConvexHull(of: points)
    for seed in UInt64(0)..<4 {
      #expect(ConvexHull(of: points.shuffled(using: &lottery), seed: seed) == hull)
    }
  }

  @Test("a mirrored body has the mirrored hull, and one far away the same volume")
  func moved() throws {
    var lottery = Lottery(seed: 13)
    let points = cloud("ball", 500, &lottery)
    let hull = try #require(ConvexHull(of: points))
    let mirrored = try #require(ConvexHull(of: points.map { Point(-$0.x, $0.y, $0.z) }))
    #expect(isClose(mirrored.volume, hull.volume, within: 1e-14))
    #expect(mirrored.faces.count == hull.faces.count)
    for offset in [1e4, -1e4] {
      let far = try #require(ConvexHull(of: points.map { $0 + offset }))
      #expect(isClose(far.volume, hull.volume, within: 1e-10))
    }
  }
}
