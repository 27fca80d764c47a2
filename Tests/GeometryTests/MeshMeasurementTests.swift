import Testing

@testable import Geometry

@Suite("Measurement in one pass")
struct MeshMeasurementTests {
  @Test("a cube measures by its formulas, to the last bit")
  func cube() {
    let cube = measured(Shapes.cube(20))
    #expect(cube.triangles == 12)
    #expect(cube.signedVolume == 8000)
    #expect(cube.area == 2400)
    #expect(cube.centreOfMass == Point(10, 10, 10))
    #expect(cube.bounds == Bounds(min: .zero, max: Point(20, 20, 20)))
    #expect(cube.bounds?.size == Point(20, 20, 20))
    #expect(cube.degenerateFacets == 0)
  }

  @Test("a fine sphere comes close to its formulas from below")
  func sphere() {
    let sphere = measured(Shapes.sphere(radius: 10, rows: 96, columns: 192))
    let volume = 4.0 / 3 * Double.pi * 1000
    #expect(sphere.signedVolume < volume)
    #expect(isClose(sphere.signedVolume, volume, within: 1e-3))
    #expect(isClose(sphere.area, 400 * Double.pi, within: 1e-3))
    #expect(distance(sphere.centreOfMass, .zero) < 1e-5)
  }

  @Test("a fine torus comes close to its formulas")
  func torus() {
    let torus = measured(Shapes.torus(major: 20, minor: 5, rows: 96, columns: 192))
    let pi = Double.pi
    #expect(isClose(torus.signedVolume, 2 * pi * pi * 20 * 25, within: 2e-3))
    #expect(isClose(torus.area, 4 * pi * pi * 100, within: 2e-3))
    #expect(distance(torus.centreOfMass, .zero) < 1e-5)
  }

  @Test("an empty mesh has no bounds, no centre")
  func empty() {
    let nothing = measured([])
    #expect(nothing.bounds == nil)
    #expect(nothing.centreOfMass == nil)
    #expect(nothing.signedVolume == 0)
  }

  @Test("a part ten metres from zero measures the same", arguments: [10_000.0, -32_768, 0.25])
  func translation(millimetres: Double) {
    // Coordinates in steps of 1/128, which single precision holds out to 131 metres.
    let shape = Shapes.mapped(Shapes.torus(major: 20, minor: 5, rows: 24, columns: 48)) {
      ($0 * 128).rounded(.toNearestOrEven) / 128
    }
    let offset = Point(millimetres, -millimetres, 2 * millimetres)
    let near = measured(shape)
    let far = measured(Shapes.moved(shape, by: offset))
    #expect(isClose(far.signedVolume, near.signedVolume, within: 1e-12))
    #expect(isClose(far.area, near.area, within: 1e-12))
    let centre = (near.centreOfMass ?? .zero) + offset
    #expect(distance(far.centreOfMass, centre) < 1e-6)
    #expect(isClosed(Shapes.moved(shape, by: offset)))
  }

  @Test("turning a part changes neither volume nor area", arguments: 1...8)
  func rotation(step: Int) {
    let (s, c) = (Wave.sine(Double(step) / 17), Wave.cosine(Double(step) / 17))
    let shape = Shapes.torus(major: 20, minor: 5, rows: 24, columns: 48)
    let turned = Shapes.mapped(shape) { p in
      let q = Point(c * p.x - s * p.y, s * p.x + c * p.y, p.z)
      return Point(q.x, c * q.y - s * q.z, s * q.y + c * q.z)
    }
    #expect(isClose(measured(turned).signedVolume, measured(shape).signedVolume, within: 1e-6))
    #expect(isClose(measured(turned).area, measured(shape).area, within: 1e-6))
    #expect(isClosed(turned))
  }

  @Test("a mirrored mesh, and one turned inside out, has negative volume")
  func mirrored() {
    let shape = Shapes.box(Point(3, 4, 5))
    #expect(measured(Shapes.mirrored(shape)).signedVolume == -60)
    #expect(measured(Shapes.reversed(shape)).signedVolume == -60)
    #expect(measured(Shapes.reversed(Shapes.mirrored(shape))).signedVolume == 60)
    #expect(isClosed(Shapes.reversed(shape)))
  }

  @Test("the order of the facets does not show in the sums")
  func order() {
    let shape = Shapes.sphere(radius: 10, rows: 48, columns: 96)
    let forwards = measured(shape)
    let backwards = measured(Array(shape.reversed()))
    #expect(isClose(forwards.signedVolume, backwards.signedVolume, within: 1e-14))
    #expect(isClose(forwards.area, backwards.area, within: 1e-14))
  }

