import Foundation
import TestSupport
import Testing

/// A folder in which the executable's commands for files run to their end, without a terminal.
struct FileCommands {
  /// What a command left behind.
  struct Outcome {
    let code: Int32
    let output: [UInt8]
    /// What it said on standard error.
    let errors: String

    /// The lines of standard output.
    var lines: [Substring] { String(decoding: output, as: UTF8.self).split(separator: "\n") }

    /// A JSON object a line.
    func json() throws -> [JSON] { try lines.map { try JSON($0.utf8) } }

    /// Checks that it failed with one line on standard error that begins so.
    func isRefused(_ start: String, _ location: SourceLocation = #_sourceLocation) {
      #expect(code == 1, sourceLocation: location)
      #expect(
        errors.hasPrefix("everpart: \(start)") && errors.hasSuffix("\n")
          && errors.count { $0 == "\n" } == 1, "\(errors)", sourceLocation: location)
    }
  }

  let files: TemporaryDirectory
  private let printed: TemporaryDirectory

  init() throws {
    files = try TemporaryDirectory()
    printed = try TemporaryDirectory()
  }

  /// Runs a command in the folder.
  ///
  /// - Parameter input: what comes through a pipe on standard input; no more than a pipe holds.
  func run(_ arguments: String..., input: [UInt8]? = nil) async throws -> Outcome {
    try await run(arguments, input: input)
  }

  /// Runs a command in the folder.
  func run(_ arguments: [String], input: [UInt8]? = nil) async throws -> Outcome {
    try await run(try product(), arguments, input)
  }

  /// Runs a line of the shell in the folder; `$0` is the executable.
  func shell(_ line: String) async throws -> Outcome {
    try await run("/bin/sh", ["-c", line, try product()], nil)
  }

  private func product() throws -> String {
    try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing))
  }

  private func run(
    _ program: String, _ arguments: [String], _ input: [UInt8]?
  ) async throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.currentDirectoryURL = URL(filePath: files.path)
    process.arguments = arguments
    let (output, errors) = (
      try printed.write([], to: "output"), try printed.write([], to: "errors")
    )
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try pipe.fileHandleForWriting.write(contentsOf: Data(input))
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try await withCheckedThrowingContinuation { done in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    #expect(process.terminationReason == .exit, "\(arguments)")
    return Outcome(
      code: process.terminationStatus, output: try printed.read("output"),
      errors: String(decoding: try printed.read("errors"), as: UTF8.self))
  }

  /// A file's permissions.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: files.path(name))
    return try #require(attributes[.posixPermissions] as? Int)
  }

  /// Makes a link in the folder.
  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: files.path(name), withDestinationPath: target)
  }

  /// A fixture's path.
  static func fixture(_ name: String) -> String { Repository.path("Fixtures/\(name)") }
}
