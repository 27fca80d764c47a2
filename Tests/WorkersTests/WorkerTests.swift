import Foundation
import Geometry
import Glibc
import MeshFiles
import TestSupport
import Testing

@testable import Workers

/// Bytes in pieces; perhaps an error, or a wait for ever, in the place of the end.
struct Input: AsyncSequence, AsyncIteratorProtocol {
  enum End { case over, endless, fault, held }
  struct Fault: Error {}

  let piece: [UInt8]
  var pieces: Int
  var end = End.over

  init(_ piece: [UInt8], times: Int = 1, end: End = .over) {
    (self.piece, pieces, self.end) = (piece, times, end)
  }

  func makeAsyncIterator() -> Input { self }

  mutating func next() async throws -> [UInt8]? {
    if pieces > 0 {
      pieces -= 1
      return piece
    }
    switch end {
    case .over: return nil
    case .endless: return piece
    case .fault: throw Fault()
    case .held:
      // Until somebody cancels.
      try await Task.sleep(for: .seconds(3600))
      return nil
    }
  }
}

@Suite("Workers")
struct WorkerTests {
  private func worker(_ budget: WorkerBudget = WorkerBudget()) throws -> Worker {
    Worker(
      program: try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing)),
      budget: budget)
  }

  private func measure(_ mesh: [UInt8]) throws -> MeshInspection {
    var inspector = MeshInspector(
      key: MeshHashKey(1, 2), limits: WorkerMain.limits, declaredBytes: mesh.count)
    try inspector.update(mesh)
    return try inspector.finish()
  }

  @Test("a worker finds in every fixture what this process finds")
  func fixtures() async throws {
    let worker = try worker()
    for name in try Repository.names(in: "Fixtures/meshes").sorted() where name.hasSuffix(".stl") {
      let mesh = try Repository.bytes("Fixtures/meshes/\(name)")
      let run = try await worker.run(.measureMesh, byteCount: mesh.count, input: Input(mesh))
      let answer = try run.outcome.get()
      do {
        let own = try measure(mesh)
        let known: MeshReport.Known =
          own.summary.format.family == .stl
          ? .measured(own.summary) : .unmeasured(nil, trianglesMax: 1000)
        let report = try #require(MeshReport(answer: answer, of: known), "\(name)")
        #expect(report.measured?.summary(read: nil) ?? own.summary == own.summary, "\(name)")
        #expect(report.finding == .measured(own.topology), "\(name)")
        #expect(run.hasTakenAll, "\(name)")
      } catch let refusal as MeshRefusal {
        let report = MeshReport(stored: answer)
        #expect(report?.finding == .refused(refusal.code), "\(name)")
      }
    }
  }

  @Test("a worker has nothing of its broker: no variable, no file, no user, no call but computing")
  func confined() async throws {
    let worker = try worker()
    // Its number of bytes tells it from other tests' workers; of less than a header there is no telling
    // that it is wrong.
    let count = 100_000_000 + Int(getpid())
    let task = Task {
      try await worker.run(
        .measureMesh, byteCount: count,
        input: Input([UInt8](SampleMesh.box().prefix(40)), end: .held))
    }
    let pid = try await Processes.eventually("the worker") {
      // Its last step before it says so is the filter.
      Processes.own("worker").first {
        $0.words.contains("\(count)") && Processes.status($0.pid)["Seccomp"] == "2"
      }?.pid
    }
    let status = Processes.status(pid)
    #expect(status["NoNewPrivs"] == "1")
    #expect(status["CapEff"].flatMap { UInt64($0, radix: 16) } == 0)
    #expect(status["Threads"] == "1")
    let limits = try String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
    for (limit, value) in [
      ("Max core file size", "0"), ("Max file size", "0"), ("Max processes", "0"),
      ("Max open files", "3"), ("Max cpu time", "60"),
    ] {
      let line = limits.split(separator: "\n").first { $0.hasPrefix(limit) }
      let words = line?.dropFirst(limit.count).split(separator: " ").map(String.init)
      #expect(words?.first == value, "\(limit)")
    }
    let space = limits.split(separator: "\n").first { $0.hasPrefix("Max address space") }
    let bytes = space?.split(separator: " ").compactMap { Int($0) }.first
    #expect(try (1 << 30..<3 << 30).contains(#require(bytes)))
    // What is the worker's own can be seen by root alone, so that no other process of its user sees it.
    if geteuid() == 0 {
      #expect(try Data(contentsOf: URL(filePath: "/proc/\(pid)/environ")).isEmpty)
      let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").sorted()
      let targets = try files.map {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")
      }
      #expect(files == ["0", "1", "2"])
      #expect(targets[0].hasPrefix("pipe:") && targets[1].hasPrefix("pipe:"))
      #expect(targets[2] == "/dev/null")
      let link = { (name: String) throws -> String in
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)")
      }
      #expect(try link("\(pid)/cwd") == "/")
      #expect(try link("\(pid)/ns/net") != link("self/ns/net"))
      #expect(status["Uid"]?.split(separator: "\t").allSatisfy { $0 == "65534" } == true)
    } else {
      #expect(throws: (any Error).self) {
        try Data(contentsOf: URL(filePath: "/proc/\(pid)/environ"))
      }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(kill(pid, 0) != 0)
  }

  @Test("a mesh that needs more memory than its worker has ends the worker, and says so")
  func memory() async throws {
    let mesh = SampleMesh.noise(facets: 60_000, seed: 5)
    let run = try await worker(WorkerBudget(memoryBytes: 4 << 20)).run(
      .measureMesh, byteCount: mesh.count, input: Input(mesh))
    #expect(run.outcome == .failure(.memory(bytesMax: 4 << 20)))
    let enough = try await worker().run(
      .measureMesh, byteCount: mesh.count, input: Input(mesh))
    #expect(throws: Never.self) { try enough.outcome.get() }
  }

  @Test("a mesh that needs more processor time than its worker has ends the worker, and says so")
  func processorTime() async throws {
    let facet =
      "facet normal 0 0 0\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    let piece = Array(String(repeating: facet, count: 1000).utf8)
    // Much more on the clock: a machine that runs tests may have little time for this one.
    let endless = try await worker(WorkerBudget(cpuSeconds: 1, seconds: 120)).run(
      .measureMesh, byteCount: 1 << 40, input: Endless(first: Array("solid x\n".utf8), then: piece))
    #expect(endless.outcome == .failure(.cpuTime(secondsMax: 1)))
    #expect(endless.cpuMilliseconds >= 500)
  }

  @Test("an input that fails ends its worker without an answer")
  func inputFails() async throws {
    let worker = try worker()
    await #expect(throws: Input.Fault.self) {
      try await worker.run(
        .measureMesh, byteCount: 684, input: Input(SampleMesh.box(), end: .fault))
    }
  }

  @Test("a probe tells what the kernel gives a worker")
  func probe() async throws {
    let has = try await worker().probe()
    #expect(has.filter && has.firstToGo)
    #expect(has.nobody == (geteuid() == 0))
  }
}

/// A first piece, and then another without end.
private struct Endless: AsyncSequence, AsyncIteratorProtocol {
  let first: [UInt8]
  let then: [UInt8]
  var hasBegun = false

  init(first: [UInt8], then: [UInt8]) { (self.first, self.then) = (first, then) }

  func makeAsyncIterator() -> Endless { self }

  mutating func next() async throws -> [UInt8]? {
    defer { hasBegun = true }
    return hasBegun ? then : first
  }
}
