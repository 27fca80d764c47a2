import Geometry
import Testing

@Suite("Repairs: cracks and holes")
struct HoleTests {
  let box = Broken.soup(Shapes.box(Point(10, 20, 30))).welded()

  @Test(
    "a crack is closed along its edge, without facets that have no area", arguments: [1, 2, 5, 60])
  func cracks(count: Int) {
    let cracked = Broken.cracked(Point(10, 20, 30), corners: count)
    let outcome = MeshRepair.stitch(cracked)
    #expect(outcome.report.cracksClosed == 1)
    #expect(outcome.report.isWatertight)
    #expect(outcome.mesh.flatFacets == 0)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000, within: 1e-14))
  }

  @Test("a hole is no crack")
  func holesAreNotStitched() {
    let outcome = MeshRepair.stitch(Broken.without([0, 1], box))
    #expect(outcome.report.cracksClosed == 0)
    #expect(outcome.report.facetsAdded == 0)
    #expect(!outcome.report.isWatertight)
  }

  @Test(
    "a box without a facet, or without a side, gets back its exact volume",
    arguments: [
      [0], [7], [0, 1], [4, 5], [0, 1, 2, 3], [0, 3, 8],
    ])
  func boxIsClosed(missing: [Int]) {
    let outcome = MeshRepair.closeHoles(Broken.without(Set(missing), box))
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.facetsAdded == missing.count)
    #expect(outcome.report.volumeBefore == nil)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000, within: 1e-14))
  }

  @Test("a hole in a curved surface is closed by the smallest surface over its rim")
  func curvedHole() {
    let sphere = Broken.soup(Shapes.sphere(radius: 10, rows: 24, columns: 48)).welded()
    let outcome = MeshRepair.closeHoles(Broken.without([500, 501, 502, 503], sphere))
    let whole = measured(Shapes.sphere(radius: 10, rows: 24, columns: 48)).signedVolume
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.holesClosed == 1)
    #expect(isClose(outcome.report.volumeAfter ?? 0, whole, within: 1e-4))
  }

  @Test("a long rim in a plane is closed, to the volume of the prism")
  func longFlatRim() {
    let cup = Broken.cup(radius: 10, height: 5, sides: 1000)
    let limits = MeshRepair.HoleLimits(edgesMax: 2000)
    let outcome = MeshRepair.closeHoles(cup, limits: limits)
    let base = 1000.0 / 2 * 100 * Wave.sine(1.0 / 1000)
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.facetsAdded == 998)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 5 * base, within: 1e-10))
  }

  @Test("a long rim in no plane is left open, and that is said")
  func longWavyRim() {
    let cup = Broken.cup(radius: 10, height: 5, sides: 200) { 2 * Wave.sine(3 * $0) }
    let outcome = MeshRepair.closeHoles(cup, limits: .init(edgesMax: 2000))
    #expect(outcome.report.openHoles.map(\.reason) == [.notFlat])
    #expect(outcome.report.openHoles.first?.edges == 200)
    #expect(!outcome.report.isWatertight)
  }

  @Test("a rim beyond the limits is left open, and that is said")
  func limits() throws {
    let cup = Broken.cup(radius: 10, height: 5, sides: 101)
    let byEdges = MeshRepair.closeHoles(cup)
    #expect(byEdges.report.openHoles.map(\.reason) == [.tooManyEdges])
    let byLength = MeshRepair.closeHoles(
      Broken.without([0], box), limits: .init(perimeterMillimetresMax: 50))
    let hole = try #require(byLength.report.openHoles.first)
    #expect(hole.reason == .tooLong)
    #expect(isClose(hole.perimeterMillimetres, 30 + 500.0.squareRoot(), within: 1e-14))
    #expect(byLength.report.holesLeft == 1)
  }

  @Test("a sheet is not closed by a second one", arguments: [1, 2])
  func looseSheet(facets: Int) {
    let sheet = Broken.without(Set(facets..<12), box)
    let outcome = MeshRepair.closeHoles(sheet)
    #expect(outcome.report.openHoles.map(\.reason) == [.looseSheet])
    #expect(outcome.report.facetsAdded == 0)
  }

  @Test("holes that touch in a corner are closed each for itself")
  func touchingHoles() {
    // Facets that share one vertex of the sphere only.
    let sphere = Broken.soup(Shapes.sphere(radius: 10, rows: 8, columns: 8)).welded()
    let outcome = MeshRepair.closeHoles(Broken.without([24, 43], sphere))
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.holesClosed == 2)
  }

  @Test("a rim of very many edges, and a star of loose facets, are left open at once")
  func hostileRims() {
    let cup = MeshRepair.closeHoles(Broken.cup(radius: 10, height: 5, sides: 50_000))
    #expect(cup.report.openHoles.map(\.reason) == [.tooManyEdges])
    let star = MeshRepair.closeHoles(Broken.star(30_000))
    #expect(star.report.holesLeft == 30_000)
    #expect(star.report.openHoles.count == RepairReport.holesListedMax)
    #expect(star.report.facetsAdded == 0)
  }

  @Test("when many rims have taken the steps of a repair, the rest is left open, and that is said")
  func outOfSteps() {
    let cup = Broken.cup(radius: 10, height: 5, sides: 30)
    let cups = (0..<20).map { number in cup.mapped { $0 + Point(Double(30 * number), 0, 0) } }
    let outcome = MeshRepair.closeHoles(Mesh.joined(cups), limits: .init(stepsMax: 50_000))
    // 30³ / 6 + 30 steps a rim.
    #expect(outcome.report.holesClosed == 11)
    #expect(outcome.report.holesLeft == 9)
    #expect(outcome.report.openHoles.allSatisfy { $0.reason == .outOfSteps })
  }
}
