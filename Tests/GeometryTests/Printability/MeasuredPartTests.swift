import Geometry
import Testing

/// Shapes made to have one fault, measured and judged.
@Suite("Printability: parts measured and judged")
struct MeasuredPartTests {
  func report(
    _ facets: [Facet], _ process: String, volume: Point? = nil,
    orientations: [BuildOrientation]? = nil
  ) async -> PrintabilityReport {
    let mesh = Broken.soup(facets).welded()
    let survey = await PartSurvey(
      of: mesh, topology: mesh.topology(),
      effort: PartSurvey.Effort(
        walls: SamplingBudget(samples: 500),
        orientations: orientations,
        rules: PrintabilityRules.standard.rules(for: process)?.orientationRules
          ?? OrientationRules()))
    return PrintabilityReport(
      of: survey.facts,
      for: PrintRequest(process: process, buildVolume: volume, orientations: orientations))
  }

  @Test("a plain block is printable", arguments: ["MEX", "PBF-LB/P"])
  func block(process: String) async {
    let report = await report(Shapes.box(Point(40, 30, 20)), process)
    #expect(report.verdict == .printable)
    #expect(report.findings.isEmpty)
    #expect(report.orientation?.measurement.height == 20)
  }

  @Test("a sheet of 0.2 mm is too thin, as measured")
  func sheet() async throws {
    let report = await report(Shapes.box(Point(40, 30, 0.2)), "MEX")
    let finding = try #require(report.finding(.wallTooThin))
    #expect(finding.severity == .error)
    #expect(isClose(finding.measured ?? 0, 0.2, within: 1e-6))
    #expect(!finding.facets.isEmpty)
  }

  @Test("blocks 0.125 mm apart fuse")
  func gap() async throws {
    let blocks = Shapes.cube(10) + Shapes.cube(10, at: Point(10.125, 0, 0))
    let report = await report(blocks, "VPP")
    let finding = try #require(report.finding(.gapTooSmall))
    #expect(isClose(finding.measured ?? 0, 0.125, within: 1e-6))
    #expect(isClose(finding.place?.x ?? 0, 10.0625, within: 0.01))
  }

  @Test("a cavity keeps resin, and is found where it is")
  func cavity() async throws {
    let hollow = Shapes.reversed(Shapes.cube(6, at: Point(4, 4, 4)))
    let report = await report(Shapes.cube(20) + hollow, "VPP")
    let finding = try #require(report.finding(.enclosedVoid))
    #expect(isClose(finding.measured ?? 0, 216, within: 1e-9))
    #expect(distance(finding.place, Point(7, 7, 7)) < 1e-9)
    #expect(finding.facets.allSatisfy { $0 >= 12 })
  }

  @Test(
    "a table needs supports as it is drawn and none upside down; its parts run through each other")
  func table() async throws {
    let table =
      Shapes.box(Point(10, 10, 30), at: Point(20, 20, 0))
      + Shapes.box(Point(50, 50, 5), at: Point(0, 0, 29))
    let drawn = await report(table, "MEX", orientations: [.asDrawn])
    let overhang = try #require(drawn.finding(.overhang))
    #expect((overhang.measured ?? 0) >= 2400)
    #expect(drawn.finding(.selfIntersecting) != nil)
    let free = await report(table, "MEX")
    #expect(free.finding(.overhang) == nil)
    #expect(free.orientation?.measurement.orientation.up == Point(0, 0, -1))
  }

