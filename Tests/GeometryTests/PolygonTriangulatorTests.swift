import Geometry
import Testing

@Suite("Polygons cut into triangles")
struct PolygonTriangulatorTests {
  typealias Triangle = [Int]

  static func cut(_ polygon: [SIMD3<Double>], allowance: Int = 1 << 26) -> [Triangle]? {
    var triangulator = PolygonTriangulator(allowance: allowance)
    var triangles: [Triangle] = []
    return triangulator.triangulate(polygon) { triangles.append([$0, $1, $2]) } ? triangles : nil
  }

  /// Twice the area of each triangle, along z.
  static func areas(_ polygon: [SIMD3<Double>], _ triangles: [Triangle]) -> [Double] {
    triangles.map { corners in
      let (a, b, c) = (polygon[corners[0]], polygon[corners[1]], polygon[corners[2]])
      return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
  }

  static func doubleArea(_ polygon: [SIMD3<Double>]) -> Double {
    polygon.indices.reduce(0) { sum, corner in
      let (a, b) = (polygon[corner], polygon[(corner + 1) % polygon.count])
      return sum + a.x * b.y - a.y * b.x
    }
  }

  /// A comb: teeth upwards.
  static func comb(teeth: Int) -> [SIMD3<Double>] {
    var polygon: [SIMD3<Double>] = []
    for tooth in 0..<teeth {
      let x = Double(2 * (teeth - tooth))
      polygon += [SIMD3(x, 10, 0), SIMD3(x - 1, 1, 0)]
    }
    return polygon + [SIMD3(0, 10, 0), SIMD3(0, 0, 0), SIMD3(Double(2 * teeth), 0, 0)]
  }

  /// A band that winds inwards.
  static func spiral(turns: Int) -> [SIMD3<Double>] {
    var outer: [SIMD3<Double>] = []
    var inner: [SIMD3<Double>] = []
    for step in 0...(turns * 4) {
      let radius = Double(turns * 4 + 4 - step)
      let direction = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(-1, 0, 0), SIMD3(0, -1, 0.0)][step % 4]
      outer.append(direction * (radius + 1.2))
      inner.append(direction * radius)
    }
    return outer + inner.reversed()
  }

  static let polygons: [String: [SIMD3<Double>]] = [
    "arrow": [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)].map { SIMD3($0.0, $0.1, 0) },
    "arrow from its notch": [(5, 2), (0, 10), (0, 0), (10, 0), (10, 10)].map {
      SIMD3($0.0, $0.1, 0)
    },
    "square with a corner on a side": [(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)].map {
      SIMD3($0.0, $0.1, 0)
    },
    "frame with a bridge": [
      (0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (3, 3), (3, 7), (7, 7), (7, 3), (3, 3),
    ].map { SIMD3($0.0, $0.1, 0) },
    "comb": comb(teeth: 40),
    "spiral": spiral(turns: 12),
  ]

  @Test(
    "every triangle of a simple polygon turns its way, and they fill it",
    arguments: polygons.keys.sorted())
  func simple(name: String) throws {
    let polygon = try #require(Self.polygons[name])
    let triangles = try #require(Self.cut(polygon))
    #expect(triangles.count == polygon.count - 2)
    let areas = Self.areas(polygon, triangles)
    #expect(areas.allSatisfy { $0 > 0 }, "\(areas)")
    let whole = Self.doubleArea(polygon)
    #expect(abs(areas.reduce(0, +) - whole) < 1e-9 * whole)
    // Seen along another axis, and from behind.
    let turned = polygon.map { SIMD3($0.z, $0.x, $0.y) }
    #expect(Self.cut(turned)?.count == triangles.count)
    let behind = Array(polygon.reversed())
    let back = try #require(Self.cut(behind))
    #expect(Self.areas(behind, back).allSatisfy { $0 < 0 })
  }

  @Test("a convex polygon is a fan from its first corner, planar or not")
  func convex() {
    let square = [SIMD3(0, 0, 0), SIMD3(1, 0, 0.2), SIMD3(1, 1, 0), SIMD3(0, 1, 0.2)]
    #expect(Self.cut(square) == [[0, 1, 2], [0, 2, 3]])
  }

  @Test("whatever the polygon, sides are walked once and diagonals both ways", arguments: 0..<200)
  func sides(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let count = 4 + Int(random(20))
    let polygon = (0..<count).map { _ in
      SIMD3(Double(random(5)), Double(random(5)), Double(random(seed.isMultiple(of: 2) ? 1 : 5)))
    }
    let triangles = try #require(Self.cut(polygon))
    #expect(triangles.count == count - 2)
    var balance: [[Int]: Int] = [:]
    for triangle in triangles {
      for side in 0..<3 {
        let (from, to) = (triangle[side], triangle[(side + 1) % 3])
        balance[[from, to], default: 0] += 1
        balance[[to, from], default: 0] -= 1
      }
    }
    for corner in 0..<count {
      balance[[corner, (corner + 1) % count], default: 0] -= 1
      balance[[(corner + 1) % count, corner], default: 0] += 1
    }
    #expect(balance.values.allSatisfy { $0 == 0 })
  }

  @Test("what a polygon may cost is bounded, and each brings enough of its own for what is usual")
  func budget() {
    #expect(Self.cut(Self.comb(teeth: 4000), allowance: 0) == nil)
    #expect(Self.cut(Self.comb(teeth: 60), allowance: 0) != nil)
    #expect(Self.cut(Self.spiral(turns: 16), allowance: 0) != nil)
  }
}
