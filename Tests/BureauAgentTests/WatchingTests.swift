import BureauProtocol
import Domain
import TestSupport
import Testing

@testable import BureauAgent

extension Bench {
  fileprivate var asked: Int { line.seen.count { $0.path == "/v1/bureau/jobs" } }

  /// Waits until something holds; how long that took.
  fileprivate func wait(
    until condition: () async throws -> Bool
  ) async throws -> Duration {
    let start = ContinuousClock.now
    while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    return .now - start
  }
}

@Suite("What an agent asks its broker", .timeLimit(.minutes(5)))
struct WatchingTests {
  /// Less than a poll takes that is not woken: 25 seconds, of which some are over. Others may keep this machine
  /// busy.
  private static let atOnce = Duration.seconds(15)

  @Test("while a job prints it asks for no others, and a new one is seen at once")
  func quiet() async throws {
    try await Bench.with { bench in
      let (_, first) = try await bench.order(1)
      let agent = try bench.agent()
      let work = Task { try await agent.run() }
      _ = try await bench.wait { bench.files().contains("\(first)-1.stl") }
      _ = try await bench.wait { try await bench.state(first) == "printing" }
      // What the agent's own steps have changed is seen within seconds, or later where others keep this
      // machine busy; then a while goes by without a question.
      var before = -1
      for _ in 0..<20 where bench.asked != before {
        before = bench.asked
        try await Task.sleep(for: .seconds(4))
      }
      #expect(bench.asked == before, "it goes on asking, though nothing changes")

      let (_, second) = try await bench.order(2)
      let took = try await bench.wait {
        bench.line.seen.contains { $0.path == "/v1/bureau/jobs/\(second)/lease" }
      }
      #expect(took < Self.atOnce, "a new job was seen after \(took)")
      // The tools finish the first: its run goes on by itself, and its end is one more look.
      try bench.write(Bench.done, "\(first)-1.stl.done")
      _ = try await bench.wait { try await bench.state(first) == "inspected" }
      // A change is one question, and the next waits: five steps of two jobs, their leases and an end.
      #expect(bench.asked - before <= 12)
      work.cancel()
      _ = await work.result
    }
  }

  @Test("an offer is answered at once, while a job prints")
  func offers() async throws {
    try await Bench.with { bench in
      let (_, first) = try await bench.order(1)
      let agent = try Agent(
        directory: AgentDirectory(path: bench.root.path("agent")),
        hotFolder: bench.root.path("hot"), acceptance: .all, ambient: bench.clock.ambient,
        logger: bench.log.logger)
      let work = Task { try await agent.run() }
      _ = try await bench.wait { try await bench.state(first) == "printing" }
      _ = try await bench.place(2)
      let took = try await bench.wait {
        bench.line.seen.count { $0.path.hasSuffix("/lease") } == 2
      }
      #expect(took < Self.atOnce, "accepted and begun after \(took)")
      work.cancel()
      _ = await work.result
    }
  }

  @Test("a run that fails is tried again, although nothing changes at the broker")
  func failed() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order(1)
      bench.line.set { $0.path.hasSuffix("/package") ? .isLost : .passes }
      let agent = try bench.agent()
      let work = Task { try await agent.run() }
      _ = try await bench.wait { bench.log.count("job interrupted") >= 2 }
      bench.line.heal()
      _ = try await bench.wait { try await bench.state(job) == "printing" }
      work.cancel()
      _ = await work.result
    }
  }

  @Test("it sees all its work: more than 200 live jobs")
  func all() async throws {
    try await Bench.with { bench in
      var jobs: Set<JobID> = []
      for number in 1...205 { jobs.insert(try await bench.order(number).job) }
      let seen = try await bench.start { place in
        try await place.broker.jobs(waitSeconds: 0, seen: nil)
      }
      #expect(seen.elements.count == 205 && Set(seen.elements.map(\.id)) == jobs)
      #expect(seen.seen != nil)
    }
  }

  @Test("a bell rung while nobody waits wakes the next who does, and only that one")
  func bell() async throws {
    let bell = Bell()
    bell.ring()
    bell.ring()
    await bell.wait()
    let next = Task { await bell.wait() }
    let cancelled = Task { await Bell().wait() }
    cancelled.cancel()
    await cancelled.value
    bell.ring()
    await next.value
    for _ in 0..<1000 {
      let bell = Bell()
      async let rung: Void = bell.wait()
      bell.ring()
      await rung
    }
  }
}
