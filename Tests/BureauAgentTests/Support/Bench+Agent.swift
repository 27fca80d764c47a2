import Domain
import Foundation
import Sealing
import TestSupport
import Testing

@testable import BureauAgent

/// The bureau's side: starts of its agent, its folders as a crash would leave them, and its tools.
extension Bench {
  /// Enrols an agent of the bureau into a directory.
  @discardableResult
  func enrol(
    _ name: String, key: String? = nil, trust: String? = nil
  ) async throws -> EnrolAgent.Result {
    try await EnrolAgent(
      directory: AgentDirectory(path: root.path(name)), ambient: clock.ambient
    ).run(server: url, key: key ?? bureau, kind: .mlkem768x25519, trust: trust, trustedRoots: nil)
  }

  /// One start of an agent: from the taking of its locks to the end of its process.
  func start<Value: Sendable>(
    _ name: String = "agent", folder: String = "hot",
    _ body: (Workplace) async throws -> Value
  ) async throws -> Value {
    let directory = try AgentDirectory(path: root.path(name))
    let place = try Workplace(
      directory: directory, hotFolder: root.path(folder), ambient: clock.ambient,
      logger: log.logger)
    defer { place.broker.shutdown() }
    let result = try await body(place)
    withExtendedLifetime((directory, place)) {}
    return result
  }

  /// What an agent does at its start and with its first list of jobs, without working on any.
  func sweep(_ name: String = "agent", folder: String = "hot") async throws {
    try await start(name, folder: folder) { place in
      let sweep = Sweep(place: place)
      try sweep.leftovers()
      let jobs = try await place.broker.jobs(waitSeconds: 0, seen: nil)
      try await sweep.attempts(jobs.elements) { _ in false }
    }
  }

  /// Runs a job until something holds, and kills the agent there.
  func run(
    _ job: JobID, _ name: String = "agent", folder: String = "hot",
    until condition: @Sendable () throws -> Bool
  ) async throws {
    try await start(name, folder: folder) { place in
      let work = Task { try await JobRun(job, in: place).run() }
      while try !condition() { try await Task.sleep(for: .milliseconds(10)) }
      work.cancel()
      _ = await work.result
    }
  }

  /// Runs a job until it waits for somebody else, starting it again whenever a line is lost.
  func finish(_ job: JobID, _ name: String = "agent") async throws {
    for _ in 0..<5 {
      do {
        return try await start(name) { try await JobRun(job, in: $0).run() }
      } catch let problem as Problem where problem.kind == .unavailable {
        continue
      } catch let problem as Problem where problem.code == "http.502" {
        continue
      }
    }
    Issue.record("the job did not come to an end")
  }

  // MARK: folders

  /// Everything in a hot folder.
  func files(_ folder: String = "hot") -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: root.path(folder))
    return (names ?? []).sorted()
  }

  func write(_ text: String, _ name: String) throws { try root.write(text.utf8, to: "hot/\(name)") }
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: root.path("hot/\(name)"))
  }

  /// The steps in an agent's journal.
  func steps(_ name: String = "agent") throws -> [String] {
    try lines(name).compactMap { line in
      line.firstRange(of: #""step":""#).map { String(line[$0.upperBound...].prefix { $0 != "\"" }) }
    }
  }

  /// Takes the journal's last lines away, as if the agent had died before it wrote them.
  func forget(_ count: Int, _ name: String = "agent") throws {
    let kept = try lines(name).dropLast(count).map { $0 + "\n" }.joined()
    try root.write(kept.utf8, to: "\(name)/journal.jsonl")
  }

  private func lines(_ name: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: root.path("\(name)/journal.jsonl")) else {
      return []
    }
    return String(decoding: try root.read("\(name)/journal.jsonl"), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  /// Tools that take every part out of the folder, print it and answer; how many they took.
  func withTools(_ body: () async throws -> Void) async throws -> Int {
    let tools = Task { [root, bench = self] in
      var taken = 0
      while !Task.isCancelled {
        for name in bench.files() where name.hasPrefix("job_") && name.hasSuffix(".stl") {
          try? FileManager.default.removeItem(atPath: root.path("hot/\(name)"))
          taken += 1
          try bench.write(Bench.done, name + ".done")
          try bench.write(#"{"carrier": "DHL", "tracking": "1"}"#, name + ".shipped")
        }
        try? await Task.sleep(for: .milliseconds(10))
      }
      return taken
    }
    do { try await body() } catch {
      tools.cancel()
      throw error
    }
    tools.cancel()
    return try await tools.value
  }

  /// What tools say of a good print.
  static let done = #"{"machine": "SLS 1", "material_lot": "L-7", "measurements": {"width": 20.1}}"#
}
