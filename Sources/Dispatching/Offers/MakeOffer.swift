public import Database
public import Domain
public import Ledger

extension Dispatcher {
  /// Offers a queued job to a bureau, in the caller's transaction. What the bureau is paid is the
  /// part's payout for every unit.
  public func makeOffer(
    _ transaction: Transaction, _ job: JobRecord, to candidate: Candidate, at now: Instant
  ) throws -> JobRecord {
    guard let row = try transaction.row(OfferStore.payout, job.part, job.brand) else {
      throw Problem.failed("job \(job.id) has no part")
    }
    guard let payout = try row.money("payout_minor").times(job.quantity) else {
      throw Problem(.invalid, "offer.payout", "The payout for so many units is too large.")
    }
    try transaction.run(
      OfferStore.insert, ambient.identifier(OfferID.self, at: now), job.brand, job.id,
      candidate.bureau, candidate.site, candidate.machine, payout.minorUnits,
      payout.currency.code, now, now + .seconds(policy.offerSeconds))
    let offered = try ledger.advance(
      transaction, job, by: .offer, assigning: (candidate.bureau, candidate.machine), at: now)
    transaction.afterCommit { [signals] in signals.notify(candidate.bureau) }
    return offered
  }

  /// Takes the open offer of a job back, in the caller's transaction, which goes on to cancel it. A
  /// bureau that answers later is told that the offer is gone.
  public func withdrawOffer(
    _ transaction: Transaction, of job: JobRecord, at now: Instant
  ) throws {
    try transaction.run(OfferStore.withdraw, now, job.id, job.brand)
  }

  /// Goes on with a job that is queued again: the next bureau is asked, or, when there is none, the
  /// licence gets its reserved units back and the order is unmakeable.
  func moveOn(_ transaction: Transaction, _ job: JobRecord, at now: Instant) throws {
    if let candidate = try dependencies.assignNext(transaction, job, now) {
      _ = try makeOffer(transaction, job, to: candidate, at: now)
    } else {
      try ledger.giveBack(
        transaction, licence: job.licence, brand: job.brand, units: job.quantity, job: job.id,
        at: now)
      _ = try ledger.advance(transaction, job, by: .exhaust, at: now)
    }
  }
}
