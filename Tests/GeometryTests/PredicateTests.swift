import Testing

@testable import Geometry

@Suite("Orientation")
struct PredicateTests {
  @Test("points in and beside a plane of whole numbers are told apart as integers tell them")
  func integers() {
    var lottery = Lottery(seed: 1)
    for _ in 0..<3000 {
      let scale = 1 << Int.random(in: 2...28, using: &lottery)
      func whole() -> SIMD3<Int> {
        SIMD3(
          Int.random(in: -scale...scale, using: &lottery),
          Int.random(in: -scale...scale, using: &lottery),
          Int.random(in: -scale...scale, using: &lottery))
      }
      let (a, b, c) = (whole(), whole(), whole())
      let nudge = SIMD3(Int.random(in: -1...1, using: &lottery), 0, 0)
      // In the plane but for the nudge: a parallelogram's fourth corner.
      let d = a &+ (b &- a) &+ (c &- a) &+ nudge
      let (u, v, w) = (wide(b &- a), wide(c &- a), wide(d &- a))
      let determinant =
        (u.y * v.z - u.z * v.y) * w.x + (u.z * v.x - u.x * v.z) * w.y
        + (u.x * v.y - u.y * v.x) * w.z
      let points = [a, b, c, d].map { Point(Double($0.x), Double($0.y), Double($0.z)) * 0x1p-9 }
      #expect(
        Orientation.side(points[0], points[1], points[2], of: points[3])
          == Int(determinant.signum()))
    }
  }

  private func wide(_ v: SIMD3<Int>) -> (x: Int128, y: Int128, z: Int128) {
    (Int128(v.x), Int128(v.y), Int128(v.z))
  }

  @Test("a point one unit in the last place off a slanted plane is off it, on the right side")
  func lastPlace() {
    var lottery = Lottery(seed: 2)
    for _ in 0..<1000 {
      // The plane x = y holds these exactly, whatever the rounding of their differences.
      let points = (0..<4).map { _ -> Point in
        let x = Double.random(in: 0.1...1000, using: &lottery)
        return Point(x, x, Double.random(in: -1000...1000, using: &lottery))
      }
      let (a, b, c, d) = (points[0], points[1], points[2], points[3])
      #expect(Orientation.side(a, b, c, of: d) == 0)
      let over = Orientation.side(a, b, c, of: Point(d.x.nextUp, d.y, d.z))
      let under = Orientation.side(a, b, c, of: Point(d.x.nextDown, d.y, d.z))
      let far = Orientation.side(a, b, c, of: Point(d.x + 5000, d.y, d.z))
      #expect(over != 0 && over == far && under == -far)
      #expect(Orientation.side(b, a, c, of: Point(d.x.nextUp, d.y, d.z)) == -over)
      #expect(Orientation.side(c, Point(d.x.nextUp, d.y, d.z), a, of: b) == over)
      let centroid = Orientation.side(
        centroid: [a, a, b, c], b, c, of: Point(d.x.nextUp, d.y, d.z))
      #expect(centroid == over)
    }
  }

  @Test("a point one unit in the last place off a line is off it, on the right side")
  func line() {
    var lottery = Lottery(seed: 3)
    for _ in 0..<1000 {
      let points = (0..<3).map { _ -> SIMD2<Double> in
        let x = Double.random(in: 0.1...1000, using: &lottery)
        return SIMD2(x, x)
      }
      let (a, b, c) = (min(points[0].x, points[1].x), max(points[0].x, points[1].x), points[2].x)
      guard a < b else { continue }
      func side(_ x: Double, _ y: Double) -> Int {
        Orientation.side(SIMD2(a, a), SIMD2(b, b), of: SIMD2(x, y))
      }
      #expect(side(c, c) == 0)
      #expect(side(c, c.nextUp) == 1)
      #expect(side(c.nextUp, c) == -1)
    }
  }

  @Test("coordinates of any size are brought into the range where nothing over- or underflows")
  func range() {
    let cut = Orientation.inRange(Point(1e-300, -Double.greatestFiniteMagnitude, -0.0))
    #expect(cut == Point(0, -0x1p300, 0))
    #expect(cut.z.sign == .plus)
    #expect(Orientation.inRange(Point(1e-45, 1e38, -2.5)) == Point(1e-45, 1e38, -2.5))
    let tiny = [Point(0, 0, 0), Point(1, 0, 0), Point(0, 1, 0), Point(0, 0, 1)].map {
      $0 * 0x1p-297
    }
    #expect(Orientation.side(tiny[0], tiny[1], tiny[2], of: tiny[3]) == 1)
    let huge = tiny.map { $0 * 0x1p597 }
    #expect(Orientation.side(huge[0], huge[1], huge[2], of: huge[3]) == 1)
  }
}
