import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import BureauAgent

/// A point between the steps of a hand-over at which an agent can die.
enum Death: CaseIterable, Sendable {
  case prepared
  case intent
  case asked
  case acknowledged
  case renamed
  case handed
}

extension Bench {
  /// Runs a job up to a point and leaves everything as a kill there would.
  func die(at death: Death, _ job: JobID) async throws {
    switch death {
    case .prepared, .intent, .asked, .acknowledged:
      line.set { seen in
        guard seen.path.hasSuffix("/reports") else { return .passes }
        return death == .acknowledged ? .answerIsLost : .isLost
      }
      await #expect(throws: Problem.self) {
        try await start { try await JobRun(job, in: $0).run() }
      }
      line.heal()
      #expect(try steps() == ["intent", "asked"])
      try forget(death == .prepared ? 2 : death == .intent ? 1 : 0)
    case .renamed, .handed:
      try await run(job) { try steps().contains("handed") }
      if death == .renamed { try forget(1) }
    }
  }
}

@Suite("Handing over once", .timeLimit(.minutes(3)))
struct HandOverTests {
  @Test("the broker has acknowledged the attempt before a tool can see the part")
  func order() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      let visible = Mutex<[[String]]>([])
      bench.line.set { seen in
        if seen.body.contains(#""started""#) {
          visible.withLock { $0.append(bench.files().filter { !$0.hasPrefix(".") }) }
        }
        return .passes
      }
      let taken = try await bench.withTools { try await bench.finish(job) }
      #expect(taken == 1)
      #expect(visible.withLock { $0 } == [[]])
      #expect(try await bench.state(job) == "shipped")
      #expect(
        try bench.steps() == ["intent", "asked", "handed", "printed", "completed", "closed"])
      #expect(bench.files().isEmpty)
    }
  }

  @Test("killed at any point, the part is handed over once", arguments: Death.allCases)
  func killed(at death: Death) async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: death, job)
      #expect(
        bench.files().contains("\(job)-1.stl") == (death == .renamed || death == .handed))
      let taken = try await bench.withTools {
        try await bench.sweep()
        try await bench.finish(job)
      }
      #expect(taken == 1)
      #expect(try await bench.state(job) == "shipped")
      #expect(try await bench.scrapped() == "0")
      #expect(bench.files().isEmpty)
      #expect(try bench.steps().last == "closed")
    }
  }

  @Test("a part that a tool took before the journal said so is not printed again for nothing")
  func takenUnseen() async throws {
    try await Bench.with { bench in
      let (order, job) = try await bench.order()
      try await bench.die(at: .renamed, job)
      try bench.remove("\(job)-1.stl")
      let taken = try await bench.withTools { try await bench.finish(job) }
      #expect(taken == 0)
      #expect(try await bench.state(job) == "held")
      #expect(bench.files().isEmpty)
      // The broker heard of the attempt, so a reprint counts against the scrap allowance.
      try await bench.retry(order)
      #expect(try await bench.scrapped() == "1")
      #expect(try await bench.withTools { try await bench.finish(job) } == 1)
    }
  }

  @Test("a marker beside the part's name is a trace of it")
  func takenAndAnswered() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .renamed, job)
      try bench.remove("\(job)-1.stl")
      try bench.write(Bench.done, "\(job)-1.stl.done")
      try await bench.run(job) { try bench.steps().contains("completed") }
      #expect(["printed", "inspected"].contains(try await bench.state(job)))
    }
  }

  @Test("a prepared part that is gone is for a person, and the broker knows of the attempt")
  func preparedIsGone() async throws {
    try await Bench.with { bench in
      let (order, job) = try await bench.order()
      try await bench.die(at: .intent, job)
      for name in bench.files() { try bench.remove(name) }
      try await bench.finish(job)
      #expect(try await bench.state(job) == "held")
      try await bench.retry(order)
      #expect(try await bench.scrapped() == "1")
    }
  }

  @Test("a crash between the renames of sheet and part hands over both")
  func sheetAlone() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .acknowledged, job)
      let sheet = "\(job)-1.stl.ticket.json"
      try FileManager.default.moveItem(
        atPath: bench.root.path("hot/.\(sheet)"), toPath: bench.root.path("hot/\(sheet)"))
      try await bench.run(job) { try bench.steps().contains("handed") }
      #expect(bench.files() == ["\(job)-1.stl", sheet])
    }
  }

  @Test("a lease that ended between the broker's answer and the rename hands nothing over")
  func leaseEnded() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      let started = Mutex(false)
      bench.line.set { seen in
        if seen.body.contains(#""started""#) { started.withLock { $0 = true } }
        // What the broker says once another agent has the lease.
        guard seen.path.hasSuffix("/heartbeat"), started.withLock({ $0 }) else { return .passes }
        return .answered(
          409,
          #"{"type":"urn:everpart:problem:lease.stale_epoch","title":"Not in this state","#
            + #""status":409,"detail":"It ended.","code":"lease.stale_epoch","instance":"x"}"#)
      }
      let problem = await #expect(throws: Problem.self) {
        try await bench.start { try await JobRun(job, in: $0).run() }
      }
      #expect(problem?.code == "lease.stale_epoch")
      #expect(try bench.steps() == ["intent", "asked"])
      #expect(bench.files().filter { !$0.hasPrefix(".") }.isEmpty)
      #expect(bench.files().contains(".\(job)-1.stl.part"))
    }
  }

  @Test("the sheet is there before the part: when it cannot be, there is no part")
  func sheetFirst() throws {
    let root = try TemporaryDirectory()
    let folder = try HotFolder(path: root.path("hot"))
    try folder.prepare([1], sheet: [2], as: "p.stl")
    // A directory of that name takes no file's place.
    try FileManager.default.createDirectory(
      atPath: root.path("hot/p.stl.ticket.json"), withIntermediateDirectories: false)
    #expect(throws: Problem.self) { try folder.handOver("p.stl") }
    #expect(!folder.isPresent("p.stl"))
    #expect(folder.isPrepared("p.stl"))
    try FileManager.default.removeItem(atPath: root.path("hot/p.stl.ticket.json"))
    try folder.handOver("p.stl")
    #expect(try root.files().sorted() == ["hot/p.stl", "hot/p.stl.ticket.json"])
  }

  @Test("every report's answer lost once is one job all the same")
  func lostAnswers() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      let lost = Mutex<Set<String>>([])
      bench.line.set { seen in
        guard seen.path.hasSuffix("/reports") else { return .passes }
        let kind = ["started", "completed", "inspected", "shipped"].first {
          seen.body.contains("\"kind\":\"\($0)\"")
        }
        return lost.withLock { $0.insert(kind ?? "?").inserted } ? .answerIsLost : .passes
      }
      // On a busy machine a run may also end because an answer came too late; the next goes on.
      let taken = try await bench.withTools {
        for _ in 0..<12 where lost.withLock({ $0.count < 4 }) {
          try await #require(throws: Problem.self) {
            try await bench.start { try await JobRun(job, in: $0).run() }
          }
        }
      }
      #expect(taken == 1)
      #expect(lost.withLock { $0 } == ["started", "completed", "inspected", "shipped"])
      #expect(try await bench.state(job) == "shipped")
      // The last answer was lost: the address lies there until the sweep.
      #expect(bench.files().contains("\(job)-1.stl.ticket.json"))
      try await bench.sweep()
      #expect(bench.files().isEmpty)
      #expect(try bench.steps().last == "closed")
    }
  }

  @Test(
    "a part from a manifest that was signed anew is opened again, and completed with the new one")
  func renewedManifest() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .asked, job)
      bench.clock.advance(by: .seconds(15 * 86_400))
      let taken = try await bench.withTools { try await bench.finish(job) }
      #expect(taken == 1)
      #expect(try await bench.state(job) == "shipped")
      #expect(try bench.steps().filter { $0 == "intent" }.count == 2)
    }
  }

  @Test("a failed inspection says which feature and by how much, and opens the next attempt")
  func failedInspection() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.run(job) { try bench.steps().contains("handed") }
      try bench.write(
        Bench.done.replacingOccurrences(of: "20.1", with: "20.4"), "\(job)-1.stl.done")
      try await bench.finish(job)
      #expect(bench.log.count("width is 20.4 mm, planned 20.0 ± 0.3 mm") == 1)
      #expect(try await bench.state(job) == "accepted")
      #expect(bench.files().isEmpty)
      #expect(try await bench.withTools { try await bench.finish(job) } == 1)
      #expect(try await bench.state(job) == "shipped")
    }
  }
}
