import Foundation
import Geometry
import Testing

@Suite("Repairs: all together")
struct CombinedRepairTests {
  let box = Broken.soup(Shapes.box(Point(10, 20, 30))).welded()

  @Test("a box with every fault at once gets back its exact volume")
  func everyFault() throws {
    let cracked = Broken.cracked(Point(10, 20, 30), corners: 3)
    let holed = Broken.without([5, 9], Broken.turned([1, 4, 7], cracked))
    let copy = Broken.without(Set(0..<12).subtracting([3]), box)
    let outcome = try MeshRepair.repair(Mesh.joined([holed, copy]))
    #expect(outcome.report.isWatertight)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000, within: 1e-12))
    #expect(outcome.mesh.flatFacets == 0)
    #expect(outcome.report.isChanged)
  }

  @Test("corners that miss each other are welded before holes are closed")
  func shaken() throws {
    let shaken = Broken.shaken(Broken.soup(Shapes.box(Point(10, 20, 30))), by: 0.0001)
    let outcome = try MeshRepair.repair(Broken.without([3], shaken))
    #expect(outcome.report.isWatertight)
    #expect(outcome.mesh.triangles == 12)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000, within: 1e-4))
  }

  @Test("a sound mesh stays as it is, also with a cavity and with solids that overlap")
  func soundStays() throws {
    let cavity = Broken.turned(Set(0..<12), Broken.soup(Shapes.cube(4, at: Point(3, 3, 3))))
    let overlapping = Broken.soup(Shapes.box(Point(10, 20, 30), at: Point(5, 5, 5)))
    for mesh in [box, Mesh.joined([box, cavity]), Mesh.joined([box, overlapping])] {
      let outcome = try MeshRepair.repair(mesh)
      #expect(!outcome.report.isChanged)
      #expect(outcome.mesh == mesh.welded())
      #expect(outcome.report.volumeBefore == outcome.report.volumeAfter)
    }
  }

  @Test("an inverted shell outside of a larger solid is turned")
  func invertedBeside() throws {
    let inverted = Broken.turned(Set(0..<12), Broken.soup(Shapes.cube(2, at: Point(50, 0, 0))))
    let outcome = try MeshRepair.repair(Mesh.joined([box, inverted]))
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6008, within: 1e-12))
  }

  @Test("a repaired mesh needs no repair")
  func idempotent() throws {
    let broken = Broken.without([0, 7], Broken.turned([3], box))
    let once = try MeshRepair.repair(broken)
    let twice = try MeshRepair.repair(once.mesh)
    #expect(!twice.report.isChanged)
    #expect(twice.mesh == once.mesh)
  }

  @Test("what cannot be closed is left, and said")
  func left() throws {
    var options = MeshRepair.Options()
    options.holes.edgesMax = 3
    let outcome = try MeshRepair.repair(Broken.without([0, 1], box), options: options)
    #expect(!outcome.report.isWatertight)
    #expect(outcome.report.volumeAfter == nil)
    #expect(outcome.report.openHoles.map(\.reason) == [.tooManyEdges])
  }

  @Test(
    "far from the origin and very small or large, a box is repaired the same",
    arguments: [1e-4, 1, 1e5])
  func scales(scale: Double) throws {
    let broken = Broken.without([2, 9], box).mapped { $0 * scale + Point(repeating: 1e4 * scale) }
    var options = MeshRepair.Options()
    options.toleranceMillimetres = 1e-4 * scale
    let outcome = try MeshRepair.repair(broken, options: options)
    #expect(outcome.report.isWatertight)
    #expect(isClose(outcome.report.volumeAfter ?? 0, 6000 * scale * scale * scale, within: 1e-9))
  }

  @Test("meshes of no facets, of one, and of nothing but one point are answered")
  func nothing() throws {
    for corners in [[], [0, 1, 2], [0, 0, 0], [0, 1, 0]] as [[UInt32]] {
      let mesh = Mesh(vertices: [.zero, Point(1, 0, 0), Point(0, 1, 0)], corners: corners)
      var options = MeshRepair.Options()
      options.toleranceMillimetres = 0
      let outcome = try MeshRepair.repair(mesh, options: options)
      #expect(!outcome.report.isWatertight)
      #expect(outcome.report.trianglesBefore == corners.count / 3)
    }
  }

  @Test("the same mesh is repaired the same every time")
  func deterministic() throws {
    let sphere = Broken.soup(Shapes.sphere(radius: 10, rows: 20, columns: 30))
    let broken = Broken.without(Set(stride(from: 3, to: 1000, by: 17)), sphere)
    let once = try MeshRepair.repair(broken)
    #expect(once.report.isWatertight)
    #expect(try MeshRepair.repair(broken) == once)
  }

  @Test("a repair's report is JSON with snake_case members, and the same again when it is read")
  func json() throws {
    let report = MeshRepair.closeHoles(Broken.cup(radius: 10, height: 5, sides: 101)).report
    let json = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(RepairReport.self, from: json) == report)
    let text = String(decoding: json, as: UTF8.self)
    for member in ["\"holes_left\":1", "\"reason\":\"too_many_edges\"", "\"watertight\":false"] {
      #expect(text.contains(member), "\(member)")
    }
  }
}
