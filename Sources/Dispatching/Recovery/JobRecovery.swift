public import Database
public import Domain
public import Ledger

/// What happens to jobs when the broker's database was restored from an older copy: whatever became of
/// them since then is not in it, so that nobody may go on as if nothing had. `Dispatching.md` says why
/// each step is as it is.
public struct JobRecovery: Sendable {
  /// How far an epoch jumps. Leases that were granted after the copy was made have epochs that the copy
  /// does not know; none of them may ever be current again. A lease takes a commit, so that no job gets
  /// this many in years, and an epoch stays a whole number in every JSON reader (2⁵³) for 100,000
  /// recoveries.
  static let epochLeap: Int64 = 1 << 36

  let ledger: Ledger

  /// A recovery that writes its entries with a ledger.
  public init(ledger: Ledger) { self.ledger = ledger }

  /// Holds every job that is neither finished nor given to the carrier, and ends every lease. An open offer is
  /// withdrawn; the units that were reserved for it count as consumed, because the bureau that was asked
  /// may have got the key since.
  ///
  /// To be called in the transaction that raises the generation. Held jobs stay held, so that calling it
  /// again only moves epochs on.
  ///
  /// - Parameter reason: for the brand, in the job's event.
  public func holdUnfinished(
    _ transaction: Transaction, because reason: String, at now: Instant
  ) throws -> [RecoveredJob] {
    // What was shipped is left as it is, but may have been lost and leased again since.
    try transaction.run(LeaseStore.leapShipped, Self.epochLeap)
    var recovered: [RecoveredJob] = []
    while true {
      let page = try ledger.unfinished(transaction, after: recovered.last?.id.text ?? "")
      guard !page.isEmpty else { return recovered }
      for job in page { recovered.append(try hold(transaction, job, reason, at: now)) }
    }
  }

  private func hold(
    _ transaction: Transaction, _ job: JobRecord, _ reason: String, at now: Instant
  ) throws -> RecoveredJob {
    let isUnaccepted = job.state == .queued || job.state == .offered
    if isUnaccepted {
      try transaction.run(OfferStore.withdraw, now, job.id, job.brand)
      try ledger.presumeConsumed(
        transaction, licence: job.licence, brand: job.brand, units: job.quantity, job: job.id,
        at: now)
    }
    if job.state != .held {
      var data = ["reason": reason]
      data["bureau"] = job.bureau?.text
      _ = try ledger.advance(transaction, job, by: .recover, data: data, at: now)
    }
    try transaction.run(LeaseStore.leap, Self.epochLeap, job.id, job.brand)
    return RecoveredJob(job, presumedUnits: isUnaccepted ? job.quantity : 0)
  }

  /// Holds the accepted jobs of revisions whose payload is lost: no package can be made of it.
  public func hold(
    _ transaction: Transaction, acceptedJobsOf revisions: Set<RevisionID>, because reason: String,
    at now: Instant
  ) throws -> [RecoveredJob] {
    var (held, last): ([RecoveredJob], JobID?) = ([], nil)
    while true {
      let page = try ledger.unfinished(transaction, after: last?.text ?? "")
      guard let end = page.last else { return held }
      last = end.id
      for job in page where job.state == .accepted && revisions.contains(job.revision) {
        _ = try ledger.advance(transaction, job, by: .hold, data: ["reason": reason], at: now)
        try transaction.run(LeaseStore.end, job.id, job.brand)
        held.append(RecoveredJob(job, presumedUnits: 0))
      }
    }
  }
}

/// A job as a recovery found it.
public struct RecoveredJob: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: JobID
  /// The order that it serves.
  public let order: OrderID
  /// The brand that has to decide on it.
  public let brand: BrandID
  /// Where it stood.
  public let state: JobState
  /// The bureau that had it or was asked, if any.
  public let bureau: BureauID?
  /// Units that count as consumed from now on, although no key release is known.
  public let presumedUnits: Int

  init(_ job: JobRecord, presumedUnits: Int) {
    (id, order, brand) = (job.id, job.order, job.brand)
    (state, bureau) = (job.state, job.bureau)
    self.presumedUnits = presumedUnits
  }

  private enum CodingKeys: String, CodingKey {
    case id, order, brand, state, bureau
    case presumedUnits = "presumed_units"
  }
}
