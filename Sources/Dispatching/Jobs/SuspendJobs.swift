public import Database
public import Domain
import Ledger

extension Dispatcher {
  /// Stops the jobs of a revision that its brand withdraws, in the caller's transaction: open offers are
  /// withdrawn and nobody else is asked, and what a bureau has and has not printed is held, its lease
  /// ended. Parts that are printed go on to their customers; the brand can still abandon a job that is
  /// held or late, and cancel an order that no bureau has.
  public func suspendJobs(
    _ transaction: Transaction, of revision: RevisionID, brand: BrandID, reason: String,
    at now: Instant
  ) throws {
    for job in try ledger.unprintedJobs(transaction, of: revision, brand: brand) {
      if job.state == .offered { try withdrawOffer(transaction, of: job, at: now) }
      var data = ["reason": reason]
      data["bureau"] = job.bureau?.text
      let next = try ledger.advance(transaction, job, by: .withdraw, data: data, at: now)
      if next.state == .held { try endAttempt(transaction, job) }
    }
  }

  /// Refuses with `revision.withdrawn` what would have a withdrawn revision printed.
  func requireReleasable(_ transaction: Transaction, _ job: JobRecord) throws {
    try revisionState(transaction, job).requireReleasesKeys()
  }

  func revisionState(_ transaction: Transaction, _ job: JobRecord) throws -> RevisionState {
    try transaction.row(HeldJobStore.revisionState, job.revision, job.brand).orAbsent("revision")
      .named("state")
  }
}
