import Domain
import Geometry
import MeshFiles

/// The code and the words that a file is refused with, and which file that is.
struct FileRefusal {
  let code: String
  let message: String
  private let subject: String

  /// - Parameter file: what was read.
  init(_ error: any Error, of file: String) {
    var subject = file
    switch error {
    case let refusal as MeshRefusal:
      (code, message) = (refusal.code.rawValue, refusal.message + Self.advice(refusal.code))
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

  private static func advice(_ code: MeshRefusal.Code) -> String {
    switch code {
    case .requiresSecureContent: " One of them opens it with --key private.pem."
    case .needsConverter: " Name an installed one: --step-converter prusa-slicer, or gmsh."
    default: ""
    }
  }

  var json: JSONValue { ["code": .string(code), "message": .string(message)] }

  /// Says it in one line and gives what ends the command.
  func report() -> any Error {
    Terminal.fail("\(subject): \(code): \(message)")
    return Interrupted()
  }
}
