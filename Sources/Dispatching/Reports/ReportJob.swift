public import BureauProtocol
import Database
public import Domain
import Ledger
import PrintPackage

extension Dispatcher {
  /// Takes a report about an attempt and does what follows from it, in one commit in which the epoch
  /// is checked. The same report again answers the same, whichever epoch it comes under: a bureau
  /// whose connection broke may repeat itself.
  ///
  /// - Throws: `not_found`, `report.conflict` (something else was reported before),
  ///   `lease.stale_epoch`, `report.stale_attempt`, `job.state`, `report.content`,
  ///   `report.inspection`, and for a completion `completion.untrusted`, `completion.signature`,
  ///   `completion.statement`, `completion.mismatch`.
  public func report(
    _ id: JobID, bureau: BureauID, _ request: ReportRequest
  ) async throws -> JobView {
    try request.report.check()
    let now = ambient.now()
    let completion = try await verifiedCompletion(request.report, of: id, bureau: bureau)
    let content = StoredReport(report: request.report, completion: completion?.completion)
    return try await database.write { transaction in
      let held = try self.heldJob(transaction, id, bureau)
      if let row = try transaction.row(
        ReportStore.select, id, request.attempt, request.report.kind.rawValue, bureau)
      {
        guard content.saysTheSame(as: try row.json("body")) else {
          throw Problem(
            .conflict, "report.conflict",
            "Something else was reported as \(request.report.kind.rawValue) for this attempt.")
        }
        return try self.view(held)
      }
      let job = held.record
      try self.requireEpoch(request.epoch, of: job)
      guard request.attempt == job.attempt else {
        throw Problem(
          .conflict, "report.stale_attempt", "The job is at attempt \(job.attempt).")
      }
      try transaction.run(
        ReportStore.insert, id, job.attempt, request.report.kind.rawValue, job.brand, bureau,
        job.epoch, try StoredJSON.text(content), now)
      try completion?.check(transaction, against: job)
      try self.effect(transaction, of: content, on: held, at: now)
      return try self.view(try self.heldJob(transaction, id, bureau))
    }
  }

  private func effect(
    _ transaction: Transaction, of content: StoredReport, on held: HeldJob, at now: Instant
  ) throws {
    let job = held.record
    switch content.report {
    case .started: _ = try ledger.advance(transaction, job, by: .start, at: now)
    case .completed:
      guard let completion = content.completion else {
        throw Problem.failed("a completion that was not verified")
      }
      try complete(transaction, job, completion, at: now)
    case .inspected(let result): try inspect(transaction, held, result, at: now)
    case .shipped(let shipment):
      _ = try ledger.advance(
        transaction, job, by: .ship,
        data: ["carrier": shipment.carrier, "tracking": shipment.tracking], at: now)
      endLease(transaction, of: job)
    case .held:
      // The reason is for the brand and stays in the report: an event is seen by the customer.
      _ = try ledger.advance(transaction, job, by: .hold, at: now)
      endLease(transaction, of: job)
    }
  }

  private func endLease(_ transaction: Transaction, of job: JobRecord) {
    transaction.afterCommit { [leases] in leases.forget(job.id) }
  }

  private func complete(
    _ transaction: Transaction, _ job: JobRecord, _ completion: Completion, at now: Instant
  ) throws {
    _ = try ledger.advance(transaction, job, by: .complete, at: now)
    try ledger.append(
      transaction, kind: .completed, brand: job.brand, licence: job.licence, job: job.id,
      bureau: job.bureau, body: CompletionEntry(completion), at: now)
  }
}

/// What the ledger says of a completion.
private struct CompletionEntry: Encodable {
  let attempt: Int
  let epoch: Int
  let quantity: Int
  let manifestSHA256: ContentDigest

  init(_ completion: Completion) {
    attempt = completion.attempt
    epoch = completion.epoch
    quantity = completion.quantity
    manifestSHA256 = completion.manifestSHA256
  }

  enum CodingKeys: String, CodingKey {
    case attempt, epoch, quantity
    case manifestSHA256 = "manifest_sha256"
  }
}
