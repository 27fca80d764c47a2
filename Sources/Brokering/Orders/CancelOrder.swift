import Database
public import Domain
import Ledger

extension Orders {
  /// Cancels an order that no bureau has accepted, or has any more: withdraws the open offer, gives the licence's
  /// units back, and moves job and order, in one commit. Cancelling again changes nothing.
  ///
  /// - Throws: `not_found`, `order.not_cancellable` from the acceptance on.
  public func cancel(
    brand: BrandID, _ id: OrderID, viewer: OrderViewer = .storefront
  ) async throws -> OrderView {
    let now = ambient.now()
    return try await database.write { [ledger, offers] transaction in
      let before = try Self.view(transaction, id, brand: brand, viewer: viewer, at: now)
      if before.state == .cancelled { return before }
      _ = try before.state.after(.cancel)
      guard let job = try ledger.jobOfOrder(transaction, id, brand: brand) else {
        throw Problem.failed("order \(id) has no job")
      }
      if job.state == .offered { try offers.withdraw(transaction, job, now) }
      try ledger.giveBack(
        transaction, licence: job.licence, brand: brand, units: job.quantity, job: job.id, at: now)
      _ = try ledger.advance(transaction, job, by: .cancel, at: now)
      return try Self.view(transaction, id, brand: brand, viewer: viewer, at: now)
    }
  }
}
