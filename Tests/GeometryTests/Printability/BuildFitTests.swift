import Geometry
import Testing

@Suite("Printability: build volume and orientation")
struct BuildFitTests {
  func report(
    _ size: Point, into volume: Point?, _ orientations: [BuildOrientation]? = nil,
    oriented: Point? = nil, process: String = "MEX"
  ) -> PrintabilityReport {
    var facts = Facts.box(size)
    if let oriented { facts.orientedBoxSize = .measured(oriented) }
    return PrintabilityReport(
      of: facts,
      for: PrintRequest(process: process, buildVolume: volume, orientations: orientations))
  }

  @Test("a part that fits with its long side up fits, and is printed that way")
  func longSideUp() {
    let report = report(Point(300, 80, 60), into: Point(100, 100, 320))
    #expect(report.fits.map(\.kind) == [.tooLarge, .tooLarge, .fits, .fits, .tooLarge, .tooLarge])
    #expect(report.orientation?.measurement.height == 300)
    #expect(report.orientation?.reason.hasPrefix("It fits") == true)
    #expect(report.finding(.tooLarge) == nil)
  }

  @Test("a footprint may be turned by a right angle")
  func rightAngle() {
    let report = report(Point(90, 190, 10), into: Point(200, 100, 10), [.asDrawn])
    #expect(report.fits.map(\.kind) == [.fits])
  }

  @Test(
    "a long footprint fits across the bed by the closed formula",
    // A strip of width q in a square of side a: its length is at most √2 a − q.
    arguments: [(131.0, BuildFit.Kind.fitsTurned), (131.5, .tooLarge)])
  func acrossTheBed(length: Double, kind: BuildFit.Kind) {
    let report = report(Point(length, 10, 5), into: Point(100, 100, 20), [.asDrawn])
    #expect(report.fits.map(\.kind) == [kind])
  }

  @Test("what has exactly the room's size fits")
  func exactly() {
    #expect(report(Point(0.3, 0.1, 0.1) * 1000, into: Point(300, 100, 100)).fits[0].kind == .fits)
  }

  @Test("a part too large in every orientation is an error")
  func tooLarge() throws {
    let report = report(Point(500, 30, 20), into: Point(200, 200, 200))
    let finding = try #require(report.finding(.tooLarge))
    #expect(finding.severity == .error)
    #expect(finding.measured == 500)
    #expect(report.fitsTurnedFreely == false)
    #expect(report.verdict == .notPrintable)
  }

  @Test("a part that fits only askew is a warning; an error where orientations are prescribed")
  func onlyTurned() {
    let askew = Point(180, 150, 150)
    let free = report(Point(230, 230, 210), into: Point(200, 200, 200), oriented: askew)
    #expect(free.finding(.fitsOnlyTurned)?.severity == .warning)
    #expect(free.fitsTurnedFreely == true)
    let prescribed = report(
      Point(230, 230, 210), into: Point(200, 200, 200), [.asDrawn], oriented: askew)
    #expect(prescribed.finding(.fitsOnlyTurned)?.severity == .error)
  }

  @Test("a part that fits in an orientation that is not allowed does not fit")
  func notAllowed() {
    let report = report(Point(300, 80, 60), into: Point(100, 100, 320), [.asDrawn])
    #expect(report.finding(.fitsOnlyTurned)?.severity == .error)
    #expect(report.fits.map(\.kind) == [.tooLarge])
  }

  @Test("whether a part fits along none of its axes is not known where its box does not")
  func slantedOrientation() throws {
    let slanted = try #require(BuildOrientation(up: Point(1, 1, 1)))
    #expect(report(Point(10, 10, 10), into: Point(50, 50, 50), [slanted]).fits[0].kind == .fits)
    let report = report(
      Point(100, 100, 100), into: Point(120, 120, 99), [slanted], oriented: Point(100, 100, 100))
    #expect(report.fits[0].kind == .notKnown)
    #expect(report.verdict == .notKnown)
  }

  @Test("a room that is only typical of the process is a hint")
  func typical() {
    let report = report(Point(2000, 30, 20), into: nil)
    #expect(report.finding(.largerThanTypical)?.severity == .note)
    #expect(report.finding(.tooLarge) == nil)
    #expect(report.finding(.largerThanTypical)?.source != nil)
  }

  @Test(
    "a room without a size holds nothing",
    arguments: [Point(.nan, 1, 1), Point(0, 0, 0), Point(-9, 9, 9)])
  func noRoom(volume: Point) {
    #expect(report(Point(5, 5, 5), into: volume).verdict == .notPrintable)
  }

