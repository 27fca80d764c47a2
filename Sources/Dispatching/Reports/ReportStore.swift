public import Database

/// The reports' SQL: one row for each job, attempt and kind.
public enum ReportStore: StatementCatalogue {
  static let select = Statement(
    """
    SELECT body FROM report
    WHERE job_id = $1 AND attempt = $2 AND kind = $3 AND bureau_id = $4
    """)
  static let insert = Statement(
    """
    INSERT INTO report (job_id, attempt, kind, brand_id, bureau_id, epoch, body, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let ofOrder = Statement(
    """
    SELECT attempt, kind, bureau_id, body, at FROM report
    WHERE job_id = (SELECT job_id FROM customer_order WHERE id = $1 AND brand_id = $2)
      AND brand_id = $2
    ORDER BY attempt, at, kind
    """)
  static let bureauKey = Statement(
    "SELECT verification_key FROM bureau WHERE id = $1 AND enrolled_at IS NOT NULL")

  /// All of them.
  public static let statements = [select, insert, ofOrder, bureauKey]
}
