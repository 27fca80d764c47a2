import Foundation
import TestSupport

/// The executable under test, beside the test bundle in the build directory.
enum Product {
  static let path = BuiltProduct.path

  static var isBuilt: Bool { path != nil }
  static let missing = BuiltProduct.missing

  static func require() throws -> String {
    guard let path else { throw Child.Failure(description: missing) }
    return path
  }

  /// Compiles the shim that kills a process at a durable write.
  static func shim(into folder: String) throws -> String {
    try compile("kill_at.c", ["-shared", "-fPIC"], into: folder)
  }

  /// Compiles a file of `Shim`; the path of what came of it.
  static func compile(_ name: String, _ options: [String], into folder: String) throws -> String {
    let output = "\(folder)/\(name)\(options.joined()).out"
    let compiler = try Child(
      "/usr/bin/env",
      ["cc"] + options + [
        "-o", output, Repository.path("Tests/JourneyTests/Shim/\(name)"), "-ldl",
      ], output: "\(folder)/cc.out", errors: "\(folder)/cc.err")
    compiler.wait()
    guard compiler.exitCode == 0 else {
      let said = (try? String(contentsOfFile: "\(folder)/cc.err", encoding: .utf8)) ?? ""
      throw Child.Failure(description: "\(name) does not compile: \(said)")
    }
    return output
  }
}

/// Looks again and again until there is something.
///
/// - Throws: a sentence with what was waited for, after `seconds`.
@discardableResult
func eventually<Value>(
  _ what: @autoclosure () -> String, seconds: Double = 180, _ look: () async throws -> Value?
) async throws -> Value {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(seconds)
  while true {
    if let value = try await look() { return value }
    guard clock.now < end else {
      throw Child.Failure(description: "waited \(Int(seconds)) s in vain for \(what())")
    }
    try await Task.sleep(for: .milliseconds(50))
  }
}
