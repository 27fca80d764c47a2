import Geometry
import Testing

/// Shapes made to have one fault, measured and judged.
@Suite("Printability: parts measured and judged")
struct MeasuredPartTests {
  func report(
    _ facets: [Facet], _ process: String, volume: Point? = nil,
    orientations: [BuildOrientation]? = nil
  ) async -> PrintabilityReport {
    let rules = PrintabilityRules.standard.rules(for: process)
    let mesh = Broken.soup(facets).welded()
    let survey = await PartSurvey(
      of: mesh, topology: mesh.topology(),
      effort: .init(
        walls: SamplingBudget(samples: 500),
        orientations: orientations ?? BuildOrientation.alongAxes,
        rules: rules?.orientationRules ?? OrientationRules()))
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
    let finding = try #require(
      await report(Shapes.box(Point(40, 30, 0.2)), "MEX").finding(.wallTooThin))
    #expect(finding.severity == .error)
    #expect(isClose(finding.measured ?? 0, 0.2, within: 1e-6))
    #expect(!finding.facets.isEmpty)
  }

  @Test("blocks 0.125 mm apart fuse")
  func gap() async throws {
    let blocks = Shapes.cube(10) + Shapes.cube(10, at: Point(10.125, 0, 0))
    let finding = try #require(await report(blocks, "VPP").finding(.gapTooSmall))
    #expect(isClose(finding.measured ?? 0, 0.125, within: 1e-6))
    #expect(isClose(finding.place?.x ?? 0, 10.0625, within: 0.01))
  }

  @Test("a cavity keeps resin, and is found where it is")
  func cavity() async throws {
    let hollow = Shapes.reversed(Shapes.cube(6, at: Point(4, 4, 4)))
    let finding = try #require(await report(Shapes.cube(20) + hollow, "VPP").finding(.enclosedVoid))
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
    #expect(report.findings.count { $0.code == .notMeasured } == 3)
    #expect(report.verdict == .notPrintable)
  }

  @Test("a box inside out is said to be, and nothing is promised of it")
  func insideOut() async {
    let report = await report(Shapes.reversed(Shapes.cube(20)), "MEX")
    #expect(report.finding(.insideOut)?.severity == .error)
    #expect(report.orientation == nil)
  }

  @Test("a rod drawn askew fits only if it is turned")
  func askew() async {
    let rod = Shapes.mapped(Shapes.box(Point(250, 10, 10))) {
      Point($0.x * 0.8 - $0.y * 0.6, $0.x * 0.6 + $0.y * 0.8, $0.z)
    }
    let report = await report(rod, "MEX", volume: Point(260, 20, 20))
    #expect(report.finding(.fitsOnlyTurned) != nil)
    #expect(report.fitsTurnedFreely == true)
  }

  @Test("a part of no facets encloses nothing, and every reason is said")
  func nothing() async {
    let report = await report([], "MEX")
    #expect(report.findings.count { $0.message.contains("no surface") } == 5)
    #expect(report.finding(.noVolume)?.severity == .error)
  }
}
