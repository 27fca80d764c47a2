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
        "The file has \(inspection.summary.triangles) triangles, more than are held in memory here."
      )
    }
    return document
  }
}

extension LengthUnit: ExpressibleByArgument {}

/// The code and the words that a file is refused with, and which file that is.
struct FileRefusal {
  let code: String
  let message: String
  private let subject: String

  /// - Parameter file: what was read.
  init(_ error: any Error, of file: String) {
    var subject = file
    switch error {
    case let refusal as MeshRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let refusal as PreviewRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let refusal as RepairRefusal: (code, message) = (refusal.code.rawValue, refusal.message)
    case let problem as Problem: (code, message) = (problem.code, problem.detail)
    case let failure as SystemFailure:
      let isInput = failure.what == file || (file == "-" && failure.what == InputFile.standardName)
      if !isInput { subject = failure.what }
      (code, message) = (isInput ? "file.unreadable" : "file.unwritable", failure.reason)
    default: (code, message) = ("file.unreadable", oneLine(error))
    }
    self.subject = subject == "-" ? InputFile.standardName : subject
  }

  var json: JSONValue { ["code": .string(code), "message": .string(message)] }

  /// Says it in one line and gives what ends the command.
  func report() -> any Error {
    Terminal.fail("\(subject): \(code): \(message)")
    return Interrupted()
  }
}
