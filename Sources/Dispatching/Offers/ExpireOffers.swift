import BureauProtocol
import Database
import Domain

extension Dispatcher {
  /// Ends the offers whose deadline has passed, each in a commit of its own, and goes on with their
  /// jobs. Meant to run again and again. One that fails does not keep the others; the first error is
  /// thrown at the end.
  ///
  /// - Returns: how many it ended.
  @discardableResult
  public func expireOffers() async throws -> Int {
    let now = ambient.now()
    var ended = 0
    var failure: (any Error)?
    var last = (expiresAt: Instant(milliseconds: 0), id: "")
    while true {
      let after = last
      let due = try await database.read { transaction in
        try transaction.rows(OfferStore.due, now, after.expiresAt, after.id)
          .map(OfferRecord.init(row:))
      }
      guard let end = due.last else { break }
      last = (end.expiresAt, end.id.text)
      for offer in due {
        do { if try await expire(offer, at: now) { ended += 1 } } catch {
          failure = failure ?? error
        }
      }
    }
    if let failure { throw failure }
    return ended
  }

  private func expire(_ due: OfferRecord, at now: Instant) async throws -> Bool {
    try await database.write { transaction in
      // It may have been answered or withdrawn since it was listed.
      let offer = try self.offerRecord(transaction, due.id, due.bureau)
      guard offer.state == .open, offer.expiresAt <= now else { return false }
      try self.end(transaction, offer, as: .expired, reason: nil, by: .expire, at: now)
      return true
    }
  }
}
