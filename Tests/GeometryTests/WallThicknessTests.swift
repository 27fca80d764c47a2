import Testing

@testable import Geometry

@Suite("Wall thickness and gaps")
struct WallThicknessTests {
  private func walls(
    _ mesh: Mesh, _ budget: SamplingBudget = SamplingBudget(samples: 500, steps: 5_000_000)
  ) throws -> WallDistances {
    try WallDistances.thickness(of: #require(FacetTree(mesh)), isClosed: true, budget: budget)
  }

  private func gaps(
    _ mesh: Mesh, _ budget: SamplingBudget = SamplingBudget(samples: 500, steps: 5_000_000)
  ) throws -> WallDistances {
    try WallDistances.gaps(of: #require(FacetTree(mesh)), isClosed: true, budget: budget)
  }

  /// A box with a box-shaped cavity.
  static func hollowBox(_ size: Point, wall: Point) -> Mesh {
    .joined([
      WallShapes.box(size),
      WallShapes.reversed(WallShapes.box(size - 2 * wall, at: wall)),
    ]).welded()
  }

  /// A tube along z, open at both ends.
  static func tube(outer: Double, inner: Double, height: Double, columns: Int) -> Mesh {
    var facets: [Facet] = []
    for column in 0..<columns {
      func corner(_ radius: Double, _ step: Int, _ z: Double) -> Point {
        let turn = Double((column + step) % columns) / Double(columns)
        return Point(radius * Wave.cosine(turn), radius * Wave.sine(turn), z)
      }
      func quad(_ a: Point, _ b: Point, _ c: Point, _ d: Point) {
        facets += [Shapes.facet(a, b, c), Shapes.facet(a, c, d)]
      }
      quad(
        corner(outer, 0, 0), corner(outer, 1, 0), corner(outer, 1, height),
        corner(outer, 0, height))
      quad(
        corner(inner, 1, 0), corner(inner, 0, 0), corner(inner, 0, height),
        corner(inner, 1, height))
      for (z, swap) in [(height, false), (0.0, true)] {
        let ring = [
          corner(inner, 0, z), corner(outer, 0, z), corner(outer, 1, z), corner(inner, 1, z),
        ]
        if swap {
          quad(ring[3], ring[2], ring[1], ring[0])
        } else {
          quad(ring[0], ring[1], ring[2], ring[3])
        }
      }
    }
    return WallShapes.mesh(facets)
  }

  /// What a polygon in the x-z plane, anticlockwise seen from −y, is the front of.
  static func extruded(_ polygon: [(x: Double, z: Double)], fan: [[Int]], depth: Double) -> Mesh {
    func front(_ i: Int) -> Point { Point(polygon[i].x, 0, polygon[i].z) }
    func back(_ i: Int) -> Point { Point(polygon[i].x, depth, polygon[i].z) }
    var facets: [Facet] = []
    for triple in fan {
      facets.append(Shapes.facet(front(triple[0]), front(triple[1]), front(triple[2])))
      facets.append(Shapes.facet(back(triple[0]), back(triple[2]), back(triple[1])))
    }
    for i in polygon.indices {
      let j = (i + 1) % polygon.count
      facets.append(Shapes.facet(front(i), back(j), front(j)))
      facets.append(Shapes.facet(front(i), back(i), back(j)))
    }
    return WallShapes.mesh(facets)
  }

  @Test("a box is as thick as its shortest edge, and all its walls face another")
  func box() throws {
    let walls = try walls(WallShapes.box(Point(30, 20, 10)))
    let minimum = try #require(walls.minimum)
    #expect(isClose(minimum.distance, 10, within: 1e-9))
    #expect(isClose(distance(minimum.point, minimum.opposite), 10, within: 1e-9))
    #expect(walls.coverage.isComplete)
    #expect(walls.coverage.measured == walls.coverage.samples)
    #expect(isClose(walls.quantiles[20], 30, within: 1e-9))
    // 1,200 of 2,200 mm² are 10 mm apart, 600 are 20 and 400 are 30.
    #expect(isClose(walls.quantiles[10], 10, within: 1e-9))
    #expect(isClose(walls.quantiles[12], 20, within: 1e-9))
    #expect(isClose(walls.quantiles[15], 20, within: 1e-9))
    #expect(isClose(walls.quantiles[17], 30, within: 1e-9))
    #expect(try gaps(WallShapes.box(Point(30, 20, 10))).minimum == nil)
  }

  @Test("a hollow box is as thick as its thinnest wall, and its cavity is a gap")
  func hollow() throws {
    let mesh = Self.hollowBox(Point(40, 30, 20), wall: Point(2, 1.5, 3))
    #expect(isClose(try walls(mesh).minimum?.distance ?? 0, 1.5, within: 1e-9))
    #expect(isClose(try gaps(mesh).minimum?.distance ?? 0, 14, within: 1e-9))
  }

  @Test("a tube's wall and hole are those between its facets")
  func tube() throws {
    let columns = 64
    let mesh = Self.tube(outer: 10, inner: 8.5, height: 25, columns: columns)
    let flat = Wave.cosine(0.5 / Double(columns))
    let wall = try #require(try walls(mesh).minimum)
    #expect(isClose(wall.distance, 1.5 * flat, within: 1e-6))
    let hole = try #require(try gaps(mesh).minimum)
    #expect(isClose(hole.distance, 17 * flat, within: 0.015))
  }

  @Test("a sphere is as thick as its diameter")
  func sphere() throws {
    let mesh = WallShapes.mesh(Shapes.sphere(radius: 12, rows: 40, columns: 80))
    let walls = try walls(mesh)
    #expect(isClose(try #require(walls.minimum).distance, 24, within: 0.03))
    #expect(isClose(walls.quantiles[10], 24, within: 0.02))
    #expect(try gaps(mesh).minimum == nil)
  }

  @Test("a plate with a rib is as thick as its rib")
  func rib() throws {
    let polygon = [
      (x: 0.0, z: 0.0), (100, 0), (100, 4), (51.2, 4), (51.2, 20), (50, 20), (50, 4), (0, 4),
    ]
    let fan = [[0, 1, 2], [0, 2, 3], [0, 3, 6], [0, 6, 7], [3, 4, 5], [3, 5, 6]]
    let mesh = Self.extruded(polygon, fan: fan, depth: 60)
    let walls = try walls(mesh)
    let minimum = try #require(walls.minimum)
    #expect(isClose(minimum.distance, 1.2, within: 1e-6))
    #expect(minimum.point.z > 4 && minimum.point.x > 49.9 && minimum.point.x < 51.3)
    #expect(walls.quantiles.contains { isClose($0, 4, within: 1e-6) })
  }

  @Test("walls that meet at an edge are as thin there as their taper says, or no wall at all")
  func wedges() throws {
    // A draft of one in ten, 3 mm at the thick end and 2 at the thin one.
    let tapered = Self.extruded(
      [(0, 0), (10, 0), (10, 2), (0, 3)], fan: [[0, 1, 2], [0, 2, 3]], depth: 20)
    let minimum = try #require(try walls(tapered).minimum).distance
    #expect(minimum > 2 && minimum < 2.001)
    // A blade of 11° ends at nothing.
    let blade = Self.extruded([(0, 0), (10, 0), (0, 2)], fan: [[0, 1, 2]], depth: 20)
    #expect(try #require(try walls(blade).minimum).distance < 0.003)
    // Sides that meet at 45° are an edge: only the two ends of the prism face each other.
    let prism = Self.extruded([(0, 0), (10, 0), (0, 10)], fan: [[0, 1, 2]], depth: 20)
    #expect(isClose(try #require(try walls(prism).minimum).distance, 20, within: 1e-9))
    let tetrahedron = WallShapes.mesh([
      Shapes.facet(Point(0, 0, 0), Point(0, 10, 0), Point(10, 0, 0)),
      Shapes.facet(Point(0, 0, 0), Point(10, 0, 0), Point(0, 0, 10)),
      Shapes.facet(Point(0, 0, 0), Point(0, 0, 10), Point(0, 10, 0)),
      Shapes.facet(Point(10, 0, 0), Point(0, 10, 0), Point(0, 0, 10)),
    ])
    #expect(try walls(tetrahedron).minimum == nil)
    #expect(try walls(tetrahedron).quantiles == [])
  }

  @Test("a wall of 0.3 mm in a part of 200 mm is found from the area that the coverage names")
  func smallThinWall() throws {
    // A ball of many facets, and beside it a fin of four large ones, each a little larger than a
    // sample's share.
    let block = WallShapes.mesh(Shapes.sphere(radius: 100, rows: 30, columns: 60))
    let budget = SamplingBudget(samples: 1_000, steps: 10_000_000)
    let share = try walls(block, budget).coverage.areaPerSample
    let edge = (2.2 * share).squareRoot()
    let fin = WallShapes.box(Point(0.3, edge, edge), at: Point(101, 0, 0))
    let found = try #require(try walls(.joined([block, fin]), budget).minimum)
    #expect(isClose(found.distance, 0.3, within: 1e-4))
    #expect(found.facet >= block.triangles && found.oppositeFacet >= block.triangles)
  }

  @Test("the gap between two bodies is found, and what touches has none")
  func bodies() throws {
    let first = WallShapes.box(Point(10, 10, 10))
    let second = WallShapes.box(Point(10, 8, 8), at: Point(10.4, 1, 1))
    let gap = try #require(try gaps(.joined([first, second])).minimum)
    #expect(isClose(gap.distance, 0.4, within: 1e-6))
    #expect(isClose(gap.point.x + gap.opposite.x, 20.4, within: 1e-6))
    let touching = WallShapes.box(Point(10, 10, 10), at: Point(10, 0, 0))
    #expect(try gaps(.joined([first, touching])).minimum == nil)
  }

  @Test("bodies that overlap or touch are one solid")
  func union() throws {
    let block = WallShapes.box(Point(20, 20, 20))
    // 0.3 mm of it stand out of the block.
    let patch = WallShapes.box(Point(10, 10, 5), at: Point(5, 5, 15.3))
    let whole = try #require(try walls(.joined([block, patch])).minimum)
    #expect(isClose(whole.distance, 10, within: 1e-6))
    let beside = WallShapes.box(Point(20, 20, 4), at: Point(0, 0, 20))
    let stack = try walls(.joined([block, beside]))
    #expect(isClose(try #require(stack.minimum).distance, 20, within: 1e-6))
    #expect(isClose(stack.quantiles[20], 24, within: 1e-6))
  }

  @Test("what lies behind another wall is no gap and no thickness")
  func unseen() throws {
    // Two plates with a third, slanted by 40°, between them: only the plates face each other.
    let plates = [
      WallShapes.box(Point(20, 20, 5)), WallShapes.box(Point(20, 20, 5), at: Point(0, 0, 60)),
    ]
    let (c, s) = (Wave.cosine(40.0 / 360), Wave.sine(40.0 / 360))
    let slanted = WallShapes.box(Point(40, 60, 1), at: Point(-20, -20, 0)).mapped {
      Point(c * $0.x - s * $0.z + 10, $0.y, s * $0.x + c * $0.z + 32)
    }
    let open = try #require(try gaps(.joined(plates)).minimum)
    #expect(isClose(open.distance, 55, within: 1e-9))
    let gap = try gaps(.joined(plates + [slanted]))
    #expect(gap.minimum.map { $0.distance > 55 } ?? true)
  }

  @Test("place, turn and size of a part do not show, nor the order of its facets")
  func invariant() throws {
    let mesh = Self.hollowBox(Point(40, 30, 20), wall: Point(2, 1.5, 3))
    let plain = try walls(mesh)
    let shuffled = WallShapes.shuffled(mesh, seed: 11)
    let other = try walls(shuffled)
    #expect(other.quantiles == plain.quantiles)
    #expect(other.places.map(\.distance) == plain.places.map(\.distance))
    #expect(other.places.map(\.point) == plain.places.map(\.point))
    for (one, two) in zip(plain.places, other.places) {
      #expect(mesh.positions(of: one.facet) == shuffled.positions(of: two.facet))
      #expect(mesh.positions(of: one.oppositeFacet) == shuffled.positions(of: two.oppositeFacet))
    }
    let far = try walls(mesh.mapped { $0 + Point(10_000, -10_000, 10_000) })
    #expect(isClose(try #require(far.minimum).distance, 1.5, within: 1e-6))
    let turned = try walls(mesh.mapped(WallShapes.turned))
    #expect(isClose(try #require(turned.minimum).distance, 1.5, within: 1e-6))
    let small = try walls(mesh.mapped { $0 * 1e-3 })
    #expect(isClose(try #require(small.minimum).distance, 1.5e-3, within: 1e-6))
  }

  @Test("an open mesh, one turned inside out and one without area say why they are not measured")
  func notMeasured() throws {
    let box = WallShapes.box(Point(3, 2, 1))
    #expect(throws: NotMeasured.notClosed) {
      try WallDistances.thickness(of: #require(FacetTree(box)), isClosed: false)
    }
    #expect(throws: NotMeasured.insideOut) { try walls(WallShapes.reversed(box)) }
    let flat = Mesh(
      vertices: [Point(0, 0, 0), Point(1, 0, 0), Point(0, 1, 0)], corners: [0, 1, 2, 0, 2, 1])
    #expect(throws: NotMeasured.insideOut) { try gaps(flat) }
  }

  @Test("needles that all lie across each other end with their steps, and the result says so")
  func needles() throws {
    var lottery = Lottery(seed: 12)
    var vertices: [Point] = []
    var corners: [UInt32] = []
    for _ in 0..<3_000 {
      let ends = (0..<2).map { _ in
        Point(
          .random(in: -1...1, using: &lottery), .random(in: -1...1, using: &lottery),
          .random(in: -1...1, using: &lottery)) * 100
      }
      let first = UInt32(vertices.count)
      vertices += [ends[0], ends[1], ends[1] + Point(0.01, 0, 0), ends[1] + Point(0, 0.01, 0.01)]
      let corner = [[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]] as [[UInt32]]
      let solid = corner.joined().map { $0 + first }
      let apex = vertices[Int(first)]
      let base = (1...3).map { vertices[Int(first) + $0] - apex }
      corners += dot(base[0], cross(base[1], base[2])) < 0 ? solid : solid.reversed()
    }
    let mesh = Mesh(vertices: vertices, corners: corners)
    let result = try walls(mesh, SamplingBudget(samples: 500, steps: 50_000))
    #expect(!result.coverage.isComplete)
    #expect(result.coverage.steps < 50_000 + 500 * 10)
    #expect(result.coverage.samples == 500)
  }
}
