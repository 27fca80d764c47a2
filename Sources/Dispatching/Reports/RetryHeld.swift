public import BureauProtocol
import Database
public import Domain
public import Ledger

extension Dispatcher {
  /// A person decided that a held or lost job is printed again, by the same bureau: the next attempt. If the
  /// attempt before was started, it may have yielded parts, so it counts against the scrap
  /// allowance; and so it may when the broker's database was restored, which does not know.
  ///
  /// - Parameter once: claimed in the same commit, if the request may come again.
  /// - Throws: `not_found`, `job.state` unless it is held or lost, `revision.withdrawn`, `design.key_type`,
  ///   `job.no_bureau`, `licence.scrap_exhausted`; as
  ///   ``IdempotentRequest/claim(_:for:at:)`` does.
  public func retryHeld(
    order: OrderID, brand: BrandID, once: IdempotentRequest? = nil
  ) async throws {
    let now = ambient.now()
    try await database.write { transaction in
      try once?.claim(transaction, for: order, at: now)
      guard let job = try self.ledger.jobOfOrder(transaction, order, brand: brand) else {
        throw Problem.absent("order")
      }
      try self.requireReleasable(transaction, job)
      try self.requireKeyType(transaction, job)
      _ = try self.ledger.advance(transaction, job, by: .retry, at: now)
      guard let bureau = job.bureau else {
        throw Problem(
          .conflict, "job.no_bureau",
          "No bureau is known to have accepted this order. Reassign it, and the next one is asked, or "
            + "abandon it.")
      }
      let isStarted = try transaction.row(
        ReportStore.select, job.id, job.attempt, Report.Kind.started.rawValue, bureau)
      if try isStarted != nil || self.ledger.isHeldByRecovery(transaction, job) {
        try self.ledger.useScrap(
          transaction, licence: job.licence, brand: brand, units: job.quantity, job: job.id,
          at: now)
      }
      try self.endAttempt(transaction, job)
    }
  }

  /// What bureaus reported about an order, for its brand, in the order of attempts and time.
  public func reports(order: OrderID, brand: BrandID) async throws -> [ReportRecord] {
    try await database.read { transaction in
      guard try ledger.jobOfOrder(transaction, order, brand: brand) != nil else {
        throw Problem.absent("order")
      }
      return try transaction.rows(ReportStore.ofOrder, order, brand).map { row in
        let stored: StoredReport = try row.json("body")
        return ReportRecord(
          attempt: try row.integer("attempt"), bureau: try row.identifier("bureau_id"),
          at: try row.instant("at"), report: stored.report)
      }
    }
  }
}

/// A report as a brand reads it.
public struct ReportRecord: Hashable, Sendable, Codable {
  /// The attempt that it is about.
  public let attempt: Int
  /// The bureau that reported it.
  public let bureau: BureauID
  /// When it came in.
  public let at: Instant
  /// What was reported.
  public let report: Report
}
