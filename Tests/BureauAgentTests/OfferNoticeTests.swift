import Domain
import TestSupport
import Testing

@testable import BureauAgent

@Test("an agent that asks says once of each offer that it waits", .timeLimit(.minutes(3)))
func offerWaits() async throws {
  try await Bench.with { bench in
    let agent = try Agent(
      directory: AgentDirectory(path: bench.root.path("agent")),
      hotFolder: bench.root.path("hot"), acceptance: .ask, ambient: bench.clock.ambient,
      logger: bench.log.logger)
    _ = try await bench.place()
    let work = Task { try await agent.run() }
    // It asks again after it has said so.
    while bench.line.seen.count(where: { $0.path == "/v1/bureau/offers" }) < 2 {
      try await Task.sleep(for: .milliseconds(20))
    }
    work.cancel()
    _ = await work.result
    #expect(bench.log.count("offer waits") == 1)
    let line = try #require(bench.log.lines.first { $0.contains("offer waits") })
    #expect(line.contains("offer=off_") && line.contains("material=PA12"))
    #expect(line.contains("quantity=1") && line.contains("answer_by="))
  }
}
