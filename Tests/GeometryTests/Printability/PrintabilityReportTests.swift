import Foundation
import Geometry
import Testing

/// Facts of a sound box, each of which a test may spoil.
enum Facts {
  static func box(_ size: Point = Point(40, 30, 20)) -> PartFacts {
    var facts = PartFacts(
      bounds: Bounds(min: .zero, max: size), signedVolume: size.x * size.y * size.z)
    var topology = MeshTopology()
    topology.vertices = 8
    topology.shells = 1
    facts.topology = .measured(topology)
    facts.walls = .measured(walls([size.min()]))
    facts.gaps = .measured(gaps([]))
    facts.voids = .measured(.init(count: 0, volume: 0, largest: [], isComplete: true))
    facts.selfIntersections = .measured(.init())
    facts.orientedBoxSize = .measured(size)
    facts.orientations = .measured(BuildOrientation.alongAxes.map { orientation($0, of: size) })
    return facts
  }

  static func orientation(
    _ up: BuildOrientation, of size: Point, overhang: Double = 0, support: Double = 0,
    margin: Double? = 5
  ) -> OrientationMeasurement {
    let up3 = up.up
    let height = (up3 * size).sum().magnitude
    return OrientationMeasurement(
      orientation: up, height: height, bedContactArea: size.x * size.y * size.z / height,
      overhangArea: overhang, supportVolume: support, supportVolumeSampled: 0,
      coverage: coverage(), tippingMargin: margin)
  }

  static func coverage(isComplete: Bool = true) -> SamplingCoverage {
    SamplingCoverage(
      samples: 100, measured: 100, areaPerSample: 1, steps: 1000, isComplete: isComplete)
  }

  static func places(_ distances: [Double]) -> [WallPlace] {
    distances.enumerated().map { index, distance in
      WallPlace(
        distance: distance, point: Point(Double(index), 2, 3), opposite: Point(Double(index), 2, 4),
        facet: 2 * index, oppositeFacet: 2 * index + 1)
    }
  }

  static func walls(
    _ distances: [Double], usually usual: Double? = nil, isComplete: Bool = true
  ) -> WallDistances {
    let quantiles = distances.first.map { [$0] + Array(repeating: usual ?? $0, count: 20) } ?? []
    return WallDistances(
      places: places(distances), quantiles: quantiles, coverage: coverage(isComplete: isComplete))
  }

  static func gaps(_ distances: [Double]) -> WallDistances {
    WallDistances(
      places: places(distances),
      quantiles: distances.first.map { Array(repeating: $0, count: 21) } ?? [],
      coverage: coverage())
  }
}

extension PrintabilityReport {
  func finding(_ code: PrintabilityFinding.Code) -> PrintabilityFinding? {
    findings.first { $0.code == code }
  }
}

@Suite("Printability: findings")
struct PrintabilityReportTests {
  func report(
    _ facts: PartFacts, _ process: String = "PBF-LB/P", layer: Double? = nil, volume: Point? = nil,
    orientations: [BuildOrientation]? = nil
  ) -> PrintabilityReport {
    PrintabilityReport(
      of: facts,
      for: PrintRequest(
        process: process, layerHeightMillimetres: layer, buildVolume: volume,
        orientations: orientations))
  }

  @Test("a sound box is printable with every process", arguments: PrintabilityRulesTests.codes)
  func soundBox(process: String) {
    let report = report(Facts.box(), process)
    #expect(report.verdict == .printable)
    #expect(report.findings.isEmpty)
    #expect(report.orientation?.measurement.height == 20)
    #expect(report.fitsTurnedFreely == true)
    #expect(report.buildVolumeIsTypical)
  }

  @Test("a wall too thin for the process is an error at its place, with its facets and source")
  func thinWall() throws {
    var facts = Facts.box()
    facts.walls = .measured(Facts.walls([0.2, 0.25, 0.9]))
    let report = report(facts)
    let finding = try #require(report.finding(.wallTooThin))
    #expect(finding.severity == .error)
    #expect(finding.measured == 0.2)
    #expect(finding.limit == 0.3)
    #expect(finding.unit == "mm")
    #expect(finding.place == Point(0, 2, 3))
    #expect(finding.facets == [0, 1, 2, 3])
    #expect(finding.source?.quality == .vendorGuide)
    #expect(report.verdict == .notPrintable)
  }

  @Test("a wall that is thin but can be made is a warning by the next limit")
  func ratherThinWall() throws {
    var facts = Facts.box()
    facts.walls = .measured(Facts.walls([0.5]))
    let report = report(facts)
    #expect(report.finding(.wallTooThin)?.severity == .warning)
    #expect(report.finding(.wallTooThin)?.limit == 0.7)
    #expect(report.verdict == .withCare)
  }

