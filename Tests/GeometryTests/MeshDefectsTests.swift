import Testing

@testable import Geometry

@Suite("Places of defects, and shells")
struct MeshDefectsTests {
  @Test("a good mesh has no defects")
  func none() {
    #expect(
      welded(Shapes.torus(major: 9, minor: 3, rows: 8, columns: 12)).defects(max: 10) == .init())
  }

  @Test("a missing facet's edges are named by the facets beside them")
  func open() {
    let cube = Shapes.cube(10)
    let mesh = welded(Array(cube.dropFirst()))
    let defects = mesh.defects(max: 10)
    let missing = Set([cube[0].a, cube[0].b, cube[0].c].map(\.position))
    #expect(defects.openEdges.count == 3)
    for edge in defects.openEdges {
      let ends = [mesh.vertices[Int(edge.low)], mesh.vertices[Int(edge.high)]]
      #expect(missing.isSuperset(of: ends))
      let (a, b, c) = mesh.positions(of: edge.facet)
      #expect(Set([a, b, c]).isSuperset(of: ends))
    }
    #expect(defects.flippedEdges.isEmpty && defects.nonManifoldEdges.isEmpty)
    #expect(mesh.defects(max: 2).openEdges == Array(defects.openEdges.prefix(2)))
  }

  @Test("holes are counted, also where they touch", arguments: [[0], [0, 1], [0, 4], [0, 2, 4]])
  func holes(sides: [Int]) {
    // Sides 0 and 1 of a cube lie opposite each other, and the others beside both.
    let cube = Shapes.cube(10).enumerated().filter { !sides.contains($0.offset / 2) }.map(\.element)
    #expect(topology(cube).holes == (sides == [0, 1] ? 2 : 1))
  }

  @Test(
    "turned facets are the few that disagree with the rest", arguments: [[5], [0, 1], [0, 7, 11]])
  func flipped(turned: [Int]) {
    var cube = Shapes.cube(10)
    for index in turned { cube[index] = Facet(cube[index].c, cube[index].b, cube[index].a) }
    let mesh = welded(Shapes.cube(10, at: Point(50, 0, 0)) + cube)
    #expect(mesh.flippedFacets() == turned.map { $0 + 12 })
    #expect(mesh.defects(max: 100).flippedFacets == turned.map { $0 + 12 })
    #expect(!mesh.defects(max: 100).flippedEdges.isEmpty)
  }

  @Test("degenerate and duplicate facets are named")
  func doubled() {
    let cube = Shapes.cube(10)
    let needle = Facet(cube[0].a, cube[0].a, cube[0].b)
    let mesh = welded(cube + [needle, cube[3], Facet(cube[7].b, cube[7].a, cube[7].c)])
    let defects = mesh.defects(max: 10)
    #expect(defects.degenerateFacets == [12])
    #expect(defects.duplicateFacets.sorted() == [13, 14])
    #expect(
      defects.nonManifoldEdges.count
        == topology(cube + [needle, cube[3], cube[7]]).nonManifoldEdges)
  }

  @Test("a cavity is told from a body turned inside out")
  func cavities() {
    let hollow = Shapes.cube(10) + Shapes.reversed(Shapes.cube(4, at: Point(3, 3, 3)))
    let insideOut = Shapes.reversed(Shapes.cube(2, at: Point(30, 5, 5)))
    let island = Shapes.cube(1, at: Point(4, 4, 4))
    let open = Array(Shapes.cube(3, at: Point(-20, 0, 0)).dropLast())
    let mesh = welded(hollow + insideOut + island + open)
    let shells = mesh.shells()
    #expect(shells.shells.map(\.kind) == [.solid, .cavity, .insideOut, .solid, .open])
    #expect(shells.shells.map(\.facets) == [12, 12, 12, 12, 11])
    #expect(shells.shells.prefix(4).map(\.signedVolume) == [1000, -64, -8, 1])
    #expect((0..<mesh.triangles).map { shells.shell(of: $0) } == (0..<59).map { $0 / 12 })
    #expect(mesh.topology().shells == 5)
    #expect(mesh.shells(stepsMax: 0).count(of: .cavityOrInsideOut) == 2)
  }

  @Test("bodies within each other are in turn material and air", arguments: [0.0, 10_000])
  func nested(offset: Double) {
    // Three shells, each in the one before it: material, air, material with air in it.
    let sizes = [16.0, 12, 8, 4]
    let facets = sizes.enumerated().flatMap { index, size in
      let cube = Shapes.cube(size, at: Point(repeating: offset - size / 2))
      return index.isMultiple(of: 2) ? cube : Shapes.reversed(cube)
    }
    let kinds = welded(facets).shells().shells.map(\.kind)
    #expect(kinds == [.solid, .cavity, .solid, .cavity])
  }

  @Test("a collapsed facet is of no shell, and bodies that touch in a vertex are two")
  func touching() {
    let cube = Shapes.cube(10)
    let mesh = welded(
      cube + [Facet(cube[0].a, cube[0].a, cube[0].b)] + Shapes.cube(5, at: Point(10, 10, 10)))
    let shells = mesh.shells()
    #expect(shells.shells.count == 2)
    #expect(shells.shell(of: 12) == nil)
    #expect(shells.shells.map(\.signedVolume) == [1000, 125])
  }
}
