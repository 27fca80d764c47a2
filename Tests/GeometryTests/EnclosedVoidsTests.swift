import Testing

@testable import Geometry

@Suite("Enclosed voids")
struct EnclosedVoidsTests {
  private func voids(_ parts: [Mesh], steps: Int = 10_000_000) throws -> EnclosedVoids {
    let mesh = Mesh.joined(parts).welded()
    return try EnclosedVoids(
      of: mesh, in: #require(FacetTree(mesh)), isClosed: mesh.topology().isClosed, steps: steps)
  }

  private func box(_ edge: Double, at corner: Double) -> Mesh {
    WallShapes.box(Point(repeating: edge), at: Point(repeating: corner))
  }

  private func cavity(_ edge: Double, at corner: Double) -> Mesh {
    WallShapes.reversed(box(edge, at: corner))
  }

  @Test("a solid body has none, and neither have two bodies apart")
  func none() throws {
    let voids = try voids([box(10, at: 0), box(10, at: 20)])
    #expect(voids.count == 0 && voids.volume == 0 && voids.largest.isEmpty && voids.isComplete)
  }

  @Test("cavities are counted and measured, the largest first, with their places")
  func cavities() throws {
    let parts = [box(20, at: 0), cavity(3, at: 1), cavity(5, at: 10)]
    let found = try voids(parts)
    try #require(found.largest.count == 2 && found.count == 2)
    #expect(isClose(found.volume, 27 + 125, within: 1e-9))
    #expect(found.largest.map { ($0.volume * 1e6).rounded() } == [125e6, 27e6])
    #expect(distance(found.largest[0].bounds.min, Point(repeating: 10)) < 1e-9)
    #expect(distance(found.largest[0].bounds.max, Point(repeating: 15)) < 1e-9)
    let facet = Mesh.joined(parts).welded().positions(of: found.largest[0].facet)
    #expect(facet.a.min() >= 10 && facet.a.max() <= 15)
    let far = try voids(parts.map { $0.mapped { $0 + Point(10_000, 10_000, -10_000) } })
    #expect(far.count == 2)
    #expect(isClose(far.volume, 152, within: 1e-6))
    let turned = try voids(parts.map { $0.mapped(WallShapes.turned) }.reversed())
    #expect(turned.count == 2)
    #expect(isClose(turned.volume, 152, within: 1e-9))
  }

  @Test("a body that floats in a cavity is taken off, and its own cavity is one more")
  func nested() throws {
    let found = try voids([box(20, at: 0), cavity(16, at: 2), box(8, at: 5), cavity(4, at: 6)])
    try #require(found.largest.count == 2 && found.count == 2)
    #expect(isClose(found.largest[0].volume, 4096 - 512, within: 1e-9))
    #expect(isClose(found.largest[1].volume, 64, within: 1e-9))
  }

  @Test("a shell turned inside out in the open is no cavity, nor is one in a cavity's air")
  func insideOut() throws {
    #expect(try voids([box(20, at: 0), cavity(5, at: 30)]).count == 0)
    #expect(try voids([box(20, at: 0), cavity(16, at: 2), cavity(4, at: 6)]).count == 1)
    // A second body that fills the cavity.
    #expect(try voids([box(20, at: 0), cavity(5, at: 4), box(9, at: 2)]).count == 0)
  }

  @Test("an open mesh and one turned inside out say why")
  func notMeasured() throws {
    let whole = box(5, at: 0)
    let open = Mesh(vertices: whole.vertices, corners: Array(whole.corners.dropLast(3)))
    #expect(throws: NotMeasured.notClosed) { try voids([open]) }
    #expect(throws: NotMeasured.insideOut) { try voids([cavity(5, at: 0)]) }
  }

  @Test("shells that no budget covers are said to be missing")
  func limited() throws {
    let many = (0..<300).map { cavity(0.5, at: 1 + Double($0) / 20) }
    let found = try voids([box(20, at: 0)] + many, steps: 3_000)
    #expect(!found.isComplete)
    #expect(found.count < 300)
  }
}
