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
  private let runEnded = Bell()
  private let pollSeconds: Int

  /// An agent that was enrolled into a directory.
  ///
  /// - Parameter pollSeconds: for how long the broker is asked to wait for news.
  /// - Throws: `agent.not_enrolled`, `agent.journal`, `agent.directory`, `agent.hot_folder_in_use`, or
  ///   a key's own error.
  public init(
    directory: AgentDirectory, hotFolder: String, acceptance: Acceptance, ambient: Ambient,
    logger: Logger, pollSeconds: Int = 25
  ) throws {
    self.pollSeconds = pollSeconds
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
        var seen: String?
        try await self.again {
          switch answering {
          case .all: try await self.answerOffers()
          case .ask: seen = try await self.announceOffers(seen)
          }
        }
      }
      group.addTask { try await self.work() }
      try await group.waitForAll()
    }
  }

  private func answerOffers() async throws {
    for offer in try await place.broker.firstOffers(waitSeconds: pollSeconds) {
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

  /// Says once of each offer that a person has to answer it. Waits until the offers are others than those
  /// that were seen; these are then seen.
  func announceOffers(_ seen: String?) async throws -> String? {
    let offers = try await place.broker.offers(waitSeconds: pollSeconds, seen: seen)
    for offer in offers.elements where place.said.isNew("offer \(offer.id)") {
      place.logger.notice(
        "offer waits",
        metadata: [
          "offer": "\(offer.id)", "material": "\(offer.profile.material)",
          "quantity": "\(offer.quantity)", "answer_by": "\(offer.expiresAt)",
        ])
    }
    try await pause(.milliseconds(250))
    return offers.seen
  }

  private func work() async throws {
    let sweep = Sweep(place: place)
    try sweep.leftovers()
    try await withThrowingDiscardingTaskGroup { group in
      // What was seen and dealt with; at first nothing, so that what has to be put away is at once.
      var seen: String?
      try await again {
        let list = try await self.look(seen)
        try await sweep.attempts(list.elements) { self.isBusy($0) }
        self.others.keep(list.elements)
        for job in list.elements where job.isForAgents && !self.isBusy(job.id) {
          guard let step = self.step(for: job) else { continue }
          _ = self.running.withLock { $0.insert(job.id) }
          group.addTask { await self.run(job.id, step) }
        }
        seen = list.seen
        // However often something changes.
        try await self.pause(.milliseconds(250))
      }
    }
  }

  /// The jobs, when they are others than those that were seen, or when a run has ended here: its job may
  /// have to be taken up again, and of that the broker has nothing to tell.
  private func look(_ seen: String?) async throws -> WholeList<JobView> {
    guard let seen else { return try await place.broker.jobs(waitSeconds: 0, seen: nil) }
    let news = try await withThrowingTaskGroup(of: WholeList<JobView>?.self) { group in
      group.addTask { try await self.place.broker.jobs(waitSeconds: self.pollSeconds, seen: seen) }
      group.addTask {
        await self.runEnded.wait()
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    if let news { return news }
    return try await place.broker.jobs(waitSeconds: 0, seen: nil)
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
    defer {
      running.withLock { _ = $0.remove(id) }
      runEnded.ring()
    }
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
      // The next look takes it up again, a little later.
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
