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
    let mended: [Mended]
    do {
      let target = try MeshOutput(output, writing, notOver: file)
      let document = try await MeshInput(file, reading).bodies()
      mended = try mend(document.bodies)
      try target.write(
        MeshDocument(
          format: document.format, unit: document.unit, readAs: document.readAs,
          bodies: mended.map(\.body)))
    } catch {
      throw FileRefusal(error, of: file).report()
    }
    if json {
      Terminal.write(
        try jsonText(Changes(file: file, output: output, bodies: mended.map(\.report))))
    } else {
      for (number, one) in mended.enumerated() {
        if mended.count > 1 {
          let name = one.body.name.map { " \(shownName($0))" } ?? ""
          Terminal.write(Terminal.paint("body \(number + 1)\(name)", .bold))
        }
        let size = one.body.mesh.bounds?.size ?? .zero
        Self.lines(one.report, size: size).forEach { Terminal.write($0) }
      }
    }
    if mended.contains(where: { !$0.report.isWatertight }) { throw Interrupted() }
  }

  /// A body as it is now, and what was changed of it.
  private struct Mended {
    let body: MeshDocument.Body
    let report: RepairReport
  }

  private func mend(_ bodies: [MeshDocument.Body]) throws -> [Mended] {
    defer { Terminal.progress("") }
    var options = MeshRepair.Options()
    options.toleranceMillimetres = tolerance
    options.holes.edgesMax = holeEdges
    return try bodies.enumerated().map { number, body in
      let place = bodies.count > 1 ? ", body \(number + 1) of \(bodies.count)" : ""
      Terminal.progress("mending \(body.mesh.triangles) facets\(place) …")
      let outcome = try MeshRepair.repair(body.mesh, options: options)
      return Mended(
        body: MeshDocument.Body(name: body.name, mesh: outcome.mesh, purpose: body.purpose),
        report: outcome.report)
    }
  }

  private struct Changes: Encodable {
    let file: String
    let output: String
    let bodies: [RepairReport]
  }

  /// What was changed of a body, and what was not.
  ///
  /// - Parameter size: the body's in millimetres.
  static func lines(_ report: RepairReport, size: SIMD3<Double>) -> [String] {
    let changes = [
      (
        report.verticesMoved, "vertex", "vertices",
        "moved, by at most \(shown(report.moveMaxMillimetres)) mm"
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
    var lines = changes.map { "  \(counted($0.0, $0.1, $0.2)) \($0.3)" }
    if changes.isEmpty {
      lines.append(report.isWatertight ? "  nothing needed mending" : "  nothing was changed")
    }
    for hole in report.openHoles {
      lines.append(
        Terminal.paint(
          "  left open: a hole of \(hole.edges) edges at \(shown(place: hole.place, ofSize: size)), "
            + hole.reason.rawValue.replacing("_", with: " "), .yellow))
    }
    lines.append(
      report.isWatertight
        ? Terminal.paint("  watertight", .green) : Terminal.paint("  not watertight", .red))
    return lines
  }
}
