import BureauProtocol
public import Domain
public import Logging
import Synchronization

/// A bureau's agent: asks its broker for offers and jobs, verifies and opens packages in memory,
/// hands parts over to a hot folder, and reports what the bureau's tools say.
public final class Agent: Sendable {
  /// Who answers offers.
  public enum Acceptance: String, Sendable, CaseIterable {
    /// The agent accepts every offer.
    case all
    /// A person does, with `everpart bureau accept`.
    case ask
  }

  private let place: Workplace
  private let acceptance: Acceptance
  /// Its lock is held for as long as the agent is.
  private let directory: AgentDirectory
  private let running = Mutex<Set<JobID>>([])
  private let others = OthersAttempts()

  /// An agent that was enrolled into a directory.
  ///
  /// - Throws: `agent.not_enrolled`, `agent.journal`, `agent.directory`, `agent.hot_folder_in_use`, or
  ///   a key's own error.
  public init(
    directory: AgentDirectory, hotFolder: String, acceptance: Acceptance, ambient: Ambient,
    logger: Logger
  ) throws {
    self.directory = directory
    self.acceptance = acceptance
    place = try Workplace(
      directory: directory, hotFolder: hotFolder, ambient: ambient, logger: logger)
    logger.info("answering offers: \(acceptance.rawValue)")
  }

  /// Works until the task is cancelled.
  public func run() async throws {
    defer { place.broker.shutdown() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      let answering = acceptance
      group.addTask {
        try await self.again {
          switch answering {
          case .all: try await self.answerOffers()
          case .ask: try await self.announceOffers()
          }
        }
      }
      group.addTask { try await self.work() }
      try await group.waitForAll()
    }
  }

  private func answerOffers() async throws {
    for offer in try await place.broker.offers(waitSeconds: 25) {
      do {
        _ = try await place.broker.accept(offer.id)
        place.logger.info(
          "accepted", metadata: ["job": "\(offer.job)", "material": "\(offer.profile.material)"])
      } catch let problem as Problem where !problem.isTransient {
        // Withdrawn, expired, or no longer qualified: the broker goes on without this bureau.
        place.logger.warning("offer refused", metadata: ["code": "\(problem.code)"])
        try await pause(.seconds(1))
      }
    }
  }

  /// Says once of each offer that a person has to answer it.
  func announceOffers() async throws {
    let offers = try await place.broker.offers(waitSeconds: 25)
    for offer in offers where place.said.isNew("offer \(offer.id)") {
      place.logger.notice(
        "offer waits",
        metadata: [
          "offer": "\(offer.id)", "material": "\(offer.profile.material)",
          "quantity": "\(offer.quantity)", "answer_by": "\(offer.expiresAt)",
        ])
    }
    // The list answers at once while there are offers.
    if !offers.isEmpty { try await pause(.seconds(5)) }
  }

  private func work() async throws {
    let sweep = Sweep(place: place)
    try sweep.leftovers()
    try await withThrowingDiscardingTaskGroup { group in
      // The first look is at once, for what has to be put away.
      var waitSeconds = 0
      try await again {
        let jobs = try await self.place.broker.jobs(waitSeconds: waitSeconds)
        waitSeconds = 25
        try await sweep.attempts(jobs) { self.isBusy($0) }
        self.others.keep(jobs)
        for job in jobs where job.isForAgents && !self.isBusy(job.id) {
          guard let step = self.step(for: job) else { continue }
          _ = self.running.withLock { $0.insert(job.id) }
          group.addTask { await self.run(job.id, step) }
        }
        // The list answers at once while there are jobs.
        try await self.pause(.milliseconds(500))
      }
    }
  }

  /// What is to be done for a job; nil where another agent is about it.
  private func step(for job: JobView) -> (@Sendable (JobRun) async throws -> Void)? {
    let attempt = place.attempt(job.attempt, of: job.id)
    if job.state == .accepted || attempt.isOurs(job) { return { try await $0.run() } }
    // One that was closed here a moment ago may still stand in this list.
    if !attempt.isClosed, place.said.isNew("\(job.id) \(job.attempt) is another's") {
      place.logger.info(
        "left to the agent that began it",
        metadata: ["job": "\(job.id)", "attempt": "\(job.attempt)", "state": "\(job.state)"])
    }
    guard others.isAbandoned(job, at: place.ambient.uptime()) else { return nil }
    return { try await $0.giveUp() }
  }

  private func run(_ id: JobID, _ step: @Sendable (JobRun) async throws -> Void) async {
    defer { running.withLock { _ = $0.remove(id) } }
    do {
      try await step(JobRun(id, in: place))
    } catch is CancellationError {
      return
    } catch let problem as Problem where problem.code == "lease.stale_epoch" {
      place.logger.info("lease lost", metadata: ["job": "\(id)"])
    } catch let problem as Problem where problem.code == "lease.held" {
      if place.said.isNew("\(id) is leased") {
        place.logger.info("another agent has the lease", metadata: ["job": "\(id)"])
      }
      try? await pause(.seconds(5))
    } catch {
      place.logger.warning("job interrupted", metadata: ["job": "\(id)", "error": "\(error)"])
      // The next poll takes it up again, a little later.
      try? await pause(error.isTransient ? .seconds(1) : .seconds(5))
    }
  }

  private func isBusy(_ id: JobID) -> Bool { running.withLock { $0.contains(id) } }

  /// Repeats something for ever; after an error with a growing, jittered pause.
  private func again(_ body: () async throws -> Void) async throws {
    var failures = 0
    while true {
      do {
        try await body()
        failures = 0
      } catch {
        try Task.checkCancellation()
        failures += 1
        if failures == 1 || failures.isMultiple(of: 10) {
          place.logger.warning("the broker cannot be asked", metadata: ["error": "\(error)"])
        }
        try await pause(.milliseconds(250 << min(failures, 7)))
      }
    }
  }

  /// Waits for a half to all of a time, so that many agents do not come back at once.
  private func pause(_ longest: Duration) async throws {
    var generator = place.ambient.generator
    try await Task.sleep(for: longest * Double.random(in: 0.5...1, using: &generator))
  }
}
