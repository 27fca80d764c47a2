import Testing

@testable import Geometry

@Suite("Keyed arithmetic")
struct FieldTests {
  @Test("products modulo 2^61 − 1 are those of whole numbers")
  func products() {
    // Result by Python's integers.
    let (c, d): (UInt64, UInt64) = (0x1789_abcd_ef01_2345, 0x1edc_ba98_7654_3210)
    #expect(Field61.reduced(Field61.product(c, d)) == 0x3267f51d0c8e57)
    #expect(
      Field61.reduced(Field61.folded(Field61.wide(Field61.prime - 1, Field61.prime - 1))) == 1)
  }

  @Test("a point's hash is the polynomial that it claims to be")
  func hash() {
    let hash = PointHash(key: testKey)
    let secrets = (0..<11).map { UInt128(Field61.secret($0, key: testKey)) }
    let prime = UInt128(Field61.prime)
    for point in [SIMD3<UInt64>(.max, .max, .max), SIMD3(1, 2, 3), SIMD3(1 << 63, 0, 0x3ff << 52)] {
      var folded: UInt128 = 0
      for axis in 0..<3 {
        folded += secrets[axis] * UInt128(point[axis] & 0xffff_ffff)
        folded += secrets[axis + 3] * UInt128(point[axis] >> 32)
      }
      folded %= prime
      let value = (6..<11).reversed().reduce(UInt128(0)) { ($0 * folded + secrets[$1]) % prime }
      #expect(UInt128(hash.value(point)) == value)
    }
  }

  @Test("vertices are numbered as they come whatever the key, while the table grows")
  func numbering() {
    let facets = Shapes.torus(major: 9, minor: 3, rows: 40, columns: 60)
    let mesh = welded(facets)
    #expect(mesh == welded(facets, key: MeshHashKey(1, 2)))
    #expect(mesh.corners.prefix(3) == [0, 1, 2])
    #expect(mesh.vertices.count == 2400)
    for (index, facet) in facets.enumerated() {
      let (a, b, c) = mesh.positions(of: index)
      for (corner, vertex) in [(a, facet.a), (b, facet.b), (c, facet.c)] {
        let single = CanonicalPosition.of(SIMD3(vertex.x, vertex.y, vertex.z))
        #expect(corner == SIMD3<Double>(single))
      }
    }
    for expected in [0, 100, facets.count, 3 * facets.count] {
      var welder = MeshWelder(key: testKey)
      welder.expect(triangles: expected)
      for facet in facets { welder.add(facet) }
      #expect(welder.mesh() == mesh)
    }
    let soup = Mesh(
      vertices: facets.flatMap { [$0.a.position, $0.b.position, $0.c.position] } + [.zero],
      corners: Array(0..<UInt32(3 * facets.count)))
    #expect(soup.welded().corners == mesh.corners)
    #expect(mesh.welded() == mesh)
    #expect(soup.topology().openEdges == 3 * facets.count)
  }

  @Test("a mesh in double precision measures like its facets, also ten metres away")
  func measurement() {
    let facets = Shapes.sphere(radius: 10, rows: 20, columns: 30)
    let near = welded(facets).measurement()
    #expect(near.signedVolume == measured(facets).signedVolume)
    #expect(near.bounds == measured(facets).bounds)
    let third = 1.0 / 3
    let far = welded(facets).mapped { $0 * third + Point(10_000, -10_000, 3_333) }.measurement()
    #expect(isClose(far.signedVolume, near.signedVolume / 27, within: 1e-9))
    #expect(isClose(far.area, near.area / 9, within: 1e-9))
  }
}
