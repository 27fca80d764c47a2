import Geometry
import Testing

@Suite("Repairs: which side is outside")
struct OrientationRepairTests {
  func box(_ size: Double, at origin: Double = 0) -> Mesh {
    Broken.soup(Shapes.cube(size, at: Point(repeating: origin))).welded()
  }

  @Test(
    "facets turned round come to agree, and face outwards",
    arguments: [[0], [3, 4, 5], Array(0..<11)])
  func turnedFacets(turned: [Int]) {
    let outcome = MeshRepair.orient(Broken.turned(Set(turned), box(10)))
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.volumeAfter == 1000)
    #expect(outcome.report.facetsTurned == turned.count)
  }

  @Test("a box inside out is turned as a whole, also beside a larger one that is not")
  func insideOut() {
    let inverted = Broken.turned(Set(0..<12), box(3, at: 50))
    let outcome = MeshRepair.orient(Mesh.joined([box(10), inverted]))
    #expect(outcome.report.volumeAfter == 1027)
    #expect(outcome.report.facetsTurned == 12)
    #expect(outcome.report.cavities == 0)
  }

  @Test("a shell in a solid faces its hollow, one in the hollow faces outwards again")
  func nesting() {
    let nested = Mesh.joined([box(1, at: 4.5), box(4, at: 3), box(10), box(2, at: 20)])
    let outcome = MeshRepair.orient(nested)
    #expect(outcome.report.cavities == 1)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 1000 - 64 + 1 + 8, within: 1e-12))
    #expect(outcome.report.shellsNotPlaced == 0)
  }

  @Test("a solid that reaches into another is no cavity of it")
  func overlapping() {
    let outcome = MeshRepair.orient(Mesh.joined([box(10), box(10, at: 6)]))
    #expect(outcome.report.cavities == 0)
    #expect(outcome.report.facetsTurned == 0)
    #expect(outcome.report.volumeAfter == 2000)
  }

  @Test("cubes that share an edge are turned each for itself")
  func sharedEdge() {
    let beside = Broken.soup(Shapes.cube(10, at: Point(10, 10, 0)))
    let outcome = MeshRepair.orient(Mesh.joined([Broken.turned(Set(0..<12), box(10)), beside]))
    #expect(outcome.report.volumeAfter == 2000)
    #expect(!outcome.report.isWatertight)
  }

  @Test("a Möbius strip has no outside: it stays as it is, and that is said")
  func moebius() {
    let strip = Broken.moebius(steps: 20)
    let outcome = MeshRepair.orient(strip)
    #expect(outcome.report.shellsWithoutSides == 1)
    #expect(outcome.report.facetsTurned == 0)
    #expect(outcome.mesh == strip.welded())
  }

  @Test("an open shell keeps the side that most of its facets had")
  func openShell() {
    let open = Broken.without([11], box(10))
    let outcome = MeshRepair.orient(Broken.turned([2, 5], open))
    #expect(outcome.report.facetsTurned == 2)
    #expect(outcome.mesh == MeshRepair.orient(open).mesh)
  }

  @Test("of a thousand boxes in a row, each in the shadow of the next, all face outwards")
  func manyShells() {
    let row = (0..<1000).map { number in
      let mesh = Broken.soup(Shapes.cube(1, at: Point(Double(2 * number), 0, 0)))
      return number % 2 == 0 ? mesh : Broken.turned(Set(0..<12), mesh)
    }
    let outcome = MeshRepair.orient(Mesh.joined(row))
    #expect(isClose(outcome.report.volumeAfter ?? 0, 1000, within: 1e-12))
    #expect(outcome.report.shellsNotPlaced == 0)
  }
}
