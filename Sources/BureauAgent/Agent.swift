import BureauProtocol
public import Domain
import FoundationEssentials
public import Logging
import PrintPackage
import Sealing
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
  private let directory: AgentDirectory
  private let running = Mutex<Set<JobID>>([])

  /// An agent that was enrolled into a directory.
  ///
  /// - Throws: `agent.not_enrolled`, `agent.journal`, `agent.directory`, or a key's own error.
  public init(
    directory: AgentDirectory, hotFolder: String, acceptance: Acceptance, ambient: Ambient,
    logger: Logger
  ) throws {
    guard let record = try directory.text(.agent), let key = try directory.text(.apiKey),
      let identity = try directory.text(.identity), let signer = try directory.text(.signingKey),
      let trust = try directory.text(.trust)
    else {
      throw Problem(
        .conflict, "agent.not_enrolled",
        "There is no enrolled agent in \(directory.path): run `everpart agent enrol` first.")
    }
    let decoder = JSONDecoder()
    let agent = try decoder.decode(AgentRecord.self, from: Data(record.utf8))
    let document = try decoder.decode(TrustDocument.self, from: Data(trust.utf8))
    self.directory = directory
    self.acceptance = acceptance
    place = Workplace(
      broker: BrokerConnection(
        server: agent.server, key: key.trimmed, trustedRoots: agent.trustedRoots),
      bureau: agent.bureau, holder: agent.holder, identity: try Identity(parsing: identity.trimmed),
      signer: try SigningKey(parsing: signer.trimmed),
      trust: try PackageTrust(texts: document.keys(for: .broker)),
      journal: try Journal(path: directory.path(.journal)), folder: try HotFolder(path: hotFolder),
      ambient: ambient, logger: logger)
    logger.info("agent of \(agent.bureauName), answering offers: \(acceptance.rawValue)")
  }

  /// Works until the task is cancelled.
  public func run() async throws {
    defer { place.broker.shutdown() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      if acceptance == .all {
        group.addTask { try await self.again { try await self.answerOffers() } }
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

  private func work() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await again {
        let jobs = try await self.place.broker.jobs(waitSeconds: 25).filter(\.isForAgents)
        for job in jobs where self.begin(job.id) {
          group.addTask { await self.run(job.id) }
        }
        // The list answers at once while there are jobs.
        try await self.pause(.milliseconds(500))
      }
    }
  }

  private func run(_ id: JobID) async {
    defer { running.withLock { _ = $0.remove(id) } }
    do {
      try await JobRun(id, in: place).run()
    } catch is CancellationError {
      return
    } catch let problem as Problem where problem.code == "lease.stale_epoch" {
      place.logger.info("lease lost", metadata: ["job": "\(id)"])
    } catch {
      place.logger.warning("job interrupted", metadata: ["job": "\(id)", "error": "\(error)"])
      // The next poll takes it up again, a little later.
      try? await pause(error.isTransient ? .seconds(1) : .seconds(5))
    }
  }

  private func begin(_ id: JobID) -> Bool { running.withLock { $0.insert(id).inserted } }

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

extension JobView {
  /// Whether an agent has something to do: not while a person or the carrier has.
  fileprivate var isForAgents: Bool {
    [.accepted, .printing, .printed, .inspected].contains(state)
  }
}
