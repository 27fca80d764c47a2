import Testing

@testable import Geometry

@Suite("Shadow casters")
struct ShadowCastersTests {
  private static let maps = 128

  /// `count` facets about `size` × 100 mm large, all over a cube of 100 mm.
  private func scattered(_ count: Int, size: Double) throws -> PreviewScene {
    var state: UInt64 = 88_172_645_463_325_252
    func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / 0x1p53 * 100
    }
    func point() -> Point { Point(next(), next(), next()) }
    var points: [Point] = []
    for _ in 0..<count {
      let corner = point()
      points += [corner, corner + point() * size, corner + point() * size]
    }
    return try PreviewScene(Mesh(vertices: points, corners: points.indices.map { UInt32($0) }))
  }

  private func casters(_ scene: PreviewScene) -> ShadowCasters {
    ShadowCasters(scene, side: 320, maps: Self.maps, isClosed: false)
  }

  @Test(
    "whatever the facets, the maps have a bounded number of points and samples",
    arguments: [0.002, 0.01, 0.02, 0.1, 1])
  func bounded(size: Double) throws {
    let scene = try scattered(20_000, size: size)
    let casters = casters(scene)
    #expect(casters.points.count < 1_000_000)
    var area: Float = 0
    for facet in casters.normals.indices {
      let p = casters.vertices[Int(casters.corners[3 * facet])]
      let q = casters.vertices[Int(casters.corners[3 * facet + 1])]
      let r = casters.vertices[Int(casters.corners[3 * facet + 2])]
      let product = (q - p).cross(r - p)
      area += product.dot(product).squareRoot() / 2
    }
    let samples = area / 2 / (casters.texel * casters.texel) * Float(Self.maps)
    #expect(samples + Float(casters.normals.count * Self.maps) < 1.3e8)
  }

  @Test("facets of a texel or a few are points as many as they have texels, larger ones are drawn")
  func sizes() throws {
    let small = casters(try scattered(1000, size: 0.003))
    #expect(small.points.count == 1000 && small.normals.isEmpty)
    let medium = casters(try scattered(1000, size: 0.012))
    #expect(medium.points.count > 2000)
    let large = casters(try scattered(1000, size: 0.1))
    #expect(large.normals.count > 900)
    #expect(large.side == 320)
  }

  @Test("too many large facets have maps of fewer texels, before any of them is left out")
  func coarser() throws {
    let casters = casters(try scattered(4000, size: 0.4))
    #expect(casters.side < 320)
    #expect(casters.normals.count == 4000)
  }
}
