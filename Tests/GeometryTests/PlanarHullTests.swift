import Testing

@testable import Geometry

@Suite("Hulls and rectangles in a plane")
struct PlanarHullTests {
  /// The hull's corners by way of the hulls of a few hundred points at a time.
  private func byParts(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let parts = stride(from: 0, to: points.count, by: 400).flatMap { start in
      let part = Array(points[start..<min(start + 400, points.count)])
      return PlanarHull.corners(of: part).map { part[$0] }
    }
    return PlanarHull.corners(of: parts).map { parts[$0] }
  }

  @Test(
    "points left out because they lie well inside are no corners",
    arguments: ["disc", "ring", "grid", "wedge", "needle", "column", "far"])
  func strips(kind: String) {
    var lottery = Lottery(seed: 31)
    let points = (0..<6000).map { number -> SIMD2<Double> in
      let turn = Double.random(in: 0...1, using: &lottery)
      let share = Double.random(in: 0...1, using: &lottery)
      let around = SIMD2(Wave.cosine(turn), Wave.sine(turn))
      return switch kind {
      case "disc": around * share.squareRoot()
      case "ring": around
      case "grid": SIMD2(Double(number % 77), Double(number / 77)) / 7
      case "wedge": SIMD2(turn, turn * share)
      case "needle": SIMD2(turn, turn + share * 1e-15)
      case "column": SIMD2(number == 0 ? 1 : share * 1e-9, turn)
      default: around * share + SIMD2(1e9, -1e9)
      }
    }
    let corners = PlanarHull.corners(of: points).map { points[$0] }
    #expect(corners == byParts(points))
    #expect(corners.count > 2)
  }

  @Test("the rectangle over a direction is the smallest of those along a side of the outline")
  func rectangle() {
    var lottery = Lottery(seed: 32)
    for count in [3, 4, 5, 12, 200] {
      let points = (0..<count).map { _ -> Point in
        let turn = Double.random(in: 0...1, using: &lottery)
        return Point(
          3 * Wave.cosine(turn), Wave.sine(turn), Double.random(in: 0...1, using: &lottery))
      }
      let heights = points.map(\.z)
      let height = (heights.max() ?? 0) - (heights.min() ?? 0)
      let outline = points.map { SIMD2($0.x, $0.y) }
      let corners = PlanarHull.corners(of: outline).map { outline[$0] }
      let areas = corners.indices.map { index -> Double in
        let side = corners[(index + 1) % corners.count] - corners[index]
        let along = corners.map { ($0 * side).sum() }
        let across = corners.map { $0.y * side.x - $0.x * side.y }
        let size =
          ((along.max() ?? 0) - (along.min() ?? 0)) * ((across.max() ?? 0) - (across.min() ?? 0))
        return size / (side * side).sum()
      }
      let found = OrientedBoxSearch.smallest(along: Point(0, 0, 1), over: points)
      #expect(isClose(found.volume, (areas.min() ?? 0) * height, within: 1e-12))
    }
  }

  @Test("the largest of many numbers are those that sorting them all gives")
  func largest() {
    var lottery = Lottery(seed: 33)
    for most in [1, 7, 300] {
      let numbers = (0..<3000).map { _ in Double(Int.random(in: 0..<200, using: &lottery)) }
      let sorted = numbers.indices.sorted { (numbers[$0], $1) > (numbers[$1], $0) }
      #expect(numbers.largest(most) == Array(sorted.prefix(most)))
      #expect(Array(numbers.prefix(most / 2)).largest(most).count == most / 2)
    }
  }
}
