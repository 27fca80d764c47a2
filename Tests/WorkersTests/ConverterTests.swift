import Foundation
import TestSupport
import Testing

@testable import Workers

/// Whether this system gives the namespaces without which no converter runs: some containers do not.
private let isConfinable = Task { () -> Bool in
  guard let program = BuiltProduct.path else { return true }
  let converter = StepConverter(.prusaSlicer, program: ConverterDouble.makesNothing.path)
  return (try? await Worker(program: program).check(converter)) != nil
}

@Suite(
  "Converters of STEP files", .enabled("the system gives namespaces") { await isConfinable.value })
struct ConverterTests {
  private func convert(
    _ double: ConverterDouble, cpuSeconds: Int = 60, seconds: Int = 120,
    bytesMax: Int = 64 << 20, bytes: [UInt8] = SampleMesh.step, hidden: [String] = []
  ) async throws -> WorkerRun {
    let program = try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing))
    let budget = WorkerBudget(
      cpuSeconds: cpuSeconds, seconds: seconds, convertedBytesMax: bytesMax)
    return try await Worker(program: program, budget: budget).convert(
      with: StepConverter(.prusaSlicer, program: double.path, hidden: hidden),
      byteCount: bytes.count, input: Input(bytes))
  }

  @Test("a converter gets the file, and what it writes is the answer")
  func copies() async throws {
    for size in [1, 70_000, 5_000_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let run = try await convert(.copies, bytes: bytes)
      #expect(run.outcome == .success(bytes) && run.hasTakenAll)
      #expect(run.confinement.network && run.confinement.filter)
    }
    #expect(try await convert(.makesNothing).outcome == .success([]))
  }

  @Test("how a converter ends is told apart")
  func deaths() async throws {
    #expect(try await convert(.refuses).outcome == .failure(.converterRefused))
    #expect(try await convert(.dies).outcome == .failure(.converterDied))
    let never = try await convert(.neverEnds, seconds: 2)
    #expect(never.outcome == .failure(.time(secondsMax: 2)))
    let computes = try await convert(.computesForever, cpuSeconds: 1)
    #expect(computes.outcome == .failure(.cpuTime(secondsMax: 1)))
  }

  @Test("a converter writes no more than it may")
  func endless() async throws {
    #expect(
      try await convert(.writesWithoutEnd, bytesMax: 1 << 20).outcome
        == .failure(.converterDied))
  }

  @Test("a converter has no more than the limits of one process")
  func others() async throws {
    #expect(try await convert(.startsOthers).outcome == .failure(.converterRefused))
    let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
      let line = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
      return String(decoding: line, as: UTF8.self).contains("7777.125")
    }
    #expect(left == [])
    #expect(try await convert(.keepsMemory).outcome == .failure(.converterRefused))
  }

  @Test("a converter sees the system's programs and its file, and changes and reaches nothing")
  func confined() async throws {
    // Of the folders above the program it sees nothing but the way to it.
    let names = ["/etc/passwd", "/root", "/home", "/var", "/sys", "/run", "/mnt"]
      .filter { !ConverterDouble.looksAround.path.hasPrefix("\($0)/") }
    let paths = names + [Repository.path("Package.swift"), ConverterDouble.copies.path]
    let run = try await convert(
      .looksAround, bytes: Array((paths.joined(separator: "\n") + "\n").utf8))
    let text = String(decoding: try run.outcome.get(), as: UTF8.self)
    let lines = Set(text.split(separator: "\n").map(String.init))
    #expect(lines.contains("environment: none") && lines.contains("network: alone"))
    #expect(lines.contains("processes: 1"), "the command line of its parent names what is hidden")
    #expect(lines.contains("dumped: 00000000"), "what has read the file would be in a core")
    #expect(lines.contains("no new privileges") && lines.contains("filtered"))
    #expect(lines.contains("end") && lines.contains { $0.hasPrefix("root: ") })
    for forbidden in ["sees:", "changes:", "capable"] {
      #expect(!lines.contains { $0.hasPrefix(forbidden) }, "\(text)")
    }
    #expect(try await convert(.makesNamespaces).outcome == .failure(.converterRefused))
  }

  @Test("a path of ours is hidden even among the system's programs")
  func hidden() async throws {
    let seen = Array("/usr/share\n/usr/share/doc\n".utf8)
    for (hidden, sees) in [([], true), (["/usr/share"], false)] {
      let run = try await convert(.looksAround, bytes: seen, hidden: hidden)
      let text = String(decoding: try run.outcome.get(), as: UTF8.self)
      #expect(text.contains("sees: /usr/share/doc\n") == sees)
    }
  }

  @Test("a converter that is not there, or does not run, is told to the operator")
  func absent() async throws {
    for name in ["freecad", "/nonexistent/gmsh", "prusa-slicer-of-nobody", ""] {
      #expect(throws: WorkerFault.self) { try StepConverter(named: name) }
    }
    let program = try #require(BuiltProduct.path)
    await #expect(throws: WorkerFault.self) {
      try await Worker(program: program).check(
        StepConverter(.gmsh, program: ConverterDouble.refuses.path))
    }
  }
}