  @Test("one thin edge of a stout part is a warning, not an error")
  func thinEdge() {
    var facts = Facts.box()
    facts.walls = .measured(Facts.walls([0.1], usually: 8))
    #expect(report(facts).finding(.wallTooThin)?.severity == .warning)
  }

  @Test("a gap that fuses is a warning; a hole that may close is a note")
  func gaps() throws {
    var facts = Facts.box()
    facts.gaps = .measured(Facts.gaps([0.1]))
    #expect(report(facts).finding(.gapTooSmall)?.severity == .warning)
    facts.gaps = .measured(Facts.gaps([1]))
    let finding = try #require(report(facts).finding(.gapTooSmall))
    #expect(finding.severity == .note)
    #expect(finding.limit == 1.5)
    #expect(report(facts).verdict == .printable)
  }

  @Test("a hollow without a way out keeps powder, and the advice names the hole that lets it out")
  func enclosedVoid() throws {
    var facts = Facts.box()
    let bounds = Bounds(min: Point(1, 1, 1), max: Point(3, 5, 7))
    facts.voids = .measured(
      EnclosedVoids(
        count: 1, volume: 48, largest: [.init(volume: 48, bounds: bounds, facet: 17)],
        isComplete: true))
    let finding = try #require(report(facts).finding(.enclosedVoid))
    #expect(finding.severity == .error)
    #expect(finding.measured == 48)
    #expect(finding.unit == "mm3")
    #expect(finding.place == Point(2, 3, 4))
    #expect(finding.facets == [17])
    #expect(finding.source?.quality == .standard)
    #expect(finding.message.contains("loose powder"))
    #expect(finding.advice.contains("5 mm"))
    #expect(report(facts, "MEX").finding(.enclosedVoid)?.severity == .note)
  }

  @Test("overhangs are found where the process needs supports, and nowhere else")
  func overhang() throws {
    var facts = Facts.box()
    facts.orientations = .measured(
      BuildOrientation.alongAxes.map {
        Facts.orientation($0, of: Point(40, 30, 20), overhang: 250, support: 900)
      })
    let finding = try #require(report(facts, "MEX").finding(.overhang))
    #expect(finding.severity == .warning)
    #expect(finding.measured == 250)
    #expect(finding.limit == 100)
    #expect(report(facts, "PBF-LB/P").finding(.overhang) == nil)
  }

  @Test("a part that topples, is tall and thin, or lies flat and large is noted")
  func stand() {
    let mast = Point(2, 2, 60)
    var facts = Facts.box(mast)
    facts.orientations = .measured([
      Facts.orientation(.asDrawn, of: mast, margin: -1)
    ])
    let tall = report(facts, "MEX", orientations: [.asDrawn])
    #expect(tall.finding(.slender)?.measured == 30)
    #expect(tall.finding(.unstable)?.severity == .note)
    #expect(report(facts, "PBF-LB/P", orientations: [.asDrawn]).finding(.unstable) == nil)
    let plate = report(Facts.box(Point(150, 150, 5)), "MEX")
    #expect(plate.finding(.warping)?.measured == 22_500)
  }

  @Test("a part smaller than a detail is an error, and its unit is suspected")
  func tooSmall() {
    let report = report(Facts.box(Point(0.7, 0.6, 0.5)))
    #expect(report.finding(.tooSmall)?.severity == .error)
    #expect(report.finding(.tooSmall)?.advice.contains("unit") == true)
  }

  @Test("a layer height that the process is not run with is noted; one that is none is an error")
  func layerHeight() {
    #expect(report(Facts.box(), layer: 0.1).findings.isEmpty)
    #expect(report(Facts.box(), layer: 0.01).finding(.layerHeight)?.limit == 0.06)
    #expect(report(Facts.box(), layer: 1).finding(.layerHeight)?.limit == 0.2)
    for none in [0, -0.1, .nan, .infinity] {
      #expect(report(Facts.box(), layer: none).finding(.layerHeight)?.severity == .error)
    }
  }

  struct MeshFault: Sendable {
    let topology: MeshTopology
    let code: PrintabilityFinding.Code
    let severity: FindingSeverity

    init(
      _ code: PrintabilityFinding.Code, _ severity: FindingSeverity,
      _ spoil: (inout MeshTopology) -> Void
    ) {
      var topology = MeshTopology()
      topology.shells = 1
      spoil(&topology)
      self.topology = topology
      self.code = code
      self.severity = severity
    }
  }

