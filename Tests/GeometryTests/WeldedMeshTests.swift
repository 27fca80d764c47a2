import Testing

@testable import Geometry

@Suite("Welding")
struct WeldedMeshTests {
  @Test("a cube is one watertight shell of eight vertices")
  func cube() {
    var expected = MeshTopology()
    expected.vertices = 8
    expected.shells = 1
    #expect(welded(Shapes.cube(20)) == expected)
    #expect(expected.isWatertight)
  }

  @Test("spheres and tori weld into Euler's count of vertices")
  func euler() {
    let sphere = Shapes.sphere(radius: 10, rows: 20, columns: 30)
    #expect(welded(sphere)?.vertices == sphere.count / 2 + 2)
    #expect(welded(sphere)?.isWatertight == true)
    let torus = Shapes.torus(major: 10, minor: 3, rows: 20, columns: 30)
    #expect(welded(torus)?.vertices == torus.count / 2)
    #expect(welded(torus)?.isWatertight == true)
    #expect(welded(torus)?.shells == 1)
  }

  @Test("a missing facet leaves three open edges")
  func hole() {
    let mesh = welded(Array(Shapes.cube(10).dropFirst()))
    #expect(mesh?.openEdges == 3)
    #expect(mesh?.isWatertight == false)
    #expect(mesh?.flippedEdges == 0)
    #expect(mesh?.nonManifoldEdges == 0)
  }

  @Test("a facet turned over has three flipped edges")
  func flipped() {
    var cube = Shapes.cube(10)
    cube[5] = Facet(cube[5].c, cube[5].b, cube[5].a)
    let mesh = welded(cube)
    #expect(mesh?.flippedEdges == 3)
    #expect(mesh?.openEdges == 0)
    #expect(mesh?.isWatertight == false)
    #expect(mesh?.shells == 1)
  }

  @Test("a facet given twice is a duplicate whichever way round it is", arguments: [true, false])
  func duplicates(turned: Bool) {
    let cube = Shapes.cube(10)
    let f = cube[3]
    let again = turned ? Facet(f.b, f.a, f.c) : Facet(f.c, f.a, f.b)
    let mesh = welded(cube + [again, again])
    #expect(mesh?.duplicateFacets == 2)
    #expect(mesh?.nonManifoldEdges == 3)
    #expect(mesh?.isWatertight == false)
  }

  @Test("two cubes apart are two shells, and a cavity is one of its own")
  func shells() {
    let apart = Shapes.cube(10) + Shapes.cube(10, at: Point(20, 0, 0))
    #expect(welded(apart)?.shells == 2)
    #expect(welded(apart)?.isWatertight == true)
    let hollow = Shapes.cube(10) + Shapes.reversed(Shapes.cube(4, at: Point(3, 3, 3)))
    #expect(welded(hollow)?.shells == 2)
    #expect(welded(hollow)?.isWatertight == true)
    #expect(measured(hollow).signedVolume == 1000 - 64)
  }

  @Test("cubes that touch in a corner are two shells, in an edge one that is not watertight")
  func touching() {
    let corner = welded(Shapes.cube(10) + Shapes.cube(10, at: Point(10, 10, 10)))
    #expect(corner?.shells == 2)
    #expect(corner?.vertices == 15)
    #expect(corner?.isWatertight == true)
    let edge = Shapes.cube(10) + Shapes.cube(10, at: Point(10, 10, 0))
    #expect(welded(edge)?.nonManifoldEdges == 1)
    #expect(welded(edge)?.shells == 1)
    #expect(welded(edge)?.isWatertight == false)
    #expect(measured(edge).isClosed)
  }

  @Test("collapsed facets are counted and change no edge")
  func collapsed() {
    let cube = Shapes.cube(10)
    let mesh = welded(cube + [Facet(cube[0].a, cube[0].a, cube[0].b)])
    #expect(mesh?.degenerateFacets == 1)
    #expect(mesh?.isWatertight == true)
    #expect(mesh?.shells == 1)
    let dust = welded([Facet(cube[0].a, cube[0].a, cube[0].a)])
    #expect(dust?.shells == 0)
    #expect(dust?.isWatertight == false)
  }

  @Test("a thin facet that closes a seam keeps the mesh watertight")
  func thin() {
    // The seam 0–2 of the first side gets a middle vertex on one side only; a facet without area
    // fills it.
    var cube = Shapes.cube(10)
    let f = cube[0]
    let middle = Vertex(5, 5, 0)
    let (from, to, apex) = (f.a, f.b, f.c)
    #expect(Shapes.facet(Point(0, 0, 0), Point(5, 5, 0), Point(10, 10, 0)).isDegenerate)
    // facet 0 is a, b, c with diagonal c → a shared with facet 1.
    cube[0] = Facet(from, to, middle)
    cube.append(Facet(to, apex, middle))
    cube.append(Facet(middle, apex, from))
    let mesh = welded(cube)
    #expect(mesh?.degenerateFacets == 1)
    #expect(mesh?.isWatertight == true)
  }

  @Test("a mesh over the limit is dropped, one at the limit is not")
  func limit() {
    #expect(welded(Shapes.cube(10), trianglesMax: 12) != nil)
    #expect(welded(Shapes.cube(10), trianglesMax: 11) == nil)
    var mesh = WeldedMesh(key: testKey, trianglesMax: 11)
    for facet in Shapes.cube(10) + Shapes.cube(3) { mesh.add(facet) }
    #expect(mesh.isOverLimit)
    #expect(mesh.triangles == 0)
  }

  @Test("welding and the one-pass balance agree on damaged meshes", arguments: 0..<40)
  func agreement(seed: Int) {
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var mesh = Shapes.torus(major: 10, minor: 3, rows: 6, columns: 9)
    for _ in 0..<next(4) {
      switch next(3) {
      case 0: mesh.remove(at: next(mesh.count))
      case 1: mesh.append(mesh[next(mesh.count)])
      default:
        let index = next(mesh.count)
        mesh[index] = Facet(mesh[index].b, mesh[index].a, mesh[index].c)
      }
    }
    let topology = welded(mesh)
    #expect(topology == reference(mesh))
    if topology?.isWatertight == true { #expect(measured(mesh).isClosed) }
    if topology?.openEdges != 0 { #expect(!measured(mesh).isClosed) }
  }

  /// The same counts by dictionaries: slow and plain.
  private func reference(_ facets: [Facet]) -> MeshTopology {
    var topology = MeshTopology()
    topology.vertices = Set(facets.flatMap { [$0.a, $0.b, $0.c] }).count
    topology.degenerateFacets = facets.filter(\.isDegenerate).count
    topology.duplicateFacets = facets.count - Set(facets.map { Set([$0.a, $0.b, $0.c]) }).count
    var walks: [Set<Vertex>: [(from: Vertex, facet: Int)]] = [:]
    for (index, f) in facets.enumerated() {
      for (p, q) in [(f.a, f.b), (f.b, f.c), (f.c, f.a)] {
        walks[[p, q], default: []].append((p, index))
      }
    }
    var component = Array(facets.indices)
    for walk in walks.values {
      switch (walk.count, Set(walk.map(\.from)).count) {
      case (1, _): topology.openEdges += 1
      case (2, 2): break
      case (2, _): topology.flippedEdges += 1
      default: topology.nonManifoldEdges += 1
      }
      for step in walk.dropFirst() {
        let (old, new) = (component[step.facet], component[walk[0].facet])
        for index in component.indices where component[index] == old { component[index] = new }
      }
    }
    topology.shells = Set(component).count
    return topology
  }
}
