import ArgumentParser
import Domain
import Geometry
import MeshFiles

struct RepairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Mend a mesh into a new file, and say what was changed.",
    discussion: """
      Vertices on open edges that lie within --tolerance become one, doubled and flat facets go, cracks and \
      small holes are closed, and facets are turned outwards; nothing that is whole is touched, and surfaces \
      that run through each other stay so. The file itself stays as it is. Exit code 1 if the result is not \
      watertight; it is written all the same.
      """)

  @Option(
    help: ArgumentHelp("How far a vertex on an open edge may move, in mm.", valueName: "mm"))
  var tolerance = 0.001

  @Option(help: ArgumentHelp("The most edges a hole may have that is closed.", valueName: "n"))
  var holeEdges = 100

  @Flag(help: "Print what was changed as one JSON object.")
  var json = false

  @OptionGroup var target: MeshOutput.Options

  @OptionGroup var source: MeshInput.Options

  @Argument(help: "The file to read; - for standard input.")
  var file: String

  @Argument(help: "The file to write: .stl, .obj, .ply or .3mf.")
  var output: String

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite, holeEdges >= 0 else {
      throw ValidationError("--tolerance and --hole-edges are numbers from zero up.")
    }
    guard output != "-" else {
      throw ValidationError("What was changed goes to standard output: name a file for the mesh.")
    }
  }

  func run() async throws {
    let (reading, writing) = (try source.reading(), try target.writing(to: output))
    var reports: [RepairReport] = []
    do {
      let target = try MeshOutput(output, writing, notOver: file)
      let document = try await MeshInput(file, reading).bodies()
      var options = MeshRepair.Options()
      options.toleranceMillimetres = tolerance
      options.holes.edgesMax = holeEdges
      let bodies = try document.bodies.map { body in
        let outcome = try MeshRepair.repair(body.mesh, options: options)
        reports.append(outcome.report)
        return MeshDocument.Body(name: body.name, mesh: outcome.mesh, purpose: body.purpose)
      }
      try target.write(
        MeshDocument(
          format: document.format, unit: document.unit, readAs: document.readAs, bodies: bodies))
    } catch {
      throw FileRefusal(error, of: file).report()
    }
    if json {
      Terminal.write(try jsonText(Changes(file: file, output: output, bodies: reports)))
    } else {
      for (number, report) in reports.enumerated() {
        if reports.count > 1 { Terminal.write(Terminal.paint("body \(number + 1)", .bold)) }
        Self.show(report)
      }
    }
    if reports.contains(where: { !$0.isWatertight }) { throw Interrupted() }
  }

  private struct Changes: Encodable {
    let file: String
    let output: String
    let bodies: [RepairReport]
  }

  private static func show(_ report: RepairReport) {
    let changes = [
      (
        report.verticesMoved, "vertex", "vertices",
        "moved, by at most \(report.moveMaxMillimetres) mm"
      ),
      (report.degenerateFacetsRemoved, "facet", "facets", "with coinciding corners removed"),
      (report.duplicateFacetsRemoved, "doubled facet", "doubled facets", "removed"),
      (report.flatFacetsAbsorbed, "facet", "facets", "without area absorbed"),
      (report.facetsTurned, "facet", "facets", "turned round"),
      (report.cracksClosed, "crack", "cracks", "closed"),
      (
        report.holesClosed, "hole", "holes",
        "closed, with \(counted(report.facetsAdded, "facet", "facets"))"
      ),
    ].filter { $0.0 > 0 }
    for (count, one, many, what) in changes {
      Terminal.write("  \(counted(count, one, many)) \(what)")
    }
    if changes.isEmpty { Terminal.write("  nothing needed mending") }
    for hole in report.openHoles {
      Terminal.write(
        Terminal.paint(
          "  left open: a hole of \(hole.edges) edges at (\(shown(hole.place, ", "))), "
            + hole.reason.rawValue.replacing("_", with: " "), .yellow))
    }
    Terminal.write(
      report.isWatertight
        ? Terminal.paint("  watertight", .green) : Terminal.paint("  not watertight", .red))
  }
}