  @Test(
    "each fault of a mesh has its finding",
    arguments: [
      MeshFault(.notWatertight, .error) { $0.openEdges = 3 },
      MeshFault(.facetsDisagree, .error) { $0.flippedEdges = 3 },
      MeshFault(.nonManifold, .warning) { $0.nonManifoldEdges = 3 },
      MeshFault(.degenerateFacets, .note) { $0.degenerateFacets = 3 },
      MeshFault(.duplicateFacets, .warning) { $0.duplicateFacets = 3 },
    ])
  func meshFaults(fault: MeshFault) {
    var facts = Facts.box()
    facts.topology = .measured(fault.topology)
    let finding = report(facts).finding(fault.code)
    #expect(finding?.severity == fault.severity)
    #expect(finding?.measured == 3)
  }

  @Test("a mesh inside out and one that encloses nothing are errors")
  func volumes() {
    var facts = Facts.box()
    facts.signedVolume = -24_000
    #expect(report(facts).finding(.insideOut)?.severity == .error)
    facts.signedVolume = 0
    #expect(report(facts).finding(.noVolume)?.severity == .error)
  }

  @Test("a surface through itself is a warning at its place")
  func selfIntersection() throws {
    var facts = Facts.box()
    facts.selfIntersections = .measured(
      .init(count: 4, place: Point(1, 2, 3), facets: [5, 9], isComplete: false))
    let report = report(facts)
    let finding = try #require(report.finding(.selfIntersecting))
    #expect(finding.place == Point(1, 2, 3))
    #expect(finding.facets == [5, 9])
    #expect(report.finding(.notMeasured) != nil)
    #expect(report.verdict == .withCare)
  }

  @Test("a process without rules is said, with those that have some, and nothing is promised")
  func unknownProcess() throws {
    let report = report(Facts.box(), "CNC")
    let finding = try #require(report.finding(.processUnknown))
    #expect(report.verdict == .notKnown)
    #expect(report.processName == nil)
    #expect(finding.advice.contains("PBF-LB/M"))
    var holed = Facts.box()
    var topology = MeshTopology()
    topology.openEdges = 1
    holed.topology = .measured(topology)
    #expect(self.report(holed, "CNC").verdict == .notPrintable)
  }

  @Test("what was not measured is said with its reason, each by itself")
  func unmeasured() {
    let report = report(PartFacts(bounds: Bounds(min: .zero, max: Point(9, 9, 9))), "MEX")
    let unmeasured = report.findings.filter { $0.code == .notMeasured }
    #expect(unmeasured.count == 6)
    #expect(unmeasured.allSatisfy { $0.message.contains("because it was not asked for") })
    #expect(report.verdict == .notKnown)
    #expect(report.orientation == nil)
  }

  @Test("what may hide an error leaves the verdict open, what may not does not")
  func hidden() {
    var facts = Facts.box()
    facts.gaps = .notMeasured("the mesh is too large")
    #expect(report(facts).verdict == .printable)
    facts.walls = .notMeasured("the mesh is too large")
    #expect(report(facts).verdict == .notKnown)
    var partly = Facts.box()
    partly.walls = .measured(Facts.walls([5], isComplete: false))
    #expect(report(partly).verdict == .notKnown)
  }

  @Test("the worst finding comes first, equally bad ones by code, whatever was measured first")
  func order() {
    var facts = Facts.box()
    facts.gaps = .measured(Facts.gaps([0.1]))
    facts.walls = .measured(Facts.walls([0.1]))
    facts.signedVolume = -1
    let codes = report(facts, layer: 1).findings.map(\.code)
    #expect(codes == [.insideOut, .wallTooThin, .gapTooSmall, .layerHeight])
  }

  @Test("a report is JSON with snake_case members, and the same again when it is read")
  func json() throws {
    var facts = Facts.box(Point(500, 30, 20))
    facts.walls = .measured(Facts.walls([0.1]))
    let report = report(facts, volume: Point(200, 200, 200))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = try encoder.encode(report)
    #expect(try JSONDecoder().decode(PrintabilityReport.self, from: json) == report)
    let text = String(decoding: json, as: UTF8.self)
    for member in [
      "\"verdict\":\"not_printable\"", "\"build_volume_typical\":false",
      "\"code\":\"print.too_large\"",
      "\"code\":\"print.wall_too_thin\"", "\"quality\":\"vendor_guide\"",
      "\"fits_turned_freely\":false",
    ] { #expect(text.contains(member), "\(member)") }
  }
}
