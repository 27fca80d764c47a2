public import BureauProtocol
public import Database
public import Domain
import Ledger

extension Dispatcher {
  /// A page of the bureau's jobs that are not finished, in the order of their identifiers; or waits for
  /// others than those that were seen.
  ///
  /// - Parameters:
  ///   - stage: only those of this stage.
  ///   - limit: 1 to 100 (`page.limit`).
  ///   - seen: what the reader has seen of the list; none at all, if left out.
  ///   - wait: how long to wait while there is nothing else than that. A change is each step of a job and each
  ///     lease, and not that a lease runs out.
  public func jobs(
    bureau: BureauID, stage: JobStage? = nil, limit: Int = 20, after: JobID? = nil,
    seen: String? = nil, wait: Duration = .zero
  ) async throws -> JobList {
    let limit = try JobList.checked(limit: limit)
    let list = HeldJobStore.list(stage)
    return try await watch(bureau, seen: seen, wait: wait) { transaction in
      let rows = try transaction.rows(list.page, bureau, after?.text ?? "", limit + 1)
      return JobList(
        Page(try rows.map { try view(try HeldJob(row: $0)) }, limit: limit),
        seen: after == nil ? try mark(transaction.rows(list.marks, bureau)) : nil)
    }
  }

  private func mark(_ rows: [Row]) throws -> String {
    JobList.mark(
      of: try rows.map {
        "\(try $0.text("id")) \(try $0.integer("version") as Int) \(try $0.integer("epoch") as Int)"
      })
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

  // That none is offered follows from the list, which SQLite does not see: the index says so.
  private static func mine(_ states: [JobState]) -> String {
    let list = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return "bureau_id = $1 AND state <> 'offered' AND state IN (\(list))"
  }

  /// A page is cut out of an index, before anything is joined to it.
  private static func page(_ states: [JobState]) -> String {
    """
    \(held) WHERE job.bureau_id = $1 AND job.id IN (
      SELECT id FROM job WHERE \(mine(states)) AND id > $2 ORDER BY id LIMIT $3)
    ORDER BY job.id
    """
  }

  /// What is different when one of the jobs is.
  private static func marks(_ states: [JobState]) -> String {
    "SELECT id, version, epoch FROM job WHERE \(mine(states)) ORDER BY id"
  }

  private static let unfinished = JobStage.allCases.flatMap(\.states)
  static let unfinishedPage = Statement(page(unfinished))
  static let unfinishedMarks = Statement(marks(unfinished))
  static let workPage = Statement(page(JobStage.work.states))
  static let workMarks = Statement(marks(JobStage.work.states))
  static let waitingPage = Statement(page(JobStage.waiting.states))
  static let waitingMarks = Statement(marks(JobStage.waiting.states))

  static func list(_ stage: JobStage?) -> (page: Statement, marks: Statement) {
    switch stage {
    case .work: (workPage, workMarks)
    case .waiting: (waitingPage, waitingMarks)
    case nil: (unfinishedPage, unfinishedMarks)
    }
  }

  /// All of them.
  public static let statements = [
    revisionState, select, unfinishedPage, unfinishedMarks, workPage, workMarks, waitingPage,
    waitingMarks,
  ]
}
