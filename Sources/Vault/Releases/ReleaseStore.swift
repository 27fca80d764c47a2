public import Database

/// The SQL of key releases.
public enum ReleaseStore: StatementCatalogue {
  static let siteOfMachine = Statement(
    """
    SELECT site.country FROM machine
    JOIN site ON site.id = machine.site_id AND site.bureau_id = machine.bureau_id
    WHERE machine.id = $1 AND machine.bureau_id = $2
    """)
  static let releasedRevision = Statement(
    """
    SELECT id FROM revision
    WHERE id = $1 AND design_id = $2 AND brand_id = $3 AND state = 'released'
    """)
  static let insert = Statement(
    """
    INSERT INTO key_release (
      job_id, bureau_id, brand_id, revision_id, licence_id, recipient, ledger_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let select = Statement(
    """
    SELECT brand_id, revision_id, licence_id, recipient FROM key_release
    WHERE job_id = $1 AND bureau_id = $2
    """)
  static let files = Statement(
    """
    SELECT \(DesignStore.fileColumns) FROM design_file
    WHERE revision_id = $1 AND brand_id = $2 ORDER BY name
    """)

  /// All of them.
  public static let statements = [siteOfMachine, releasedRevision, insert, select, files]
}
