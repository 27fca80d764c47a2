import ArgumentParser
import Domain
import FoundationEssentials
import Geometry
import MeshFiles

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Measure mesh files (STL) and say what is wrong with them.",
    discussion: """
      STL has no units: millimetres are assumed. Exit code 1 if a file was refused; the others \
      are still measured.
      """)

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Argument(help: "The files to measure.")
  var files: [String]

  func run() throws {
    var refused = false
    for (index, file) in files.enumerated() {
      do {
        let inspection = try Self.measure(file)
        if json {
          Terminal.write(try jsonText(Measured(file: file, inspection: inspection)))
        } else {
          if index > 0 { Terminal.write("") }
          show(file, inspection)
        }
      } catch {
        refused = true
        let refusal = Refusal(error)
        if json {
          Terminal.write(try jsonText(["file": .string(file), "refused": refusal.json]))
        } else {
          Terminal.fail("\(file): \(refusal.code): \(refusal.message)")
        }
      }
    }
    if refused { throw Interrupted() }
  }

  /// Reads and measures a file, with a progress bar.
  ///
  /// - Parameter unit: of the coordinates, where the file states none; nil to assume millimetres.
  static func measure(_ file: String, unit: LengthUnit? = nil) throws -> MeshInspection {
    let input = try InputFile(file)
    var generator = Ambient.system.generator
    var inspector = MeshInspector(
      key: MeshHashKey(using: &generator), unit: unit, declaredBytes: input.size)
    try input.forEachPiece("measuring") { try inspector.update($0) }
    return try inspector.finish()
  }

  /// What a file that cannot be measured is refused with.
  static func refusal(of error: any Error) -> (code: String, message: String) {
    let refusal = Refusal(error)
    return (refusal.code, refusal.message)
  }

  private struct Refusal {
    let code: String
    let message: String

    init(_ error: any Error) {
      switch error {
      case let refusal as MeshRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
      case let failure as SystemFailure: (code, message) = ("file.unreadable", failure.reason)
      default: (code, message) = ("file.unreadable", oneLine(error))
      }
    }

    var json: JSONValue { ["code": .string(code), "message": .string(message)] }
  }

  private struct Measured: Encodable {
    let file: String
    let inspection: MeshInspection

    func encode(to encoder: any Encoder) throws {
      try inspection.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(file, forKey: .file)
    }

    private enum CodingKeys: String, CodingKey { case file }
  }

  private func show(_ file: String, _ inspection: MeshInspection) {
    let summary = inspection.summary
    func line(_ name: String, _ value: String) {
      Terminal.write("  " + name + String(repeating: " ", count: 12 - name.count) + value)
    }
    Terminal.write(Terminal.paint(Terminal.plain(file), .bold))
    line(
      "format",
      "\(summary.format.rawValue), \(summary.unit.rawValue)"
        + (summary.unitSource == .assumed ? " assumed" : ""))
    line(
      "triangles",
      "\(summary.triangles)" + (inspection.vertices.map { ", \($0) distinct vertices" } ?? ""))
    line("size", millimetres(summary.size) + " mm")
    line(
      "from … to",
      "(\(millimetres(summary.bounds.min, ", "))) … (\(millimetres(summary.bounds.max, ", "))) mm")
    // Of a surface with a boundary the sum means nothing.
    line(
      "volume",
      summary.isClosed ? rounded(summary.volumeCubicMillimetres / 1000) + " cm³" : "–")
    line("area", rounded(summary.areaSquareMillimetres / 100) + " cm²")
    if let watertight = inspection.isWatertight {
      line(
        "watertight", watertight ? Terminal.paint("yes", .green) : Terminal.paint("no", .red))
    }
    if let shells = inspection.shells { line("shells", "\(shells)") }
    for problem in inspection.problems {
      let count = problem.count > 0 ? " (\(problem.count))" : ""
      line(
        "problem", Terminal.paint("\(problem.code.rawValue)\(count): \(problem.message)", .yellow))
    }
  }

  private func millimetres(_ vector: SIMD3<Double>, _ separator: String = " × ") -> String {
    [vector.x, vector.y, vector.z].map(rounded).joined(separator: separator)
  }

  private func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
