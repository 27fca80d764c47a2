import BureauProtocol
import Domain
import Logging
import PrintPackage
import Sealing

/// Takes one job from where it stands to where somebody else has to act: under one lease, one step
/// after the other, each decided from the broker's state, the journal and the hot folder. It can be
/// killed anywhere and run again.
struct JobRun: Sendable {
  let place: Workplace
  let id: JobID
  let log: Logger

  init(_ id: JobID, in place: Workplace) {
    self.id = id
    self.place = place
    var log = place.logger
    log[metadataKey: "job"] = "\(id)"
    self.log = log
  }

  /// Leases the job and works on it while heartbeats keep the lease.
  func run() async throws {
    let lease = try await place.broker.lease(id, holder: place.holder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await keep(lease) }
      group.addTask { try await work(lease) }
      defer { group.cancelAll() }
      // The heartbeat never ends by itself: whichever ends first ends the run.
      try await group.next()
    }
  }

  private func keep(_ lease: LeaseView) async throws {
    while true {
      try await Task.sleep(for: .seconds(max(1, lease.termSeconds / 3)))
      do {
        _ = try await place.broker.heartbeat(id, epoch: lease.epoch)
      } catch  where error.isTransient {
        // Work goes on: the broker checks the epoch with every report, not the clock.
        log.warning("no heartbeat got through", metadata: ["error": "\(error)"])
      }
    }
  }

  private func work(_ lease: LeaseView) async throws {
    var job = try await place.broker.job(id)
    while job.attempt == lease.attempt, job.isForAgents {
      switch job.state {
      case .accepted: job = try await start(job, lease)
      case .printing: job = try await handOver(job, lease)
      case .printed: job = try await inspect(job, lease)
      default: job = try await ship(job, lease)
      }
    }
    try place.close(lease.attempt, of: id)
  }

  // MARK: steps

  /// What the broker signed for this lease. A completion names this manifest and no other: the one of
  /// the journal may have been signed anew since, before the print began.
  func grant(_ lease: LeaseView) throws -> LeaseGrant {
    try LeaseGrant.verified(
      try Envelope(json: try lease.grant.json()), trust: place.trust, job: id,
      bureau: place.bureau, epoch: lease.epoch, attempt: lease.attempt)
  }

  /// The attempt, with the name of its part, that this agent prepared and nobody else started.
  func ours(_ job: JobView) throws -> (attempt: Attempt, name: String) {
    let attempt = place.attempt(job.attempt, of: id)
    guard let name = attempt.partName, attempt.isOurs(job) else {
      throw Problem(
        .conflict, "agent.not_ours",
        "The job was begun by an agent with another journal; this one cannot go on with it.")
    }
    return (attempt, name)
  }

  func hold(
    _ job: JobView, _ lease: LeaseView, _ reason: String
  ) async throws -> JobView {
    log.warning("held for a person", metadata: ["reason": "\(reason)"])
    return try await report(.held(reason: reason), job, lease)
  }

  /// Sends a report. Where its answer is lost, the next run finds by the broker's state whether it
  /// came, and sends it again if not.
  func report(
    _ report: Report, _ job: JobView, _ lease: LeaseView
  ) async throws -> JobView {
    try await place.broker.report(
      id, ReportRequest(epoch: lease.epoch, attempt: job.attempt, report: report))
  }

  func note(
    _ step: Journal.Record.Step, _ job: JobView, _ more: (inout Journal.Record) -> Void = { _ in }
  ) throws {
    var record = Journal.Record(
      step: step, job: id, attempt: job.attempt, at: place.ambient.now())
    more(&record)
    try place.journal.append(record)
  }

  /// Looks until there is something: a folder has no other way to tell.
  func waitFor<Value>(_ what: String, _ look: () throws -> Value?) async throws -> Value {
    log.debug("waiting for \(what)")
    while true {
      if let value = try look() { return value }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}
