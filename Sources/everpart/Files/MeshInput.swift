public import ArgumentParser
import Domain
import Geometry
public import MeshFiles
import Workers

/// A mesh file as the commands for files read it: whole, with a progress bar. STEP is read where a converter
/// is named: confined, and what it makes is a stranger's mesh, as in a broker (`Workers.md`).
struct MeshInput {
  let inspection: MeshInspection
  /// Nil for an STL file of too many facets to be welded.
  let document: MeshDocument?

  /// How mesh files are read; shared by the commands that read them.
  struct Options: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "What the coordinates are in, where the file does not say.", valueName: "unit"))
    var unit: LengthUnit?

    @Option(
      name: .customLong("key"),
      help: ArgumentHelp(
        "An RSA private key that opens encrypted 3MF (Secure Content); may be given several times.",
        valueName: "pem"))
    var keys: [String] = []

    @Option(
      help: ArgumentHelp(
        "An installed program that makes meshes of STEP files: prusa-slicer, gmsh, or a path to one. "
          + "It is run without network, and sees no file but the part.", valueName: "program"))
    var stepConverter: String?

    /// Reads the keys and finds the converter, once for all files.
    func reading() throws -> Reading {
      do {
        return Reading(
          unit: unit, keys: try SecureKeys(files: keys),
          converter: try stepConverter.map { name throws(WorkerFault) in
            try StepConverter(named: name)
          })
      } catch let fault as WorkerFault {
        throw Problem(.invalid, "cli.step_converter", "\(fault.description).")
      }
    }
  }

  /// What the options come to.
  struct Reading {
    var unit: LengthUnit?
    var keys = SecureKeys()
    var converter: StepConverter?
    var limits = MeshLimits()
  }

  /// Reads a mesh, or has one made of STEP.
  init(_ file: String, _ reading: Reading) async throws {
    var (inspector, step, head) = try Self.read(file, reading)
    Terminal.progress("joining facets …")
    defer { Terminal.progress("") }
    if let step {
      (inspection, document) = try await step.converted()
      return
    }
    do {
      (inspection, document) = try inspector.examine()
    } catch {
      // Of so short a file the format is known at its end.
      (inspection, document) =
        try await StepInput(head, after: error, reading.converter).converted()
    }
  }

  /// Reads a mesh; refuses STEP with `mesh.needs_converter`.
  ///
  /// - Parameter unit: of the coordinates, where the file states none; nil to assume millimetres.
  init(meshFile file: String, unit: LengthUnit?) throws {
    var inspector = try Self.read(file, Reading(unit: unit)).inspector
    (inspection, document) = try inspector.examine()
  }

  private static func read(
    _ file: String, _ reading: Reading
  ) throws -> (inspector: MeshInspector, step: StepInput?, head: [UInt8]) {
    let input = try InputFile(file)
    var generator = Ambient.system.generator
    var inspector = MeshInspector(
      key: MeshHashKey(using: &generator), limits: reading.limits, unit: reading.unit,
      declaredBytes: input.size, keys: reading.keys)
    var (head, step) = ([UInt8](), StepInput?.none)
    try input.forEachPiece("measuring") { piece in
      guard step == nil else {
        try step?.append(piece)
        return
      }
      if head.count < headBytes { head += piece }
      do { try inspector.update(piece) } catch {
        step = try StepInput(head, after: error, reading.converter)
      }
    }
    return (inspector, step, head)
  }

  /// What the file has beside its geometry, by name.
  var readPast: [String] { document?.readPast.map(\.rawValue).sorted() ?? [] }

  /// The bodies, for what cannot do without them.
  func bodies() throws -> MeshDocument {
    guard let document else {
      throw MeshRefusal(
        .tooLarge,
        "The file has \(inspection.summary.triangles) triangles; \(Self.heldMax). Sizes, area and volume "
          + "are told of any.")
    }
    return document
  }

  /// Why there are no bodies, as the end of a sentence.
  static let heldMax =
    "of STL at most \(MeshLimits().weldTrianglesMax) triangles are held in memory"
}

/// More than it takes to tell a format.
private let headBytes = 4096

extension LengthUnit: ExpressibleByArgument {}
