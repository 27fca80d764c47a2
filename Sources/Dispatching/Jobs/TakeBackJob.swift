import BureauProtocol
import Database
public import Domain
public import Ledger

extension Dispatcher {
  /// Takes a job from the bureau that accepted it, because it is held, lost or late, and asks the next one.
  /// In one commit the licence's units are reserved once more (what was consumed stays consumed: that
  /// bureau has the key and could print), the job is queued for its next attempt, the lease ends, the
  /// order can be cancelled again, and the next bureau is asked as after a declined offer: none that
  /// was asked before, and when there is none, the order is unmakeable and the new units go back.
  ///
  /// From this commit on the job is `not_found` for the bureau that had it. The package that it has
  /// fetched cannot be taken away; its key release stays in the ledger.
  ///
  /// - Parameters:
  ///   - reason: kept in the event for the brand alone; 1 to 500 bytes of plain text.
  ///   - once: claimed in the same commit, if the request may come again.
  /// - Throws: `not_found`, `order.reason`, `job.state`, `job.not_overdue`, `revision.withdrawn`,
  ///   `licence.count_exhausted`; as ``IdempotentRequest/claim(_:for:at:)`` does.
  public func reassign(
    order: OrderID, brand: BrandID, reason: String? = nil, once: IdempotentRequest? = nil
  ) async throws {
    try Self.check(reason)
    let now = ambient.now()
    try await database.write { transaction in
      try once?.claim(transaction, for: order, at: now)
      let job = try self.jobToTakeBack(transaction, order, brand, by: .reassign, at: now)
      try self.requireReleasable(transaction, job)
      try self.ledger.reserve(
        transaction, licence: job.licence, brand: brand, units: job.quantity, job: job.id, at: now)
      let queued = try self.takeBack(transaction, job, by: .reassign, reason, at: now)
      try self.moveOn(transaction, queued, at: now)
    }
  }

  /// Takes a job from the bureau that accepted it, because it is held, lost or late, and ends it with
  /// its order. The units stay consumed, because that bureau has the key and could print. The job is
  /// `not_found` for it from this commit on.
  ///
  /// - Parameters:
  ///   - reason: kept in the event for the brand alone; 1 to 500 bytes of plain text.
  ///   - once: claimed in the same commit, if the request may come again.
  /// - Throws: `not_found`, `order.reason`, `job.state`, `job.not_overdue`; as
  ///   ``IdempotentRequest/claim(_:for:at:)`` does.
  public func abandon(
    order: OrderID, brand: BrandID, reason: String? = nil, once: IdempotentRequest? = nil
  ) async throws {
    try Self.check(reason)
    let now = ambient.now()
    try await database.write { transaction in
      try once?.claim(transaction, for: order, at: now)
      let job = try self.jobToTakeBack(transaction, order, brand, by: .abandon, at: now)
      _ = try self.takeBack(transaction, job, by: .abandon, reason, at: now)
    }
  }

  static func check(_ reason: String?) throws(Problem) {
    guard reason?.isPlainText(maximumBytes: 500) ?? true else {
      throw Problem(
        .invalid, "order.reason",
        "A reason is 1 to 500 bytes of text without control characters; it may be left out.")
    }
  }

  private func jobToTakeBack(
    _ transaction: Transaction, _ order: OrderID, _ brand: BrandID, by event: JobEvent,
    at now: Instant
  ) throws -> JobRecord {
    guard let job = try ledger.jobOfOrder(transaction, order, brand: brand) else {
      throw Problem.absent("order")
    }
    try job.days.checkTakingBack(job.state, by: event, today: now.day)
    return job
  }

  /// The event says who had the job and why it was taken: a customer is shown neither.
  private func takeBack(
    _ transaction: Transaction, _ job: JobRecord, by event: JobEvent, _ reason: String?,
    at now: Instant
  ) throws -> JobRecord {
    var data: [String: String] = [:]
    data["bureau"] = job.bureau?.text
    data["reason"] = reason
    let next = try ledger.advance(transaction, job, by: event, data: data, at: now)
    try endAttempt(transaction, job)
    // Without the reason, which may say who the customer is: it is in the order's event.
    try ledger.audit(
      transaction, event == .abandon ? .jobAbandoned : .jobReassigned, brand: job.brand,
      about: AuditSubject(of: job, bureau: job.bureau), detail: "was \(job.state.rawValue)",
      at: now)
    return next
  }
}
