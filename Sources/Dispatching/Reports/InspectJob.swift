import BureauProtocol
import Database
import Domain
import Ledger

extension Dispatcher {
  /// A pass needs every feature of the inspection plan measured and within its tolerance. A failure
  /// opens the next attempt under the licence's scrap allowance; when that is used up, or the brand
  /// has withdrawn the revision or taken the design from the bureau's kind of key, the job waits for a person.
  func inspect(
    _ transaction: Transaction, _ held: HeldJob, _ result: InspectionResult, at now: Instant
  ) throws {
    let job = held.record
    if result.passed {
      let failing = held.profile.inspection.filter { !$0.isMet(by: result.measurements) }
      guard failing.isEmpty else {
        throw Problem(
          .invalid, "report.inspection",
          "An inspection passes when everything planned is measured and within tolerance; it is "
            + "not for: \(failing.map(\.feature).joined(separator: ", ")).")
      }
      _ = try ledger.advance(transaction, job, by: .pass, at: now)
      return
    }
    let licence = try ledger.licence(transaction, job.licence, brand: job.brand)
    // Of a withdrawn revision nothing is printed again, nor from a package that its bureau no longer gets.
    guard licence.terms.scrapAllowance - licence.scrapped >= job.quantity,
      try revisionState(transaction, job).releasesKeys,
      try hasPermittedKey(transaction, job)
    else {
      _ = try ledger.advance(transaction, job, by: .hold, at: now)
      return
    }
    try ledger.useScrap(
      transaction, licence: job.licence, brand: job.brand, units: job.quantity, job: job.id,
      at: now)
    _ = try ledger.advance(transaction, job, by: .fail, at: now)
    try endAttempt(transaction, job)
  }

  /// Ends the lease with the attempt that it was granted for: the next attempt needs a new grant, and
  /// a bureau that the job was taken from gets none.
  func endAttempt(_ transaction: Transaction, _ job: JobRecord) throws {
    try transaction.run(LeaseStore.end, job.id, job.brand)
    transaction.afterCommit { [leases] in leases.forget(job.id) }
    if let bureau = job.bureau { ledger.announce(transaction, to: bureau) }
  }
}

extension InspectionItem {
  /// Whether the feature was measured, and every measurement of it is within tolerance. A
  /// nanometre of slack takes up the rounding of decimal fractions.
  fileprivate func isMet(by measurements: [Measurement]) -> Bool {
    let mine = measurements.filter { $0.feature == feature }
    return !mine.isEmpty
      && mine.allSatisfy {
        abs($0.millimetres - nominalMillimetres) <= toleranceMillimetres + 1e-6
      }
  }
}
