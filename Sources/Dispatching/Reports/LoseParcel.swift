public import BureauProtocol
import Database
public import Domain
public import Ledger

extension Dispatcher {
  /// The parcel is lost, as the brand says, who then has the order made again or gives it up. Saying it
  /// again changes nothing; a parcel that turns up before that was decided is delivered.
  ///
  /// - Parameters:
  ///   - reason: kept in the event for the brand alone; 1 to 500 bytes of plain text.
  ///   - once: claimed in the same commit, if the request may come again: the order may have a next parcel
  ///     by then.
  /// - Throws: `not_found`, `order.reason`, `job.state` unless it is shipped; as
  ///   ``IdempotentRequest/claim(_:for:at:)`` does.
  public func lost(
    order: OrderID, brand: BrandID, reason: String? = nil, once: IdempotentRequest? = nil
  ) async throws {
    try Self.check(reason)
    let now = ambient.now()
    try await database.write { transaction in
      try once?.claim(transaction, for: order, at: now)
      guard let job = try self.ledger.jobOfOrder(transaction, order, brand: brand) else {
        throw Problem.absent("order")
      }
      try self.lose(transaction, job, reason, at: now)
    }
  }

  /// The parcel is lost, as the carrier told the bureau. What follows from it the brand decides: a bureau
  /// cannot give itself another print.
  ///
  /// - Throws: `not_found`, `order.reason`, `report.stale_attempt`, `job.state` unless it is shipped.
  public func carrierLost(
    _ id: JobID, bureau: BureauID, _ request: LostRequest
  ) async throws -> JobView {
    try Self.check(request.reason)
    let now = ambient.now()
    return try await database.write { transaction in
      let job = try self.heldJob(transaction, id, bureau).record
      guard request.attempt == job.attempt else {
        throw Problem(
          .conflict, "report.stale_attempt", "The job is at attempt \(job.attempt).")
      }
      try self.lose(transaction, job, request.reason, at: now)
      return try self.view(try self.heldJob(transaction, id, bureau))
    }
  }

  /// The event says why: a customer is not shown it. Who said so is in the audit trail.
  private func lose(
    _ transaction: Transaction, _ job: JobRecord, _ reason: String?, at now: Instant
  ) throws {
    guard job.state != .lost else { return }
    var data: [String: String] = [:]
    data["bureau"] = job.bureau?.text
    data["reason"] = reason
    _ = try ledger.advance(transaction, job, by: .lose, data: data, at: now)
    try ledger.audit(
      transaction, .jobLost, brand: job.brand, about: AuditSubject(of: job, bureau: job.bureau),
      detail: "attempt \(job.attempt)", at: now)
  }
}
