import Testing

@testable import Geometry

@Suite("Places of defects")
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
}
