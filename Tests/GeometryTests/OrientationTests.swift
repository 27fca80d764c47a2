import Testing

@testable import Geometry

@Suite("Build orientations")
struct OrientationTests {
  private func measure(
    _ mesh: Mesh, _ orientations: [BuildOrientation] = [.asDrawn], samples: Int = 300,
    steps: Int = 3_000_000, rules: OrientationRules = OrientationRules(), centre: Point? = nil
  ) throws -> [OrientationMeasurement] {
    OrientationMeasurement.measure(
      try #require(FacetTree(mesh)), orientations: orientations, rules: rules, centreOfMass: centre,
      budget: SamplingBudget(samples: samples, steps: steps))
  }

  /// A column of 10 × 10 × 30 with a slab of 40 × 10 × 5 on top, 15 over on either side.
  static let tee = WallThicknessTests.extruded(
    [(15, 0), (25, 0), (25, 30), (40, 30), (40, 35), (0, 35), (0, 30), (15, 30)],
    fan: [[0, 1, 2], [0, 2, 7], [7, 2, 4], [2, 3, 4], [7, 4, 5], [7, 5, 6]], depth: 10)

  @Test("a box rests on its lower side in all six orientations and needs no support")
  func box() throws {
    let all = try measure(
      WallShapes.box(Point(30, 20, 10)), BuildOrientation.alongAxes, centre: Point(15, 10, 5))
    #expect(all.map(\.height) == [10, 10, 30, 30, 20, 20])
    for (one, area) in zip(all, [600.0, 600, 200, 200, 300, 300]) {
      #expect(isClose(one.bedContactArea, area, within: 1e-9))
      #expect(one.overhangArea == 0 && one.supportVolume == 0)
      #expect(one.isStable == true)
    }
    for (one, margin) in zip(all, [10.0, 10, 5, 5, 5, 5]) {
      #expect(isClose(one.tippingMargin ?? 0, margin, within: 1e-9))
    }
  }

  @Test("a T needs support under both arms, and none upside down")
  func tee() throws {
    let all = try measure(
      Self.tee, [.asDrawn, #require(BuildOrientation(up: Point(0, 0, -7)))],
      centre: Point(20, 5, 23))
    #expect(isClose(all[0].bedContactArea, 100, within: 1e-9))
    #expect(isClose(all[0].overhangArea, 300, within: 1e-9))
    #expect(isClose(all[0].supportVolume, 9_000, within: 1e-9))
    #expect(all[0].supportVolumeSampled == 0)
    #expect(all[1].overhangArea == 0 && all[1].supportVolume == 0)
    #expect(isClose(all[1].bedContactArea, 400, within: 1e-9))
  }

  @Test("support that stands on the part is as high as what is between")
  func onPart() throws {
    // A C: a slab of 40 × 5, a back of 5 × 20, and an arm of 30 × 5 above.
    let mesh = WallThicknessTests.extruded(
      [(0, 0), (40, 0), (40, 5), (5, 5), (5, 25), (30, 25), (30, 30), (0, 30)],
      fan: [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 7], [4, 5, 6], [4, 6, 7]], depth: 10)
    let one = try measure(mesh)[0]
    #expect(isClose(one.overhangArea, 250, within: 1e-9))
    #expect(isClose(one.supportVolume, 250 * 20, within: 1e-6))
    #expect(isClose(one.supportVolumeSampled, 250 * 5, within: 1e-6))
    #expect(one.coverage.isComplete && one.coverage.measured == one.coverage.samples)
  }

  @Test("a globe overhangs where it is flatter than the angle")
  func globe() throws {
    let mesh = WallShapes.mesh(Shapes.sphere(radius: 10, rows: 72, columns: 72))
    let one = try measure(mesh, samples: 2_000, steps: 10_000_000)[0]
    // The cap below 45°: 2πr²(1 − cos 45°), down to the bed's: nothing of it is within 1° and 0.05 mm.
    #expect(isClose(one.overhangArea, 2 * .pi * 100 * (1 - 0.7071), within: 0.02))
    // Under it: a cylinder of radius r sin 45° and height r less the ball's segment.
    let height = 10 * (1 - 0.70710678)
    let segment = Double.pi * height * height * (30 - height) / 3
    #expect(isClose(one.supportVolume, .pi * 50 * height - segment, within: 0.03))
  }

