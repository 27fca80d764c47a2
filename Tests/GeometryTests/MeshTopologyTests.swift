import Testing

@testable import Geometry

@Suite("Welding and topology")
struct MeshTopologyTests {
  @Test("a cube is one watertight shell of eight vertices")
  func cube() {
    var expected = MeshTopology()
    expected.vertices = 8
    expected.shells = 1
    #expect(topology(Shapes.cube(20)) == expected)
    #expect(expected.isWatertight)
  }

  @Test("spheres and tori weld into Euler's count of vertices")
  func euler() {
    let sphere = Shapes.sphere(radius: 10, rows: 20, columns: 30)
    #expect(topology(sphere).vertices == sphere.count / 2 + 2)
    #expect(topology(sphere).isWatertight == true)
    let torus = Shapes.torus(major: 10, minor: 3, rows: 20, columns: 30)
    #expect(topology(torus).vertices == torus.count / 2)
    #expect(topology(torus).isWatertight == true)
    #expect(topology(torus).shells == 1)
  }

  @Test("a missing facet leaves three open edges")
  func hole() {
    let mesh = topology(Array(Shapes.cube(10).dropFirst()))
    #expect(mesh.openEdges == 3)
    #expect(mesh.isWatertight == false)
    #expect(mesh.flippedEdges == 0)
    #expect(mesh.nonManifoldEdges == 0)
  }

  @Test("a facet turned over has three flipped edges")
  func flipped() {
    var cube = Shapes.cube(10)
    cube[5] = Facet(cube[5].c, cube[5].b, cube[5].a)
    let mesh = topology(cube)
    #expect(mesh.flippedEdges == 3)
    #expect(mesh.openEdges == 0)
    #expect(mesh.isWatertight == false)
    #expect(mesh.shells == 1)
  }

  @Test("a facet given twice is a duplicate whichever way round it is", arguments: [true, false])
  func duplicates(turned: Bool) {
    let cube = Shapes.cube(10)
    let f = cube[3]
    let again = turned ? Facet(f.b, f.a, f.c) : Facet(f.c, f.a, f.b)
    let mesh = topology(cube + [again, again])
    #expect(mesh.duplicateFacets == 2)
    #expect(mesh.nonManifoldEdges == 3)
    #expect(mesh.isWatertight == false)
  }

  @Test("two cubes apart are two shells, and a cavity is one of its own")
  func shells() {
    let apart = Shapes.cube(10) + Shapes.cube(10, at: Point(20, 0, 0))
    #expect(topology(apart).shells == 2)
    #expect(topology(apart).isWatertight == true)
    let hollow = Shapes.cube(10) + Shapes.reversed(Shapes.cube(4, at: Point(3, 3, 3)))
    #expect(topology(hollow).shells == 2)
    #expect(topology(hollow).isWatertight == true)
    #expect(measured(hollow).signedVolume == 1000 - 64)
  }

  @Test("cubes that touch in a corner are two shells, in an edge one that is not watertight")
  func touching() {
    let corner = topology(Shapes.cube(10) + Shapes.cube(10, at: Point(10, 10, 10)))
    #expect(corner.shells == 2)
    #expect(corner.vertices == 15)
    #expect(corner.isWatertight == true)
    let edge = Shapes.cube(10) + Shapes.cube(10, at: Point(10, 10, 0))
    #expect(topology(edge).nonManifoldEdges == 1)
    #expect(topology(edge).shells == 1)
    #expect(topology(edge).isWatertight == false)
    #expect(isClosed(edge))
  }

  @Test("collapsed facets are counted and change no edge")
  func collapsed() {
    let cube = Shapes.cube(10)
    let mesh = topology(cube + [Facet(cube[0].a, cube[0].a, cube[0].b)])
    #expect(mesh.degenerateFacets == 1)
    #expect(mesh.isWatertight == true)
    #expect(mesh.shells == 1)
    let dust = topology([Facet(cube[0].a, cube[0].a, cube[0].a)])
    #expect(dust.shells == 0)
    #expect(dust.isWatertight == false)
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
    let mesh = topology(cube)
    #expect(mesh.degenerateFacets == 1)
    #expect(mesh.isWatertight == true)
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
    let topology = welded(mesh).topology()
    #expect(topology == reference(mesh))
    #expect(topology.isClosed == isClosed(mesh))
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
    var rims: [Set<Vertex>] = []
    for (ends, walk) in walks {
      if walk.count == 1 {
        let touching = rims.filter { !$0.isDisjoint(with: ends) }
        rims.removeAll { !$0.isDisjoint(with: ends) }
        rims.append(touching.reduce(ends) { $0.union($1) })
      }
      if walk.filter({ $0.from == walk[0].from }).count * 2 != walk.count {
        topology.unbalancedEdges += 1
      }
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
    topology.holes = rims.count
    topology.shells = Set(component).count
    return topology
  }
}
