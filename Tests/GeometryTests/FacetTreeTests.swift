import Testing

@testable import Geometry

@Suite("Facet trees")
struct FacetTreeTests {
  private static let many = 1_000_000_000

  private static func direction(_ lottery: inout Lottery) -> Point {
    while true {
      let d = Point(
        .random(in: -1...1, using: &lottery), .random(in: -1...1, using: &lottery),
        .random(in: -1...1, using: &lottery))
      let length = dot(d, d)
      if length > 0.01 && length <= 1 { return d / length.squareRoot() }
    }
  }

  @Test("a ray's hits are those that every facet asked by itself gives")
  func hitsAgreeWithAll() throws {
    let tree = try #require(FacetTree(WallShapes.confetti(2_000, size: 0.5, seed: 1)))
    var lottery = Lottery(seed: 2)
    var steps = StepCounter(limit: Self.many)
    var found = 0
    for _ in 0..<200 {
      let ray = Ray(
        from: Self.direction(&lottery) * 0.6, along: Self.direction(&lottery))
      let expected = (0..<tree.count).compactMap { position in
        ray.hit(tree.triangle(position)).map { ($0.distance, position) }
      }.filter { $0.0 > 0.1 }.sorted { $0.0 < $1.0 }
      let hits = tree.allHits(ray, beyond: 0.1, steps: &steps)
      #expect(hits.map(\.position) == expected.map(\.1))
      #expect(
        tree.firstHit(ray, beyond: 0.1, steps: &steps)?.position == expected.first?.1)
      #expect(tree.hasHit(ray, beyond: 0.1, before: 9, steps: &steps) == !expected.isEmpty)
      if let first = expected.first {
        #expect(!tree.hasHit(ray, beyond: 0.1, before: first.0, steps: &steps))
      }
      found += expected.count
    }
    #expect(found > 100)
  }

  @Test("a ray through the vertices and edges of a closed mesh enters and leaves it")
  func watertight() throws {
    let mesh = WallShapes.mesh(Shapes.sphere(radius: 7, rows: 12, columns: 16))
    let tree = try #require(FacetTree(mesh))
    var steps = StepCounter(limit: Self.many)
    var lottery = Lottery(seed: 3)
    for _ in 0..<500 {
      let facet = tree.triangle(.random(in: 0..<tree.count, using: &lottery))
      let share = Double(Int.random(in: 0...4, using: &lottery)) / 4
      let target = facet.a + (facet.b - facet.a) * share
      // From somewhere inside through the edge, and back from outside.
      let inside = Self.direction(&lottery) * 0.2
      let offset = target - inside
      let direction = offset / dot(offset, offset).squareRoot()
      let outwards = Ray(from: inside, along: direction)
      #expect(tree.firstHit(outwards, beyond: 0, steps: &steps)?.isExit == true)
      let inwards = Ray(from: inside + direction * 3, along: -direction)
      #expect(tree.firstHit(inwards, beyond: 0, steps: &steps)?.isExit == false)
    }
  }

  @Test("the nearest point is that of the nearest facet, at the distance asked for at most")
  func nearestAgreesWithAll() throws {
    let tree = try #require(FacetTree(WallShapes.confetti(2_000, size: 0.3, seed: 4)))
    var lottery = Lottery(seed: 5)
    var steps = StepCounter(limit: Self.many)
    for _ in 0..<200 {
      let point = Self.direction(&lottery) * Double.random(in: 0...3, using: &lottery)
      let expected = (0..<tree.count).map { position in
        let offset = tree.triangle(position).nearest(to: point) - point
        return dot(offset, offset)
      }.min()!
      let nearest = tree.nearest(to: point, within: 9, steps: &steps)
      #expect(nearest?.squaredDistance == expected)
      let distance = expected.squareRoot()
      #expect(tree.nearest(to: point, within: distance * 0.999, steps: &steps) == nil)
      #expect(tree.nearest(to: point, within: distance * 1.001, steps: &steps) != nil)
    }
  }

  @Test("a triangle's nearest point is nearer than any other of its points")
  func nearestOnTriangle() {
    var lottery = Lottery(seed: 6)
    for _ in 0..<300 {
      let corners = (0..<4).map { _ in Self.direction(&lottery) }
      let triangle = Triangle(a: corners[0], b: corners[1], c: corners[2])
      let nearest = triangle.nearest(to: corners[3])
      let best = distance(nearest, corners[3])
      for row in 0...20 {
        for column in 0...(20 - row) {
          let other =
            triangle.a + (triangle.b - triangle.a) * (Double(row) / 20)
            + (triangle.c - triangle.a) * (Double(column) / 20)
          #expect(distance(other, corners[3]) >= best - 1e-12)
        }
      }
    }
  }

  @Test("no two facets that touch are missing among the overlaps, and no pair comes twice")
  func overlaps() throws {
    let mesh = WallShapes.confetti(800, size: 0.4, seed: 7)
    let tree = try #require(FacetTree(mesh))
    var steps = StepCounter(limit: Self.many)
    var pairs: [[Int]] = []
    tree.visitOverlaps(steps: &steps) { first, second in
      pairs.append([min(first, second), max(first, second)])
      return true
    }
    func box(_ facet: Int) -> Bounds {
      let (a, b, c) = mesh.positions(of: facet)
      return Bounds(
        min: pointwiseMin(a, pointwiseMin(b, c)), max: pointwiseMax(a, pointwiseMax(b, c)))
    }
    let boxes = (0..<mesh.triangles).map(box)
    var expected: Set<[Int]> = []
    for first in boxes.indices {
      for second in first + 1..<boxes.count
      where all(boxes[first].min .<= boxes[second].max)
        && all(boxes[second].min .<= boxes[first].max)
      {
        expected.insert([first, second])
      }
    }
    #expect(Set(pairs).count == pairs.count)
    #expect(expected.isSubset(of: Set(pairs)))
    #expect(pairs.count < expected.count + 10)

    var seen = 0
    tree.visitOverlaps(steps: &steps) { _, _ in
      seen += 1
      return seen < 5
    }
    #expect(seen == 5)
  }

  @Test("a tree does not depend on the facets' order, nor on where the part is")
  func canonical() throws {
    let mesh = WallShapes.mesh(Shapes.torus(major: 20, minor: 6, rows: 20, columns: 30))
    let tree = try #require(FacetTree(mesh))
    let other = try #require(FacetTree(WallShapes.shuffled(mesh, seed: 8)))
    #expect(tree.points == other.points)
    #expect(tree.corners == other.corners)
    let far = try #require(FacetTree(mesh.mapped { $0 * 1024 + Point(1e4, 0, -3e4) }))
    for (near, far) in zip(tree.points, far.points) { #expect(distance(near, far) < 1e-11) }
    let point = mesh.vertices[17]
    #expect(distance(tree.millimetres(tree.local(point)), point) < 1e-12)
  }

  @Test("facets that all have one centroid make a tree of bounded depth")
  func equalCentroids() throws {
    let count = 5_000
    let vertices = (0..<count).flatMap { index in
      let size = Double(index % 7 + 1)
      return [Point(size, 0, 0), Point(0, size, -size), Point(-size, -size, size)]
    }
    let mesh = Mesh(vertices: vertices, corners: vertices.indices.map { UInt32($0) })
    let tree = try #require(FacetTree(mesh))
    #expect(Self.depth(tree) < FacetTree.depthMax)
    #expect(Self.depth(tree) < 20)
    #expect(Set(tree.facets) == Set(0..<UInt32(count)))
  }

  @Test("facets ever closer to a corner make a tree of bounded depth")
  func crowdedCorner() throws {
    let vertices = (0..<2_000).flatMap { index in
      let shrink = 1 / Double(1 << (index % 60))
      return [Point(1, 1, 1), Point(1, 0, 1), Point(0, 1, 1)].map { $0 * shrink }
    }
    let mesh = Mesh(vertices: vertices, corners: vertices.indices.map { UInt32($0) })
    let tree = try #require(FacetTree(mesh))
    #expect(Self.depth(tree) < FacetTree.depthMax)
  }

  private static func depth(_ tree: FacetTree) -> Int {
    var depths = [Int](repeating: 0, count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() where node.count == 0 {
      depths[index + 1] = depths[index] + 1
      depths[Int(node.link)] = depths[index] + 1
    }
    return depths.max() ?? 0
  }

  @Test("every cell that a direction in a cone falls into is in the cone's set")
  func cones() {
    var lottery = Lottery(seed: 9)
    var cells = 0
    for _ in 0..<20_000 {
      let axis = Self.direction(&lottery)
      let other = Self.direction(&lottery)
      let set = NormalCells.cone(around: axis, cosine: 0.8)
      let cell = NormalCells.cell(of: other)
      #expect(cell.nonzeroBitCount == 1)
      if dot(axis, other) >= 0.8 { #expect(set & cell != 0) }
      cells += set.nonzeroBitCount
    }
    // A cone of 37° is a tenth of the sphere; its set must not be most of it.
    #expect(cells < 20_000 * 24)
  }

  @Test("queries stop where their steps end")
  func limited() throws {
    let tree = try #require(FacetTree(WallShapes.confetti(3_000, size: 4, seed: 10)))
    var steps = StepCounter(limit: 50)
    let ray = Ray(from: .zero, along: Point(1, 0, 0))
    _ = tree.allHits(ray, beyond: 0, steps: &steps)
    #expect(steps.isExhausted && steps.used < 60)
    steps = StepCounter(limit: 50)
    _ = tree.nearest(to: .zero, within: 4, steps: &steps)
    #expect(steps.isExhausted && steps.used < 60)
    steps = StepCounter(limit: 50)
    tree.visitOverlaps(steps: &steps) { _, _ in true }
    #expect(steps.isExhausted && steps.used < 200)
  }

  @Test("what is done with a pair takes longer than a look at a box, and is counted so")
  func pairSteps() throws {
    let stack = Mesh(
      vertices: [Point(0, 0, 0), Point(1, 0, 0), Point(0, 1, 0)],
      corners: (0..<64).flatMap { _ in [0, 1, 2] })
    let tree = try #require(FacetTree(stack))
    var steps = StepCounter(limit: Self.many)
    var pairs = 0
    tree.visitOverlaps(steps: &steps) { _, _ in
      pairs += 1
      return true
    }
    #expect(pairs == 64 * 63 / 2)
    #expect(steps.used > 9 * pairs)
  }

  @Test("no facets, or ones without extent or beyond all size, make no tree")
  func noTree() {
    #expect(FacetTree(Mesh(vertices: [], corners: [])) == nil)
    #expect(FacetTree(Mesh(vertices: [Point(1, 2, 3)], corners: [0, 0, 0])) == nil)
    let edge = Double.greatestFiniteMagnitude
    let huge = Mesh(
      vertices: [Point(-edge, 0, 0), Point(edge, 0, 0), Point(0, edge, 0)], corners: [0, 1, 2])
    #expect(FacetTree(huge) == nil)
    #expect(FacetTree(huge.mapped { $0 / edge * 1e90 }) != nil)
  }
}
