public import BureauProtocol
import Database
public import Domain
import Ledger

extension Dispatcher {
  /// Accepts an offer. In one commit every gate is checked again, the licence is consumed, the key
  /// release is recorded and the job moves; no key is wrapped before that commit. A crash right
  /// after it leaves an accepted job whose package is made when it is first asked for.
  ///
  /// Accepting again what was accepted answers the same. A bureau that no longer qualifies is
  /// refused, and the job goes to the next one.
  ///
  /// - Throws: `not_found`, `offer.expired`, `offer.withdrawn`, `offer.declined`,
  ///   `bureau.not_enrolled`, `release.payload_missing` (503, the offer stays open), and what the gates and the licence refuse with.
  public func accept(_ id: OfferID, bureau: BureauID) async throws -> JobView {
    try await requirePayloads(of: id, bureau)
    let now = ambient.now()
    do {
      return try await database.write { transaction in
        try self.ledger.requireKey(transaction)
        let offer = try self.offerRecord(transaction, id, bureau)
        if offer.state != .accepted { try self.accept(transaction, offer, at: now) }
        return try self.view(try self.heldJob(transaction, offer.job, bureau))
      }
    } catch let refusal as Disqualified {
      // A failure here leaves the offer open, to be swept at its deadline.
      try await passOver(id, bureau, because: refusal.problem, at: now)
      throw refusal.problem
    }
  }

  /// The files are asked for before the transaction: it must not wait for a store.
  private func requirePayloads(of id: OfferID, _ bureau: BureauID) async throws {
    let job = try await database.read { transaction -> JobRecord? in
      let offer = try self.offerRecord(transaction, id, bureau)
      return offer.state == .open ? try self.ledger.job(transaction, offer.job) : nil
    }
    if let job { try await dependencies.requirePayloads(job.revision, job.brand) }
  }

  /// Declines an offer; the next bureau is asked in the same commit. Declining again answers the
  /// same.
  ///
  /// - Parameter reason: for the brand; 1 to 500 bytes of plain text (`offer.reason`).
  public func decline(
    _ id: OfferID, bureau: BureauID, reason: String
  ) async throws -> OfferView {
    guard reason.isPlainText(maximumBytes: 500) else {
      throw Problem(
        .invalid, "offer.reason", "A reason is 1 to 500 bytes of text without control characters.")
    }
    let now = ambient.now()
    return try await database.write { transaction in
      let offer = try self.offerRecord(transaction, id, bureau)
      if offer.state != .declined {
        try offer.requireOpen(at: now)
        try self.end(transaction, offer, as: .declined, reason: reason, by: .decline, at: now)
      }
      return try self.offerView(transaction, id, bureau, at: now)
    }
  }

  private func accept(
    _ transaction: Transaction, _ offer: OfferRecord, at now: Instant
  ) throws {
    try offer.requireOpen(at: now)
    let job = try offeredJob(transaction, offer)
    do {
      guard
        let recipient = try transaction.row(OfferStore.recipient, offer.bureau)?
          .textOrNil("recipient")
      else {
        throw Problem(.conflict, "bureau.not_enrolled", "The bureau has not enrolled its keys.")
      }
      try dependencies.recheck(transaction, job, offer.bureau, offer.machine, now)
      try dependencies.recordRelease(transaction, job, offer.bureau, recipient, now)
    } catch let problem as Problem where problem.kind == .conflict || problem.kind == .invalid {
      throw Disqualified(problem: problem)
    }
    try answer(transaction, offer, as: .accepted, reason: nil, at: now)
    _ = try ledger.advance(transaction, job, by: .accept, at: now)
  }

  /// The bureau cannot take the job after all, and the brand is told why. Its offer may have been answered,
  /// withdrawn or swept in between; then there is nothing left to do.
  private func passOver(
    _ id: OfferID, _ bureau: BureauID, because problem: Problem, at now: Instant
  ) async throws {
    try await database.write { transaction in
      let offer = try self.offerRecord(transaction, id, bureau)
      guard offer.state == .open else { return }
      try self.end(
        transaction, offer, as: .withdrawn, reason: problem.description, by: .decline, at: now)
    }
  }

  func offerRecord(
    _ transaction: Transaction, _ id: OfferID, _ bureau: BureauID
  ) throws -> OfferRecord {
    guard let row = try transaction.row(OfferStore.select, id, bureau) else {
      throw Problem.absent("offer")
    }
    return try OfferRecord(row: row)
  }

  /// Ends an open offer without acceptance and goes on with its job.
  func end(
    _ transaction: Transaction, _ offer: OfferRecord, as state: OfferState, reason: String?,
    by event: JobEvent, at now: Instant
  ) throws {
    let job = try offeredJob(transaction, offer)
    try answer(transaction, offer, as: state, reason: reason, at: now)
    // The event says who did not take the job and why: a customer is shown neither.
    var data = ["bureau": offer.bureau.text]
    data["reason"] = reason
    try moveOn(
      transaction, try ledger.advance(transaction, job, by: event, data: data, at: now), at: now)
  }

  private func answer(
    _ transaction: Transaction, _ offer: OfferRecord, as state: OfferState, reason: String?,
    at now: Instant
  ) throws {
    guard
      try transaction.run(
        OfferStore.answer, state.rawValue, reason, now, offer.id, offer.bureau) == 1
    else { throw Problem(.conflict, "offer.answered", "The offer was answered in the meantime.") }
  }

  private func offeredJob(_ transaction: Transaction, _ offer: OfferRecord) throws -> JobRecord {
    guard let job = try ledger.job(transaction, offer.job), job.state == .offered,
      job.bureau == offer.bureau
    else { throw Problem.failed("open offer \(offer.id) of a job that is not offered") }
    return job
  }

  /// A refusal by a gate or the licence, apart from every other error: only it ends the offer.
  private struct Disqualified: Error {
    let problem: Problem
  }
}
