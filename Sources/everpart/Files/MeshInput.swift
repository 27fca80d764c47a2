public import ArgumentParser
import Domain
import Geometry
public import MeshFiles

/// A mesh file as the commands for files read it: whole, with a progress bar.
struct MeshInput {
  let inspection: MeshInspection
  /// Nil for an STL file of too many facets to be welded.
  let document: MeshDocument?

  /// - Parameter unit: of the coordinates, where the file states none; nil to assume millimetres.
  init(_ file: String, unit: LengthUnit?) throws {
    let input = try InputFile(file)
    var generator = Ambient.system.generator
    var inspector = MeshInspector(
      key: MeshHashKey(using: &generator), unit: unit, declaredBytes: input.size)
    try input.forEachPiece("measuring") { try inspector.update($0) }
    (inspection, document) = try inspector.examine()
  }

  /// The bodies, for what cannot do without them.
  func bodies() throws -> MeshDocument {
    guard let document else {
      throw MeshRefusal(
        .tooLarge,
        "The file has \(inspection.summary.triangles) triangles, more than are held in memory here.")
    }
    return document
  }
}

extension LengthUnit: ExpressibleByArgument {}

/// The code and the words that a file is refused with.
struct FileRefusal {
  let code: String
  let message: String

  init(_ error: any Error) {
    switch error {
    case let refusal as MeshRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let refusal as PreviewRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let refusal as RepairRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let problem as Problem: (code, message) = (problem.code, problem.detail)
    case let failure as SystemFailure: (code, message) = ("file.unreadable", failure.reason)
    default: (code, message) = ("file.unreadable", oneLine(error))
    }
  }

  var json: JSONValue { ["code": .string(code), "message": .string(message)] }

  /// Says it in one line and gives what ends the command.
  static func report(_ error: any Error, of file: String) -> any Error {
    let refusal = FileRefusal(error)
    Terminal.fail("\(file): \(refusal.code): \(refusal.message)")
    return Interrupted()
  }
}