  @Test("a compensated sum keeps what a plain one loses")
  func compensation() {
    var sum = CompensatedSum()
    for term in [1, 1e100, 1, -1e100] { sum.add(term) }
    #expect(sum.value == 2)
  }

  @Test("any missing, doubled or turned facet opens a closed mesh", arguments: 0..<12)
  func damage(index: Int) {
    let cube = Shapes.cube(7, at: Point(-0.0, 3, -9))
    var missing = cube
    missing.remove(at: index)
    #expect(!isClosed(missing))
    #expect(!isClosed(cube + [cube[index]]))
    var turned = cube
    turned[index] = Facet(cube[index].c, cube[index].b, cube[index].a)
    #expect(!isClosed(turned))
  }

  @Test(
    "rounding noise leaves no gap; a tenth of a nanometre does, and one bit where that is more",
    arguments: [
      (Float(0), Float.leastNonzeroMagnitude, true), (0, -1e-17, true), (0, 4.9e-9, true),
      (0, 1e-7, false), (0, -1e-7, false), (0.0625, Float(0.0625).nextDown, true),
      (0.125, Float(0.125).nextUp, false), (10, Float(10).nextUp, false),
    ]
  )
  func noise(place: Float, moved: Float, closes: Bool) {
    var cube = Shapes.cube(10, at: Point(Double(place), 0, 0))
    #expect(cube[0].b.x == place)
    cube[0].b.x = moved
    #expect(isClosed(cube) == closes)
    #expect(welded(cube).topology().isWatertight == closes)
    let soup = Mesh(
      vertices: cube.flatMap { [$0.a.position, $0.b.position, $0.c.position] },
      corners: Array(0..<36))
    #expect(soup.welded().topology().isWatertight == closes)
    // What is kept does not depend on which facet comes first.
    let turned = welded(cube.reversed())
    #expect(Set(turned.vertices) == Set(welded(cube).vertices))
    let other = Mesh(vertices: soup.vertices.reversed(), corners: soup.corners)
    #expect(Set(other.welded().vertices) == Set(soup.welded().vertices))
    #expect(soup.welded().welded() == soup.welded() && soup.welded().isWelded())
  }

  @Test("minus zero is zero")
  func minusZero() {
    let cube = Shapes.cube(10).enumerated().map { index, facet in
      index.isMultiple(of: 2) ? facet : negatedZeros(facet)
    }
    #expect(cube.contains { $0.a.x.sign == .minus })
    #expect(isClosed(cube))
    #expect(topology(cube).vertices == 8)
  }

  private func negatedZeros(_ facet: Facet) -> Facet {
    func negate(_ v: Vertex) -> Vertex {
      Vertex(v.x == 0 ? -0.0 : v.x, v.y == 0 ? -0.0 : v.y, v.z == 0 ? -0.0 : v.z)
    }
    return Facet(negate(facet.a), negate(facet.b), negate(facet.c))
  }

  @Test("closedness does not depend on the key", arguments: 0..<20 as Range<UInt64>)
  func keys(key: UInt64) {
    let key = MeshHashKey(key, ~key &* 0x9e37)
    #expect(isClosed(Shapes.cube(10), key: key))
    #expect(!isClosed(Array(Shapes.cube(10).dropLast()), key: key))
  }

  @Test("degenerate facets are counted and open nothing")
  func degenerate() {
    let cube = Shapes.cube(10)
    let needle = Facet(cube[0].a, cube[0].a, cube[0].b)
    let point = Facet(cube[0].a, cube[0].a, cube[0].a)
    let mesh = measured(cube + [needle, point])
    #expect(mesh.degenerateFacets == 2)
    #expect(mesh.triangles == 14)
    #expect(isClosed(cube + [needle, point]))
    #expect(mesh.area == 600)
  }

  @Test("extreme coordinates neither crash nor overflow")
  func extremes() {
    let huge = measured(Shapes.cube(Double(Float.greatestFiniteMagnitude)))
    #expect(huge.signedVolume.isFinite)
    #expect(isClosed(Shapes.cube(Double(Float.greatestFiniteMagnitude))))
    let tiny = measured(Shapes.cube(Double(Float.leastNonzeroMagnitude)))
    #expect(isClosed(Shapes.cube(Double(Float.leastNonzeroMagnitude))))
    #expect(tiny.degenerateFacets == 0)
    _ = measured([Facet(Vertex(.nan, 0, 0), Vertex(.infinity, 0, 0), Vertex(0, 0, 0))])
  }
}
