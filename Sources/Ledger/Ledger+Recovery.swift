public import Database
public import Domain

extension Ledger {
  /// The number and time of the last entry; 0 and nil before the first.
  public func last(_ transaction: Transaction) throws -> (number: Int64, at: Instant?) {
    guard let row = try transaction.row(RecoveryStore.lastEntry) else { return (0, nil) }
    return (try row.integer("number"), try row.instant("at"))
  }

  /// Whether a held job is held because the database was restored.
  public func isHeldByRecovery(_ transaction: Transaction, _ job: JobRecord) throws -> Bool {
    try transaction.row(RecoveryStore.recoveredAt, job.id, job.brand, job.version) != nil
  }

  /// The jobs that are neither finished nor with the carrier, of all brands, after one of them; at most
  /// 500, in the order of their ids.
  public func unfinished(_ transaction: Transaction, after job: String) throws -> [JobRecord] {
    try transaction.rows(RecoveryStore.unfinished, job).map(JobRecord.init(row:))
  }
}

/// The SQL of what a recovery reads of jobs and entries, whose ever they are.
public enum RecoveryStore: StatementCatalogue {
  static let lastEntry = Statement(
    "SELECT number, at FROM ledger_entry ORDER BY number DESC LIMIT 1")
  static let recoveredAt = Statement(
    """
    SELECT version FROM event
    WHERE job_id = $1 AND brand_id = $2 AND version = $3 AND kind = 'job.recover'
    """)
  static let unfinished = Statement(
    """
    SELECT \(JobStore.columns) FROM job
    WHERE state IN ('queued', 'offered', 'accepted', 'printing', 'printed', 'inspected', 'held')
      AND id > $1
    ORDER BY id LIMIT 500
    """)

  /// All of them.
  public static let statements = [lastEntry, recoveredAt, unfinished]
}
