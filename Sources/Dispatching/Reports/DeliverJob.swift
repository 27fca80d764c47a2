public import BureauProtocol
import Database
public import Domain
import Ledger

extension Dispatcher {
  /// The customer has it, as the storefront or the brand says. Saying it again changes nothing.
  public func delivered(order: OrderID, brand: BrandID) async throws {
    let now = ambient.now()
    try await database.write { transaction in
      guard let job = try self.ledger.jobOfOrder(transaction, order, brand: brand) else {
        throw Problem.absent("order")
      }
      try self.deliver(transaction, job, at: now)
    }
  }

  /// The customer has it, as the carrier told the bureau. Saying it again changes nothing.
  public func carrierDelivered(_ id: JobID, bureau: BureauID) async throws -> JobView {
    let now = ambient.now()
    return try await database.write { transaction in
      try self.deliver(
        transaction, try self.heldJob(transaction, id, bureau).record, at: now)
      return try self.view(try self.heldJob(transaction, id, bureau))
    }
  }

  private func deliver(
    _ transaction: Transaction, _ job: JobRecord, at now: Instant
  ) throws {
    guard job.state != .delivered else { return }
    _ = try ledger.advance(transaction, job, by: .deliver, at: now)
  }
}
