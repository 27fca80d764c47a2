import Geometry
import Testing

@Suite("Printability: what a brand reads")
struct PrintabilityWordsTests {
  private func report(_ process: String, _ spoil: (inout PartFacts) -> Void) -> PrintabilityReport {
    var facts = Facts.box()
    spoil(&facts)
    return PrintabilityReport(of: facts, for: PrintRequest(process: process))
  }

  @Test("a gap is not called what it may not be; the limit says what it is for")
  func gap() throws {
    let finding = try #require(
      report("MEX") { $0.gaps = .measured(Facts.gaps([0.999])) }.finding(.gapTooSmall))
    #expect(
      finding.message
        == "A gap is 0.999 mm wide; for round holes, material extrusion keeps 2 mm open.")
    #expect(finding.advice == "If it must stay open, widen it to 2 mm or more; if not, close it.")
  }

  @Test("what runs out to nothing is no gap or wall of 0 mm")
  func edges() throws {
    let report = report("PBF-LB/M") {
      $0.gaps = .measured(Facts.gaps([0.0001]))
      $0.walls = .measured(Facts.walls([0.0002]))
    }
    let gap = try #require(report.finding(.gapTooSmall))
    #expect(gap.message.hasPrefix("A gap runs out to nothing; "))
    #expect(
      gap.advice.hasPrefix("Let the bodies overlap so that they are one, or part them by 0.5 mm"))
    let wall = try #require(report.finding(.wallTooThin))
    #expect(wall.message.hasPrefix("A wall runs out to nothing; for walls held on two sides"))
    #expect(
      wall.advice
        == "Let it end blunt, 0.4 mm or more, 0.5 mm for walls held on one side only.")
  }

  @Test("the advice asks for the limit that was crossed, and names the strictest")
  func wall() throws {
    let finding = try #require(
      report("BJT") { $0.walls = .measured(Facts.walls([0.8])) }.finding(.wallTooThin))
    #expect(finding.message == "A wall is 0.8 mm thick; binder jetting needs 1 mm.")
    #expect(
      finding.advice == "Thicken it to 1 mm or more, 3 mm for walls held on one side only, "
        + "or add ribs to it.")
  }

  @Test("overhangs are told in three digits, and no chamfer is advised where none helps")
  func overhang() throws {
    func finding(_ process: String) throws -> PrintabilityFinding {
      let size = Point(40, 30, 20)
      return try #require(
        report(process) {
          $0.orientations = .measured([
            Facts.orientation(.asDrawn, of: size, overhang: 188.361, support: 2260.332)
          ])
        }.finding(.overhang))
    }
    let extruded = try finding("MEX")
    #expect(
      extruded.message == "With +z up, 188 mm² face down flatter than 45° and need about "
        + "2260 mm³ of support.")
    #expect(extruded.advice.hasPrefix("Chamfer what faces down to 45° or steeper"))
    #expect(extruded.source?.quality == .ruleOfThumb)
    let jetted = try finding("MJT")
    #expect(
      jetted.message
        == "With +z up, 188 mm² face down and need about 2260 mm³ of support.")
    #expect(!jetted.advice.contains("hamfer"))
  }

  @Test("of a sealed hollow it is said what cannot come out of it: waste, and supports")
  func sealed() throws {
    func spoil(_ facts: inout PartFacts) {
      facts.voids = .measured(EnclosedVoids(count: 1, volume: 9, largest: [], isComplete: true))
      facts.orientations = .measured([
        Facts.orientation(.asDrawn, of: Point(40, 30, 20), overhang: 188, support: 2260)
      ])
    }
    let laminated = try #require(report("SHL", spoil).finding(.enclosedVoid))
    #expect(laminated.message == "A hollow has no way out for waste sheets.")
    let extruded = try #require(report("MEX", spoil).finding(.overhang))
    #expect(extruded.message.hasSuffix(", some of it perhaps in a hollow without a way out."))
    #expect(
      extruded.advice.hasSuffix(
        "Supports in a hollow without a way out cannot be taken away: open it."))
  }

  @Test("faults of the mesh are counted", arguments: [(1, "1 edge with"), (12, "12 edges with")])
  func counts(edges: Int, text: String) throws {
    let report = report("MEX") {
      var topology = MeshTopology()
      topology.openEdges = edges
      $0.topology = .measured(topology)
      $0.selfIntersections = .measured(.init(count: edges))
    }
    #expect(
      report.finding(.notWatertight)?.message == "The mesh has holes: \(text) one facet only.")
    #expect(
      report.finding(.selfIntersecting)?.message.hasSuffix(
        edges == 1 ? ": one pair of facets crosses." : ": 12 pairs of facets cross.") == true)
  }
}