  private func choose(
    _ measured: [OrientationMeasurement], _ process: String = "MEX"
  ) -> BuildChoice? {
    var facts = Facts.box()
    facts.orientations = .measured(measured)
    return PrintabilityReport(of: facts, for: PrintRequest(process: process)).orientation
  }

  @Test("the orientation with the least support is chosen, unless it topples")
  func leastSupport() {
    let size = Point(40, 30, 20)
    let axes = BuildOrientation.alongAxes
    let much = Facts.orientation(axes[0], of: size, support: 500)
    let little = Facts.orientation(axes[2], of: size, support: 100)
    let toppling = Facts.orientation(axes[4], of: size, support: 5, margin: -2)
    #expect(choose([much, little, toppling])?.measurement.orientation == axes[2])
    #expect(choose([much, toppling])?.measurement.orientation == axes[0])
    #expect(
      choose([little])?.reason == "It needs 100 mm³ of support, it stands by itself.")
    #expect(
      choose([much, little])?.reason
        == "It needs the least support of the 2 orientations, 100 mm³, it stands by itself.")
    #expect(
      choose([much, toppling])?.reason
        == "It needs the least support of those that fit and stand as well, 500 mm³, "
        + "it stands by itself.")
  }

  @Test("without supports the lowest orientation is chosen, and of equal ones the first")
  func lowest() {
    let size = Point(40, 30, 20)
    let measured = BuildOrientation.alongAxes.map {
      Facts.orientation($0, of: size, support: $0 == .asDrawn ? 900 : 0)
    }
    #expect(choose(measured, "PBF-LB/P")?.measurement.orientation == .asDrawn)
    #expect(choose(measured, "MEX")?.measurement.orientation == BuildOrientation.alongAxes[1])
  }

  @Test(
    "what is askew is chosen where it gains a twentieth, and not for less", arguments: [94.0, 96])
  func askew(support: Double) throws {
    let size = Point(40, 30, 20)
    let axes = [Point(0.8, 0.6, 0), Point(-0.6, 0.8, 0), Point(0, 0, 1)]
    var facts = Facts.box(size)
    facts.orientedBoxAxes = axes
    let all = BuildOrientation.along(boxAxes: axes)
    #expect(all.count == 10)
    facts.orientations = .measured(
      all.enumerated().map { index, up in
        Facts.orientation(up, of: size, support: index < 6 ? 100 : support)
      })
    let report = PrintabilityReport(of: facts, for: PrintRequest(process: "MEX"))
    let best = try #require(report.orientation)
    #expect(all.prefix(6).contains(best.measurement.orientation) != (support < 95))
    #expect(best.reason.contains("of the \(support < 95 ? 10 : 6) orientations"))
  }

  @Test("of one orientation nothing is said to be best, and none is said to fit that does not")
  func words() throws {
    let bar = Point(500, 30, 20)
    let one = report(bar, into: Point(100, 100, 100), [.asDrawn])
    #expect(
      one.orientation?.reason == "It does not fit, it needs no support, it stands by itself.")
    let all = report(bar, into: Point(100, 100, 100))
    #expect(
      all.orientation?.reason
        == "None of the 6 orientations fits. This one needs no support, it stands by itself.")
    var facts = Facts.box()
    facts.orientations = .measured([
      Facts.orientation(.asDrawn, of: Point(40, 30, 20), margin: -1)
    ])
    let toppling = PrintabilityReport(
      of: facts, for: PrintRequest(process: "MEX", orientations: [.asDrawn]))
    #expect(
      toppling.finding(.unstable)?.message == "With +z up, the part does not stand by itself.")
  }

  @Test("the last bit of a sum does not decide")
  func roundedSupport() {
    let size = Point(20, 20, 20)
    let first = Facts.orientation(.asDrawn, of: size, support: 100.000000001)
    let second = Facts.orientation(BuildOrientation.alongAxes[1], of: size, support: 100)
    #expect(choose([second, first])?.measurement.orientation == .asDrawn)
  }

  @Test("allowed orientations that were not measured are said")
  func unmeasuredOrientation() {
    var facts = Facts.box()
    facts.orientations = .measured([Facts.orientation(.asDrawn, of: Point(40, 30, 20))])
    let report = PrintabilityReport(of: facts, for: PrintRequest(process: "MEX"))
    #expect(report.finding(.notMeasured)?.message.hasPrefix("5 allowed orientations") == true)
    #expect(report.orientation?.measurement.orientation == .asDrawn)
  }
}