  @Test("an open box is not watertight, and what needs an inside is not measured")
  func open() async {
    let report = await report(Array(Shapes.cube(20).dropLast()), "MEX")
    #expect(report.finding(.notWatertight)?.measured == 3)
    // The three beside the hole, to be marked.
    #expect(Set(report.finding(.notWatertight)?.facets ?? []).count == 3)
    let unmeasured = report.findings.filter { $0.code == .notMeasured }
    #expect(unmeasured.count == 3)
    #expect(unmeasured.allSatisfy { $0.advice.hasPrefix("Close the surface first") })
    #expect(
      report.finding(.notWatertight)?.advice
        == "Close the surface in the design, or run `everpart repair`.")
    #expect(report.verdict == .notPrintable)
  }

  @Test("a box inside out is said to be, and nothing is promised of it")
  func insideOut() async {
    let report = await report(Shapes.reversed(Shapes.cube(20)), "MEX")
    #expect(report.finding(.insideOut)?.severity == .error)
    #expect(report.orientation == nil)
  }

  @Test("a rod drawn askew fits if it is turned about the vertical, and is said to")
  func askew() async {
    let rod = Shapes.mapped(Shapes.box(Point(250, 10, 10))) {
      Point($0.x * 0.8 - $0.y * 0.6, $0.x * 0.6 + $0.y * 0.8, $0.z)
    }
    let report = await report(rod, "MEX", volume: Point(260, 20, 20))
    #expect(report.fits[0].kind == .fitsTurned)
    #expect(isClose(report.fits[0].size.x, 250, within: 1e-9))
    #expect(report.finding(.fitsOnlyTurned) == nil)
    #expect(report.fitsTurnedFreely == true)
    let drawn = await self.report(
      rod, "MEX", volume: Point(260, 20, 20), orientations: [.asDrawn])
    #expect(
      drawn.orientation?.reason
        == "It fits if it is turned about the vertical, it needs no support, it stands by itself.")
  }

  @Test("a bar drawn askew lies on a side of its smallest box; not allowed to, it has no foot")
  func turnedBar() async throws {
    let bar = Shapes.mapped(Shapes.box(Point(40, 10, 5))) { WallShapes.turned($0) }
    let report = await report(bar, "MEX")
    let best = try #require(report.orientation?.measurement)
    #expect(isClose(best.height, 5, within: 1e-6))
    #expect(isClose(best.bedContactArea, 400, within: 1e-6))
    #expect(best.supportVolume == 0)
    #expect(report.fits.count == 12)
    #expect(report.findings.isEmpty)
    let drawn = await self.report(bar, "MEX", orientations: BuildOrientation.alongAxes)
    let finding = try #require(drawn.finding(.unstable))
    #expect(finding.message.hasSuffix(" up, the part touches the bed at an edge or a point only."))
    #expect(finding.advice.hasPrefix("Allow an orientation in which a flat side lies on the bed"))
    #expect(drawn.orientation?.reason.hasSuffix("it stands on an edge or a point only.") == true)
  }

  @Test("a sheet is not stood on edge for a typical bed that is smaller, but for a given one")
  func largeSheet() async throws {
    let sheet = Shapes.box(Point(300, 300, 1))
    let report = await report(sheet, "MEX")
    #expect(report.orientation?.measurement.orientation == .asDrawn)
    #expect(report.finding(.slender) == nil)
    #expect(
      report.finding(.largerThanTypical)?.message.hasPrefix(
        "With +z up, the part, 300 × 300 × 1 mm, does not fit into 355 × 254 × 355 mm") == true)
    let given = await self.report(sheet, "MEX", volume: Point(355, 254, 355))
    #expect(given.orientation?.measurement.height == 300)
    #expect(given.finding(.slender)?.advice.hasPrefix("Lay it down in a larger machine") == true)
  }

  @Test(
    "a bar that fits across the bed is not stood on end", arguments: [nil, Point(250, 250, 325)])
  func acrossTheBed(volume: Point?) async throws {
    let report = await report(Shapes.box(Point(320, 20, 20)), "PBF-LB/M", volume: volume)
    #expect(report.orientation?.measurement.height == 20)
    #expect(report.finding(.slender) == nil)
    #expect(report.orientation?.reason.contains("turned about the vertical") == true)
  }

  @Test("a wedge has a sharp edge, which is noted, and no thin wall", arguments: [10.0, 1.5])
  func wedge(height: Double) async throws {
    let wedge = WallThicknessTests.extruded(
      [(0, 0), (40, 0), (0, height)], fan: [[0, 1, 2]], depth: 20)
    let survey = await PartSurvey(of: wedge, topology: wedge.topology())
    let places = try #require(survey.facts.walls.value?.places)
    #expect(places.first?.runsOut == true)
    let report = PrintabilityReport(of: survey.facts, for: PrintRequest(process: "MEX"))
    let finding = try #require(report.finding(.wallTooThin))
    #expect(finding.message.hasPrefix("A sharp edge: a wall runs out to nothing; "))
    #expect(finding.severity == (height == 10 ? .note : .warning))
  }

  @Test("a sharp part's thin wall is found beside its edges, and a corner is no gap")
  func wedgeAndSheet() async throws {
    let wedge = WallThicknessTests.extruded(
      [(0, 0), (40, 0), (0, 10)], fan: [[0, 1, 2]], depth: 20)
    let both = Mesh.joined([wedge, WallShapes.box(Point(20, 20, 0.5), at: Point(100, 0, 0))])
    let survey = await PartSurvey(of: both, topology: both.topology())
    let walls = try #require(survey.facts.walls.value)
    let sheet = try #require(walls.places.first { !$0.runsOut })
    #expect(isClose(sheet.distance, 0.5, within: 1e-6))
    #expect(walls.places.first?.runsOut == true)
    // A notch of 14 degrees in a block.
    let notched = WallThicknessTests.extruded(
      [(0, 0), (40, 0), (40, 30), (22, 30), (20, 14), (18, 30), (0, 30)],
      fan: [[0, 1, 4], [1, 2, 3], [1, 3, 4], [0, 4, 6], [4, 5, 6]], depth: 20)
    let cut = await PartSurvey(of: notched, topology: notched.topology())
    #expect(cut.facts.gaps.value?.places.first?.runsOut == true)
    let report = PrintabilityReport(of: cut.facts, for: PrintRequest(process: "MEX"))
    #expect(report.finding(.gapTooSmall)?.severity == .note)
    #expect(report.finding(.gapTooSmall)?.message.hasPrefix("An acute corner: ") == true)
  }

  @Test("a part of no facets encloses nothing, and every reason is said")
  func nothing() async {
    let report = await report([], "MEX")
    #expect(report.findings.count { $0.message.contains("no surface") } == 5)
    #expect(report.finding(.noVolume)?.severity == .error)
  }
}
