import Testing

@testable import Geometry

@Suite("Oriented box")
struct OrientedBoxTests {
  private func box(of points: [Point]) throws -> OrientedBox {
    OrientedBox(of: try #require(ConvexHull(of: points)))
  }

  /// A rotation by a random unit quaternion.
  private func rotation(_ lottery: inout Lottery) -> (Point) -> Point {
    var q = SIMD4<Double>.zero
    repeat {
      for lane in 0..<4 { q[lane] = Double.random(in: -1...1, using: &lottery) }
    } while (q * q).sum() > 1 || (q * q).sum() < 0.01
    q /= (q * q).sum().squareRoot()
    let (v, w) = (Point(q.x, q.y, q.z), q.w)
    return { p in
      let t = 2 * cross(v, p)
      return p + w * t + cross(v, t)
    }
  }

  @Test("a box turned and moved any way comes back to a billionth, subdivided or not")
  func turnedBoxes() throws {
    var lottery = Lottery(seed: 21)
    for round in 0..<40 {
      let turn = rotation(&lottery)
      let offset = Point(repeating: round % 2 == 0 ? 0 : 1000)
      let cuts = round % 4 < 2 ? 1 : 4
      let points = (0..<(cuts + 1) * (cuts + 1) * (cuts + 1)).map { code -> Point in
        let x = Double(code % (cuts + 1))
        let y = Double(code / (cuts + 1) % (cuts + 1))
        let z = Double(code / ((cuts + 1) * (cuts + 1)))
        return turn(Point(30, 7, 11) * Point(x, y, z) / Double(cuts)) + offset
      }
      let found = try box(of: points)
      #expect(isClose(found.size.x, 30, within: 1e-9))
      #expect(isClose(found.size.y, 11, within: 1e-9))
      #expect(isClose(found.size.z, 7, within: 1e-9))
      #expect(distance(found.centre, turn(Point(15, 3.5, 5.5)) + offset) < 1e-9)
      #expect(distance(cross(found.axes[0], found.axes[1]), found.axes[2]) < 1e-15)
      #expect(abs(abs(dot(found.axes[0], turn(Point(1, 0, 0)))) - 1) < 1e-12)
      #expect(found.isExhaustive || cuts > 1)
    }
  }

  @Test("a regular tetrahedron's smallest box is the cube whose diagonals are its edges")
  func tetrahedron() throws {
    var lottery = Lottery(seed: 22)
    let corners = [Point(1, 1, 1), Point(1, -1, -1), Point(-1, 1, -1), Point(-1, -1, 1)]
    for _ in 0..<10 {
      let found = try box(of: corners.map(rotation(&lottery)))
      #expect(isClose(found.volume, 8, within: 1e-12))
    }
  }

  @Test("the box holds every point and is not larger than the box along the axes")
  func holds() throws {
    var lottery = Lottery(seed: 23)
    for count in [4, 10, 100, 500] {
      let points = (0..<count).map { _ -> Point in
        let z = Double.random(in: -1...1, using: &lottery)
        let turn = Double.random(in: 0...1, using: &lottery)
        let ring = (1 - z * z).squareRoot()
        return Point(9 * ring * Wave.cosine(turn), 4 * ring * Wave.sine(turn), 2 * z)
      }
      let found = try box(of: points)
      for axis in 0..<3 {
        let heights = points.map { dot($0 - found.centre, found.axes[axis]) }
        #expect(heights.allSatisfy { abs($0) <= found.size[axis] / 2 * (1 + 1e-14) })
      }
      let mesh = Mesh(vertices: points, corners: points.indices.flatMap { [UInt32($0), 0, 0] })
      let size = try #require(mesh.bounds).size
      #expect(found.volume <= size.x * size.y * size.z)
      #expect(found.size.x >= found.size.y && found.size.y >= found.size.z)
      #expect(found.corners.count == 8)
      #expect(
        isClose(
          distance(found.corners[0], found.corners[7]),
          dot(found.size, found.size).squareRoot(), within: 1e-12))
      #expect(try box(of: points.shuffled(using: &lottery)) == found)
    }
  }

  @Test("flat, straight and single points have a box without the missing sizes")
  func flat() throws {
    let rectangle = [Point(0, 0, 0), Point(3, 0, 4), Point(0, 2, 0), Point(3, 2, 4)]
    let flat = try box(of: rectangle)
    #expect(distance(flat.size, Point(5, 2, 0)) < 1e-12)
    let line = try box(of: [Point(1, 1, 1), Point(3, 4, 7), Point(5, 7, 13)])
    #expect(distance(line.size, Point(14, 0, 0)) < 1e-12)
    #expect(distance(line.centre, Point(3, 4, 7)) < 1e-12)
    let point = try box(of: [Point(1, 2, 3)])
    #expect(point.size == .zero)
    #expect(point.centre == Point(1, 2, 3))
  }
}
