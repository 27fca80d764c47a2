public import BureauProtocol
public import Database
public import Domain
import Ledger

extension Dispatcher {
  /// The bureau's jobs that are not finished, at most 200: those that the bureau has to act on come
  /// first, the oldest of them first, so that no number of waiting ones hides them. When there are none, waits
  /// up to `wait` for the first.
  public func jobs(bureau: BureauID, wait: Duration = .zero) async throws -> [JobView] {
    try await signals.poll(bureau, wait: wait) {
      try await database.read { transaction in
        try transaction.rows(HeldJobStore.unfinished, bureau).map {
          try view(try HeldJob(row: $0))
        }
      }
    }
  }

  /// One of the bureau's jobs; `not_found` for every other.
  public func job(_ id: JobID, bureau: BureauID) async throws -> JobView {
    try await database.read { try view(try heldJob($0, id, bureau)) }
  }

  func heldJob(_ transaction: Transaction, _ id: JobID, _ bureau: BureauID) throws -> HeldJob {
    guard let row = try transaction.row(HeldJobStore.select, id, bureau) else {
      throw Problem.absent("job")
    }
    return try HeldJob(row: row)
  }

  func view(_ job: HeldJob) throws -> JobView {
    try job.view(leased: leases.isHeld(job.record, at: ambient.uptime()))
  }
}

/// The SQL of jobs as the bureau that holds them reads them. Joining the accepted offer is what
/// keeps everybody else out.
public enum HeldJobStore: StatementCatalogue {
  private static let held = """
    SELECT job.id, job.brand_id, job.order_id, job.part_id, job.design_id, job.revision_id,
      job.profile_id, job.licence_id, job.quantity, job.state, job.version, job.attempt, job.bureau_id,
      job.machine_id, job.epoch, job.lease_holder, job.production_day, job.due_day,
      part.name AS part_name, print_profile.profile, offer.payout_minor, offer.currency,
      (SELECT report.epoch FROM report
        WHERE report.job_id = job.id AND report.attempt = job.attempt
          AND report.kind = 'started' AND report.bureau_id = job.bureau_id) AS started_epoch
    FROM job
    JOIN offer ON offer.job_id = job.id AND offer.bureau_id = job.bureau_id
      AND offer.brand_id = job.brand_id AND offer.state = 'accepted'
    JOIN part ON part.id = job.part_id AND part.brand_id = job.brand_id
    JOIN print_profile ON print_profile.id = job.profile_id
      AND print_profile.revision_id = job.revision_id AND print_profile.brand_id = job.brand_id
    """
  static let revisionState = Statement(
    "SELECT state FROM revision WHERE id = $1 AND brand_id = $2")
  static let select = Statement("\(held) WHERE job.id = $1 AND job.bureau_id = $2")
  // That it is not 'offered' follows from the list, which SQLite does not see: the index says so.
  static let unfinished = Statement(
    """
    \(held)
    WHERE job.bureau_id = $1 AND job.state <> 'offered'
      AND job.state IN ('accepted', 'printing', 'printed', 'inspected', 'shipped', 'held')
    ORDER BY CASE WHEN job.state IN ('shipped', 'held') THEN 1 ELSE 0 END, job.id LIMIT 200
    """)

  /// All of them.
  public static let statements = [revisionState, select, unfinished]
}
