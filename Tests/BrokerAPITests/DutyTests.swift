import ServiceLifecycle
import TestSupport
import Testing

@testable import BrokerServer

@Suite("Duties", .timeLimit(.minutes(1)))
struct DutyTests {
  private struct Fault: Error {}

  /// Fails in every round.
  private struct Broken: Duty {
    let name = "the duty"
    let begun: AsyncStream<Void>.Continuation

    func round() async throws {
      begun.yield()
      throw Fault()
    }
  }

  /// Stops a duty when it has begun so many rounds; its log.
  private func run(every interval: Duration, rounds count: Int) async throws -> LogCatcher {
    let log = LogCatcher()
    let (rounds, begun) = AsyncStream.makeStream(of: Void.self)
    let service = RecurringDuty(
      duty: Broken(begun: begun), interval: interval, logger: log.logger)
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: service)], logger: log.logger))
    async let end: Void = group.run()
    for await _ in rounds.prefix(count) {}
    await group.triggerGracefulShutdown()
    try await end
    return log
  }

  @Test("a round that fails is logged, and the next one comes, until the server stops")
  func failing() async throws {
    let log = try await run(every: .milliseconds(1), rounds: 3)
    #expect(log.count("error the duty failed detail=Fault()") >= 2, "\(log.lines)")
  }

  @Test("the first round comes at once, and a stop does not wait for the next one")
  func waiting() async throws {
    let log = try await run(every: .seconds(86_400), rounds: 1)
    #expect(log.count("the duty failed") == 1, "\(log.lines)")
  }
}
