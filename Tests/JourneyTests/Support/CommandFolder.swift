import Foundation
import TestSupport
import Testing

/// A folder in which the executable's commands run to their end.
final class CommandFolder {
  /// What a command left behind.
  struct Outcome {
    let code: Int32?
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// The output of a command that ended well.
    func must(_ location: SourceLocation = #_sourceLocation) -> [UInt8] {
      #expect(code == 0, "\(errors)", sourceLocation: location)
      return output
    }

    /// Checks that a command failed with one line that names this code.
    func isRefused(_ problem: String, _ location: SourceLocation = #_sourceLocation) {
      #expect(code == 1, sourceLocation: location)
      #expect(
        errors.hasPrefix("everpart: \(problem): ") && errors.hasSuffix("\n")
          && errors.count { $0 == "\n" } == 1, "\(errors)", sourceLocation: location)
    }
  }

  /// Where the commands' files are; what they print is kept elsewhere.
  let files: TemporaryDirectory
  private let printed: TemporaryDirectory
  private var runs = 0

  init() throws {
    files = try TemporaryDirectory()
    printed = try TemporaryDirectory()
  }

  func path(_ name: String) -> String { files.path(name) }

  /// Runs the executable, by default without a terminal.
  func run(
    _ arguments: String..., input: String = "/dev/null", environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await run(arguments, input: input, environment: environment)
  }

  func run(
    _ arguments: [String], input: String = "/dev/null", environment: [String: String] = [:]
  ) async throws -> Outcome {
    let child = try start(arguments, input: input, environment: environment)
    return try await outcome(of: child)
  }

  /// Runs a line of shell in which `$0` is the executable and `$1`, `$2`, … are the arguments.
  func shell(_ line: String, _ arguments: String...) async throws -> Outcome {
    let executable = try Product.require()
    return try await outcome(of: start(["-c", line, executable] + arguments, of: "/bin/sh"))
  }

  func start(
    _ arguments: [String], of program: String? = nil, input: String = "/dev/null",
    output: String? = nil, environment: [String: String] = [:]
  ) throws -> Child {
    runs += 1
    return try Child(
      program ?? Product.require(), arguments, output: output ?? printed.path("\(runs).out"),
      errors: printed.path("\(runs).err"), environment: environment, input: input, ownSession: true)
  }

  /// Waits for the end of what was started last.
  func outcome(of child: Child) async throws -> Outcome {
    let errors = "\(runs).err"
    try await eventually("the end of \(child.arguments)") { child.status }
    return Outcome(
      code: child.exitCode,
      output: [UInt8](FileManager.default.contents(atPath: child.output) ?? Data()),
      errors: String(decoding: try printed.read(errors), as: UTF8.self))
  }

  /// A new key in a file; its recipient.
  func key(_ name: String, _ options: [String] = []) async throws -> String {
    let outcome = try await run(["keygen", "-o", path(name)] + options)
    _ = outcome.must()
    return String(outcome.errors.trimmingCharacters(in: .newlines).dropFirst("Public key: ".count))
  }

  /// The permission bits of a file.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
    return try #require(attributes[.posixPermissions] as? Int)
  }
}
