public import Database

/// The SQL of key releases.
public enum ReleaseStore: StatementCatalogue {
  static let siteOfMachine = Statement(
    """
    SELECT site.country FROM machine
    JOIN site ON site.id = machine.site_id AND site.bureau_id = machine.bureau_id
    WHERE machine.id = $1 AND machine.bureau_id = $2
    """)
  static let revisionState = Statement(
    """
    SELECT revision.state, design.pq_only FROM revision
    JOIN design ON design.id = revision.design_id AND design.brand_id = revision.brand_id
    WHERE revision.id = $1 AND revision.design_id = $2 AND revision.brand_id = $3
    """)
  static let lostFile = Statement(
    """
    SELECT design_file.id FROM design_file JOIN blob ON blob.name = design_file.blob_name
    WHERE design_file.revision_id = $1 AND design_file.brand_id = $2 AND blob.state <> 'live'
    LIMIT 1
    """)
  static let insert = Statement(
    """
    INSERT INTO key_release (
      job_id, bureau_id, brand_id, revision_id, licence_id, recipient, ledger_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let countClassical = Statement(
    """
    UPDATE design SET classical_releases = classical_releases + 1 WHERE id = $1 AND brand_id = $2
    """)
  static let select = Statement(
    """
    SELECT key_release.brand_id, key_release.revision_id, key_release.licence_id,
      key_release.recipient, revision.state, design.pq_only, ledger_entry.number
    FROM key_release
    JOIN ledger_entry ON ledger_entry.id = key_release.ledger_id
    JOIN revision ON revision.id = key_release.revision_id
      AND revision.brand_id = key_release.brand_id
    JOIN design ON design.id = revision.design_id AND design.brand_id = revision.brand_id
    WHERE key_release.job_id = $1 AND key_release.bureau_id = $2
    """)

  /// All of them.
  public static let statements = [
    siteOfMachine, revisionState, lostFile, insert, countClassical, select,
  ]
}
