import Domain
import Foundation
import Glibc
import Synchronization

/// A child process of the demonstration: this same executable with other arguments, its standard
/// error in a log file.
final class DemoProcess: Sendable {
  private let process: Mutex<Process>
  private let lines: AsyncStream<String>
  let log: String

  /// Starts a child.
  ///
  /// - Parameter environment: added to this process's own; secrets go this way, not as arguments,
  ///   which every user of the machine can read.
  init(_ arguments: [String], log: String, environment: [String: String] = [:]) throws {
    self.log = log
    let process = Process()
    process.executableURL = URL(filePath: Self.executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: log)
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    let (stream, continuation) = AsyncStream<String>.makeStream()
    lines = stream
    // Lines are whole: the child writes each with one call, and far shorter than a pipe's buffer.
    output.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      guard !data.isEmpty else {
        handle.readabilityHandler = nil
        continuation.finish()
        return
      }
      for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
        continuation.yield(String(line))
      }
    }
    try process.run()
    self.process = Mutex(process)
  }

  /// The path of this executable.
  static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The JSON lines that the child writes, to its end.
  var events: some AsyncSequence<JSONValue, Never> & Sendable {
    lines.compactMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
  }

  var isRunning: Bool { process.withLock { $0.isRunning } }

  /// Asks the child to end.
  func stop() {
    process.withLock { if $0.isRunning { $0.terminate() } }
  }

  /// Ends the child for certain.
  func kill() {
    process.withLock { if $0.isRunning { Glibc.kill($0.processIdentifier, SIGKILL) } }
  }

  /// Runs a child to its end; its standard output, or what it said on standard error.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Problem(
        .failed, "demo.child",
        "\(executable) \(arguments.first ?? "") failed: "
          + Terminal.plain(String(decoding: complaint.prefix(500), as: UTF8.self)))
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
