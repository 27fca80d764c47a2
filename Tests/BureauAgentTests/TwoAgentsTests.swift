import BureauProtocol
import Domain
import Foundation
import TestSupport
import Testing

@testable import BureauAgent

extension Bench {
  /// A second agent of the bureau with the same keys, its own name and its own journal.
  func copyAgent(to name: String) async throws {
    try FileManager.default.copyItem(atPath: root.path("agent"), toPath: root.path(name))
    let record = String(decoding: try root.read("\(name)/agent.json"), as: UTF8.self)
    let holder = try #require(try AgentDirectory(path: root.path(name)).record()).holder
    try root.write(
      record.replacingOccurrences(of: holder, with: name).utf8, to: "\(name)/agent.json")
    try root.write([], to: "\(name)/journal.jsonl")
  }

  /// A whole agent that only works on what is accepted.
  func agent(
    _ name: String = "agent", folder: String = "hot", pollSeconds: Int = 25
  ) throws -> Agent {
    try Agent(
      directory: AgentDirectory(path: root.path(name)), hotFolder: root.path(folder),
      acceptance: .ask, ambient: clock.ambient, logger: log.logger, pollSeconds: pollSeconds)
  }

  /// Waits until an agent has asked for its jobs some more times.
  func polls(_ count: Int) async throws {
    let asked: () -> Int = { line.seen.count { $0.path == "/v1/bureau/jobs" } }
    let end = asked() + count
    while asked() < end { try await Task.sleep(for: .milliseconds(20)) }
  }

  var leases: Int { line.seen.count { $0.path.hasSuffix("/lease") } }
}

@Suite("Two agents of one bureau", .timeLimit(.minutes(3)))
struct TwoAgentsTests {
  @Test("another agent's attempt is left alone, said once, and held after a quarter of an hour")
  func abandoned() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.copyAgent(to: "second")
      try await bench.die(at: .handed, job)
      let leases = bench.leases
      let agent = try bench.agent("second", folder: "other", pollSeconds: 1)
      let work = Task { try await agent.run() }
      // While the first one's lease stands, no time counts.
      try await bench.polls(2)
      bench.clock.advance(by: .seconds(121))
      try await bench.polls(2)
      bench.clock.advance(by: .seconds(15 * 60 - 1))
      try await bench.polls(2)
      #expect(bench.leases == leases)
      #expect(try await bench.state(job) == "printing")
      #expect(bench.log.count("left to the agent that began it") == 1)
      bench.clock.advance(by: .seconds(1))
      while try await bench.state(job) != "held" { try await Task.sleep(for: .milliseconds(20)) }
      work.cancel()
      _ = await work.result
      #expect(bench.log.count("job interrupted") == 0)
      // The first comes back: the attempt is over, and its part goes.
      try await bench.sweep()
      #expect(bench.files().isEmpty)
    }
  }

  @Test("an agent that comes back to its lease in time goes on as if nothing had been")
  func returns() throws {
    let others = OthersAttempts()
    let job = try Samples.job(leased: false)
    let leased = try Samples.job(leased: true)
    var next = job
    next.attempt = 2
    #expect(!others.isAbandoned(job, at: .seconds(0)))
    #expect(!others.isAbandoned(job, at: .seconds(899)))
    #expect(!others.isAbandoned(leased, at: .seconds(899)))
    #expect(!others.isAbandoned(job, at: .seconds(900)))
    #expect(!others.isAbandoned(next, at: .seconds(1700)))
    #expect(!others.isAbandoned(next, at: .seconds(2599)))
    #expect(others.isAbandoned(next, at: .seconds(2600)))
    others.keep([])
    #expect(!others.isAbandoned(next, at: .seconds(2600)))
  }

  @Test("a part that one agent prepared is not handed over when another started the attempt")
  func overtaken() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.copyAgent(to: "second")
      try await bench.die(at: .asked, job)
      #expect(bench.files().contains(".\(job)-1.stl.part"))
      bench.clock.advance(by: .seconds(121))
      try await bench.run(job, "second", folder: "other") {
        try bench.steps("second").contains("handed")
      }
      // The first is back, and gets the lease: the part in its folder was never handed over, but the
      // second's was.
      bench.clock.advance(by: .seconds(121))
      await #expect(throws: Problem.self) {
        try await bench.start { try await JobRun(job, in: $0).run() }
      }
      #expect(!bench.files().contains("\(job)-1.stl"))
      try await bench.sweep()
      #expect(bench.files().isEmpty)
      #expect(try bench.steps() == ["intent", "asked", "closed"])
      #expect(try await bench.state(job) == "printing")
    }
  }

  @Test("while one agent prepares, the other does not get the job")
  func leased() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.copyAgent(to: "second")
      try await bench.die(at: .intent, job)
      let problem = await #expect(throws: Problem.self) {
        try await bench.start("second", folder: "other") { try await JobRun(job, in: $0).run() }
      }
      #expect(problem?.code == "lease.held")
    }
  }

  @Test("a hot folder has one agent, and its lock goes with it")
  func hotFolderLock() throws {
    let directory = try TemporaryDirectory()
    do {
      let first = try HotFolder(path: directory.path("hot"))
      let problem = #expect(throws: Problem.self) {
        _ = try HotFolder(path: directory.path("hot"))
      }
      #expect(problem?.code == "agent.hot_folder_in_use")
      #expect(problem?.detail.contains("a hot folder of its own") == true)
      // Nothing lies in the folder that a tool could remove and the lock with it.
      #expect(try directory.files().filter { $0.hasPrefix("hot/") }.isEmpty)
      withExtendedLifetime(first) {}
    }
    _ = try HotFolder(path: directory.path("hot"))
  }
}
