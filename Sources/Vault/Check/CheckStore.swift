public import Database

/// The SQL of checks and of losses: it reads rows of all brands, and answers none.
public enum CheckStore: StatementCatalogue {
  private static let file = """
    SELECT \(DesignStore.qualifiedFileColumns), blob.state AS blob_state, revision.state AS revision_state
    FROM design_file LEFT JOIN blob ON blob.name = design_file.blob_name
    LEFT JOIN revision ON revision.id = design_file.revision_id
    """
  static let files = Statement(
    "\(file) WHERE design_file.id > $1 ORDER BY design_file.id LIMIT 500")
  static let segments = Statement(
    """
    SELECT upload_segment.upload_id, upload_segment.brand_id, upload_segment.first_byte,
      upload_segment.bytes, upload_segment.blob_name, upload_segment.payload_bytes,
      upload_segment.payload_sha256, upload_segment.wrapped_key, upload_segment.key_version,
      blob.state AS blob_state, blob.created_at
    FROM upload_segment LEFT JOIN blob ON blob.name = upload_segment.blob_name
    WHERE upload_segment.blob_name > $1 ORDER BY upload_segment.blob_name LIMIT 500
    """)
  static let newestFiles = Statement(
    "\(file) WHERE blob.state = 'live' ORDER BY design_file.id DESC LIMIT 20")
  static let erasing = Statement(
    "SELECT id, brand_id, design_id FROM shredding WHERE state = 'erasing' ORDER BY id LIMIT 10000")
  static let licences = Statement(
    """
    SELECT licence.id, licence.brand_id, licence.design_id, licence.authorised, licence.reserved,
      licence.consumed, licence.scrapped, COALESCE(waiting.units, 0) AS waiting
    FROM licence
    LEFT JOIN (
      SELECT licence_id, CAST(SUM(quantity) AS BIGINT) AS units FROM job
      WHERE state IN ('queued', 'offered') GROUP BY licence_id
    ) AS waiting ON waiting.licence_id = licence.id
    WHERE licence.id > $1 ORDER BY licence.id LIMIT 500
    """)
  static let entries = Statement(
    """
    SELECT number, kind, licence_id, body FROM ledger_entry WHERE number > $1
    ORDER BY number LIMIT 2000
    """)
  static let releasesWithoutEntry = Statement(
    """
    SELECT key_release.job_id, key_release.brand_id, key_release.licence_id FROM key_release
    LEFT JOIN ledger_entry ON ledger_entry.id = key_release.ledger_id
      AND ledger_entry.kind = 'key.released' AND ledger_entry.job_id = key_release.job_id
      AND ledger_entry.bureau_id = key_release.bureau_id
      AND ledger_entry.licence_id = key_release.licence_id
    WHERE ledger_entry.id IS NULL ORDER BY key_release.job_id LIMIT 10000
    """)
  static let entriesWithoutRelease = Statement(
    """
    SELECT ledger_entry.number, ledger_entry.job_id, ledger_entry.brand_id,
      ledger_entry.licence_id FROM ledger_entry
    LEFT JOIN key_release ON key_release.job_id = ledger_entry.job_id
      AND key_release.bureau_id = ledger_entry.bureau_id
      AND key_release.ledger_id = ledger_entry.id
    WHERE ledger_entry.kind = 'key.released' AND key_release.job_id IS NULL
    ORDER BY ledger_entry.number LIMIT 10000
    """)
  static let releaseCount = Statement("SELECT COUNT(*) AS n FROM key_release")

  /// All of them.
  public static let statements = [
    files, segments, newestFiles, erasing, licences, entries, releasesWithoutEntry,
    entriesWithoutRelease, releaseCount,
  ]
}
