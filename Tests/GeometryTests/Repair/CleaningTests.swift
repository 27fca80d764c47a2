import Geometry
import Testing

@Suite("Repairs: welding, degenerate and duplicate facets")
struct CleaningTests {
  let box = Broken.soup(Shapes.box(Point(10, 20, 30))).welded()

  @Test("a box whose corners miss each other by less than the tolerance is welded shut")
  func weldsShakenBox() throws {
    let shaken = Broken.shaken(Broken.soup(Shapes.box(Point(10, 20, 30))), by: 0.001)
    let outcome = try MeshRepair.weld(shaken, tolerance: 0.005)
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.verticesMerged == 28)
    #expect(outcome.report.verticesMoved == 28)
    #expect(outcome.report.moveMaxMillimetres <= 0.005)
    #expect(outcome.report.volumeBefore == nil)
    #expect(isClose(try #require(outcome.report.volumeAfter), 6000, within: 1e-3))
    #expect(outcome.mesh.vertices.count == 8)
  }

  @Test("no vertex moves farther than the tolerance, however many lie in a row")
  func chainDoesNotDrift() throws {
    // Loose triangles whose nearest corners are 0.8 tolerances apart.
    let facets = (0..<40).map { number in
      let x = Double(number) * 0.08
      return Shapes.facet(Point(x, 0, 0), Point(x, 50, 0), Point(x, 50, 50))
    }
    let outcome = try MeshRepair.weld(Broken.soup(facets), tolerance: 0.1)
    #expect(outcome.report.verticesMoved > 0)
    #expect(outcome.report.moveMaxMillimetres <= 0.1)
  }

  @Test("a closed plate thinner than the tolerance keeps its sides")
  func thinPlateStays() throws {
    let plate = Broken.soup(Shapes.box(Point(100, 100, 0.5)))
    let outcome = try MeshRepair.weld(plate, tolerance: 1)
    #expect(outcome.report.verticesMoved == 0)
    #expect(outcome.report.volumeAfter == 5000)
  }

  @Test("a tolerance that would make one of two tubes side by side is refused")
  func gluingIsRefused() {
    let tube = Array(Shapes.box(Point(10, 10, 30)).dropFirst(4))
    let beside = Shapes.moved(tube, by: Point(10.125, 0, 0))
    #expect {
      try MeshRepair.weld(Broken.soup(tube + beside), tolerance: 0.2)
    } throws: {
      ($0 as? RepairRefusal)?.code == .toleranceGlues
    }
  }

  @Test(
    "a tolerance that is none, or large beside the part, is refused",
    arguments: [-0.001, .nan, .infinity, 0.4])
  func toleranceOutOfRange(tolerance: Double) {
    #expect {
      try MeshRepair.weld(box, tolerance: tolerance)
    } throws: {
      ($0 as? RepairRefusal)?.code == .toleranceOutOfRange
    }
  }

  @Test("facets two of whose corners are one go, and nothing else changes")
  func collapsedFacetsGo() {
    let facets = Shapes.box(Point(10, 20, 30))
    let collapsed = Facet(facets[0].a, facets[0].a, facets[0].b)
    let outcome = MeshRepair.removeDegenerate(Broken.soup(facets + [collapsed]))
    #expect(outcome.report.degenerateFacetsRemoved == 1)
    #expect(outcome.mesh.triangles == 12)
    #expect(outcome.report.volumeAfter == 6000)
  }

  @Test(
    "facets without area that fill a crack give way, and the box stays closed",
    arguments: [1, 2, 7, 40])
  func flatFacetsAreAbsorbed(count: Int) {
    let cracked = Broken.cracked(Point(10, 20, 30), corners: count, isFilled: true)
    let outcome = MeshRepair.removeDegenerate(cracked)
    #expect(outcome.report.flatFacetsAbsorbed == count)
    #expect(outcome.report.isWatertight)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000, within: 1e-14))
    #expect(outcome.mesh.triangles == cracked.triangles)
    #expect(outcome.mesh.flatFacets == 0)
  }

  @Test("a second copy of a facet goes, whichever way it faces", arguments: [false, true])
  func copiesGo(isTurned: Bool) {
    let copy = Broken.turned(isTurned ? [0] : [], Broken.without(Set(1..<12), box))
    let outcome = MeshRepair.removeDuplicates(Mesh.joined([box, copy]))
    #expect(outcome.report.duplicateFacetsRemoved == 1)
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.volumeAfter == 6000)
  }

  @Test("of a shell with an outer and an inner layer one stays")
  func twoLayersBecomeOne() {
    let inner = Broken.turned(Set(0..<12), box)
    let outcome = MeshRepair.removeDuplicates(Mesh.joined([box, inner]))
    #expect(outcome.mesh.triangles == 12)
    #expect(outcome.report.isWatertight)
  }

  @Test("a wall of two layers that divides a solid goes as a whole")
  func dividingWallGoes() {
    // Two boxes that share a side: the side's facets are there twice, facing each other.
    let left = Shapes.box(Point(10, 10, 10))
    let right = Shapes.mapped(Shapes.mirrored(Shapes.reversed(left))) { $0 + Point(20, 0, 0) }
    let outcome = MeshRepair.removeDuplicates(Broken.soup(left + right))
    #expect(outcome.report.duplicateFacetsRemoved == 4)
    #expect(outcome.report.isWatertight)
    #expect(outcome.report.volumeAfter == 2000)
  }
}

extension Mesh {
  /// Facets without area.
  var flatFacets: Int {
    (0..<triangles).count { facet in
      let (a, b, c) = positions(of: facet)
      let (u, v) = (b - a, c - a)
      return Point(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x) == .zero
    }
  }
}
