import BureauProtocol
import Domain
import Logging
import PrintPackage
import Sealing

/// What a run of a job needs.
struct Workplace: Sendable {
  let broker: BrokerConnection
  let bureau: BureauID
  let holder: String
  let identity: Identity
  let signer: SigningKey
  let trust: PackageTrust
  let journal: Journal
  let folder: HotFolder
  let ambient: Ambient
  let logger: Logger
}

/// Takes one job from where it stands to where somebody else has to act: under one lease, one step
/// after the other, each decided from the broker's state, the journal and the hot folder. It can be
/// killed anywhere and run again.
struct JobRun: Sendable {
  let place: Workplace
  let id: JobID
  private let log: Logger

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
    while job.attempt == lease.attempt {
      switch job.state {
      case .accepted: job = try await start(job, lease)
      case .printing: job = try await complete(job, lease)
      case .printed: job = try await inspect(job, lease)
      case .inspected: job = try await ship(job, lease)
      default: return try tidy(job)
      }
    }
  }

  // MARK: accepted → printing

  private func start(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let records = place.journal.records(of: id, attempt: job.attempt)
    if let intent = records.last(where: { $0.step == .intent }), let name = intent.partName {
      if !records.contains(where: { $0.step == .handed }) {
        if place.folder.hasTrace(name) {
          // The rename happened; only the line that says so is missing.
          try note(.handed, job)
        } else if place.folder.isPrepared(name) {
          // The rename takes the prepared name away, so it never happened.
          try place.folder.handOver(name)
          try note(.handed, job)
        } else {
          return try await hold(
            job, lease, "After a restart it is not known whether the part was handed over.")
        }
      }
    } else {
      do {
        try await handOver(job, lease)
      } catch let refusal as Problem where refusal.isAboutThePackage {
        log.error("package refused", metadata: ["code": "\(refusal.code)"])
        return try await hold(job, lease, "The package was refused: \(refusal.code).")
      }
    }
    log.info("printing", metadata: ["part": "\(job.partName)", "quantity": "\(job.quantity)"])
    return try await report(.started, job, lease)
  }

  private func handOver(_ job: JobView, _ lease: LeaseView) async throws {
    var opener = PackageOpener(
      identity: place.identity, trust: place.trust,
      expecting: PackageExpectation(
        now: place.ambient.now(), bureau: place.bureau,
        recipient: place.identity.recipient.description, job: id))
    try await place.broker.package(id) { try opener.update($0) }
    let package = try opener.finish()
    let grant = try LeaseGrant.verified(
      try Envelope(json: try lease.grant.json()), trust: place.trust, for: package.statement)
    guard grant.epoch == lease.epoch, grant.attempt == job.attempt else {
      throw Problem(.invalid, "grant.mismatch", "The lease grant is for another epoch or attempt.")
    }
    guard package.files.count == 1, let file = package.files.first else {
      throw Problem(
        .invalid, "package.files",
        "A hot folder takes packages of one file; this one has "
          + "\(package.files.count).")
    }
    let name = HotFolder.partName(
      job: id, attempt: job.attempt, fileName: file.manifest.name)
    try place.folder.prepare(file.content, sheet: try package.ticket.json(), as: name)
    try note(.intent, job) {
      $0.manifestSHA256 = package.statement.digest
      $0.partName = name
    }
    try place.folder.handOver(name)
    try note(.handed, job)
    log.info(
      "verified, opened and handed over",
      metadata: ["file": "\(name)", "bytes": "\(file.content.count)"])
  }

  // MARK: printing → printed → inspected → shipped

  private func complete(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (intent, name) = try handed(job)
    let outcome: PrintOutcome
    if let fixed = place.journal.records(of: id, attempt: job.attempt).compactMap(\.outcome).last {
      outcome = fixed
    } else {
      guard let seen = try await waitForPrint(name) else {
        return try await hold(job, lease, try failureReason(name))
      }
      outcome = seen
      try note(.printed, job) { $0.outcome = seen }
    }
    let completion = Completion(
      job: id, bureau: place.bureau, attempt: job.attempt, epoch: lease.epoch,
      manifestSHA256: intent, quantity: job.quantity, machine: outcome.machine,
      materialLot: outcome.materialLot, completedAt: outcome.seenAt ?? place.ambient.now())
    let statement = try SignedStatement(json: try completion.signed(by: place.signer).json())
    let next = try await report(.completed(statement), job, lease)
    try note(.completed, job)
    // The broker has the completion: the design has no more business on this disk.
    place.folder.removePart(name)
    log.info("printed", metadata: ["lot": "\(outcome.materialLot ?? "–")"])
    return next
  }

  private func inspect(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (_, name) = try handed(job)
    place.folder.removePart(name)
    let result = try await waitFor("the inspection of \(name)") {
      try inspection(of: job, name)
    }
    let next = try await report(.inspected(result), job, lease)
    log.info("inspected", metadata: ["passed": "\(result.passed)"])
    if next.attempt != job.attempt || next.state == .held { try close(job, name) }
    return next
  }

  /// The result once everything planned is measured; until then, nil.
  private func inspection(of job: JobView, _ name: String) throws -> InspectionResult? {
    guard let outcome = try place.folder.read(.done, of: name, as: PrintOutcome.self) else {
      return nil
    }
    let measured = outcome.measurements ?? [:]
    let missing = job.profile.inspection.map(\.feature).filter { measured[$0] == nil }
    guard missing.isEmpty || outcome.passed == false else { return nil }
    let within = job.profile.inspection.allSatisfy { item in
      measured[item.feature].map {
        abs($0 - item.nominalMillimetres) <= item.toleranceMillimetres + 1e-6
      } ?? false
    }
    return InspectionResult(
      passed: within && outcome.passed != false,
      measurements: measured.sorted { $0.key < $1.key }.map {
        Measurement(feature: $0.key, millimetres: $0.value)
      }, materialLot: outcome.materialLot)
  }

  private func ship(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (_, name) = try handed(job)
    let shipment = try await waitFor("the shipment of \(name)") {
      try place.folder.read(.shipped, of: name, as: Shipment.self)
    }
    let next = try await report(.shipped(shipment), job, lease)
    log.info("shipped", metadata: ["carrier": "\(shipment.carrier)"])
    try close(job, name)
    return next
  }

  // MARK: steps

  private func hold(
    _ job: JobView, _ lease: LeaseView, _ reason: String
  ) async throws -> JobView {
    log.warning("held for a person", metadata: ["reason": "\(reason)"])
    let next = try await report(.held(reason: reason), job, lease)
    try tidy(job)
    return next
  }

  /// After the job has gone on without this agent, or ended: leaves nothing of it in the folder.
  private func tidy(_ job: JobView) throws {
    let records = place.journal.records(of: id, attempt: job.attempt)
    guard let name = records.compactMap(\.partName).last,
      !records.contains(where: { $0.step == .closed })
    else { return }
    try close(job, name)
  }

  private func close(_ job: JobView, _ name: String) throws {
    place.folder.removePart(name)
    place.folder.removeMarkers(name)
    try note(.closed, job)
  }

  private func report(
    _ report: Report, _ job: JobView, _ lease: LeaseView
  ) async throws -> JobView {
    try await place.broker.report(
      id, ReportRequest(epoch: lease.epoch, attempt: job.attempt, report: report))
  }

  private func note(
    _ step: Journal.Record.Step, _ job: JobView, _ more: (inout Journal.Record) -> Void = { _ in }
  ) throws {
    var record = Journal.Record(
      step: step, job: id, attempt: job.attempt, at: place.ambient.now())
    more(&record)
    try place.journal.append(record)
  }

  /// What was handed over for an attempt that the broker knows as begun.
  private func handed(_ job: JobView) throws -> (manifest: ContentDigest, name: String) {
    let records = place.journal.records(of: id, attempt: job.attempt)
    guard let intent = records.last(where: { $0.step == .intent }),
      let digest = intent.manifestSHA256, let name = intent.partName
    else {
      throw Problem(
        .conflict, "agent.not_ours",
        "The job was begun by an agent with another journal; this one cannot go on with it.")
    }
    return (digest, name)
  }

  private func failureReason(_ name: String) throws -> String {
    struct Failure: Decodable { let reason: String? }
    let reason = try place.folder.read(.failed, of: name, as: Failure.self)?.reason
    return reason.flatMap { $0.isPlainText(maximumBytes: 400) ? "The print failed: \($0)" : nil }
      ?? "The print failed."
  }

  /// Waits for `.done` (then what it says) or `.failed` (then nil).
  private func waitForPrint(_ name: String) async throws -> PrintOutcome? {
    struct Anything: Decodable {}
    return try await waitFor("the print of \(name)") {
      if try place.folder.read(.failed, of: name, as: Anything.self) != nil { return .some(nil) }
      return try place.folder.read(.done, of: name, as: PrintOutcome.self).map { outcome in
        var seen = outcome
        seen.seenAt = place.ambient.now()
        return seen
      }
    }
  }

  /// Looks until there is something: a folder has no other way to tell.
  private func waitFor<Value>(_ what: String, _ look: () throws -> Value?) async throws -> Value {
    log.debug("waiting for \(what)")
    while true {
      if let value = try look() { return value }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}

extension Problem {
  /// Whether a package itself is wrong, so that fetching it again cannot help.
  fileprivate var isAboutThePackage: Bool {
    kind == .invalid && (code.hasPrefix("package.") || code.hasPrefix("grant."))
  }
}