  @Test("a side at exactly the angle needs no support, and one flatter does")
  func threshold() throws {
    func overhang(_ out: Double) throws -> Double {
      let mesh = WallThicknessTests.extruded(
        [(0, 0), (10, 0), (10 + out, 10), (0, 10)], fan: [[0, 1, 3], [1, 2, 3]], depth: 10)
      return try measure(mesh)[0].overhangArea
    }
    #expect(try overhang(10) == 0)
    #expect(isClose(try overhang(10.1), 10 * (100 + 10.1 * 10.1).squareRoot(), within: 1e-6))
    let steep = OrientationRules(overhangAngle: 60)
    #expect(try measure(Self.tee, rules: steep)[0].overhangArea == 300)
  }

  @Test("a part whose centre of mass is not above its contact tips over")
  func tipping() throws {
    let mesh = WallShapes.box(Point(10, 10, 10))
    let stable = try measure(mesh, centre: Point(9, 5, 5))[0]
    #expect(isClose(try #require(stable.tippingMargin), 1, within: 1e-9))
    let tipping = try measure(mesh, centre: Point(13, 14, 5))[0]
    #expect(isClose(try #require(tipping.tippingMargin), -5, within: 1e-9))
    #expect(tipping.isStable == false)
    #expect(try measure(mesh)[0].isStable == nil)
    // A globe touches with a point.
    let globe = WallShapes.mesh(Shapes.sphere(radius: 10, rows: 8, columns: 8))
    #expect(try measure(globe, centre: .zero)[0].isStable == nil)
  }

  @Test("a body inside another needs no support")
  func buried() throws {
    let block = WallShapes.box(Point(20, 20, 20))
    let one = try measure(.joined([block, WallShapes.box(Point(5, 5, 5), at: Point(7, 7, 7))]))[0]
    #expect(one.supportVolume < 1e-9)
  }

  @Test("place, turn and size of a part do not show, nor the order of its facets")
  func invariant() throws {
    let plain = try measure(Self.tee)[0]
    #expect(try measure(WallShapes.shuffled(Self.tee, seed: 21))[0] == plain)
    let far = try measure(Self.tee.mapped { $0 + Point(10_000, -10_000, 10_000) })[0]
    let up = try #require(BuildOrientation(up: WallShapes.turned(Point(0, 0, 1))))
    let turned = try measure(Self.tee.mapped(WallShapes.turned), [up])[0]
    for other in [far, turned] {
      #expect(isClose(other.height, 35, within: 1e-9))
      #expect(isClose(other.bedContactArea, 100, within: 1e-6))
      #expect(isClose(other.overhangArea, 300, within: 1e-6))
      #expect(isClose(other.supportVolume, 9_000, within: 1e-6))
    }
  }

  @Test("rays that find no end within the steps are said to be missing")
  func limited() throws {
    let mesh = WallShapes.confetti(2_000, size: 4, seed: 22)
    let one = try measure(mesh, samples: 200, steps: 5_000)[0]
    #expect(!one.coverage.isComplete)
    #expect(one.coverage.steps < 5_000 + 200 * 10)
  }

  @Test("an orientation is a direction of any length, and nothing without one")
  func directions() throws {
    #expect(BuildOrientation(up: .zero) == nil)
    #expect(BuildOrientation(up: Point(.nan, 0, 1)) == nil)
    #expect(BuildOrientation(up: Point(.infinity, 0, 1)) == nil)
    let short = Point(0, .leastNonzeroMagnitude * 6_000, 0)
    #expect(try #require(BuildOrientation(up: short)).up == Point(0, 1, 0))
    let steep = try #require(BuildOrientation(up: Point(3e300, 0, 4e300)))
    #expect(distance(steep.up, Point(0.6, 0, 0.8)) < 1e-15)
  }
}
