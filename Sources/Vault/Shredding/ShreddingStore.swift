public import Database

/// The SQL of shredding. Every statement that a brand's request runs names the brand.
public enum ShreddingStore: StatementCatalogue {
  private static let columns = """
    shredding.id, shredding.brand_id, shredding.design_id, shredding.revision_id, shredding.state,
    shredding.ended_uploads, shredding.key_id, shredding.ledger_id, shredding.at,
    shredding.erased_at, design.name AS design_name
    """
  private static let all = """
    SELECT \(columns) FROM shredding
    JOIN design ON design.id = shredding.design_id AND design.brand_id = shredding.brand_id
    """
  /// The revisions of a shredding.
  private static let revisions =
    "(SELECT id FROM revision WHERE shredding_id = $1 AND brand_id = $2)"

  // MARK: destroying

  static let insert = Statement(
    """
    INSERT INTO shredding (
      id, brand_id, design_id, revision_id, state, ended_uploads, key_id, ledger_id, at)
    VALUES ($1, $2, $3, $4, 'erasing', $5, $6, $7, $8)
    """)
  static let revisionsOfDesign = Statement(
    """
    SELECT id, number, state FROM revision
    WHERE design_id = $1 AND brand_id = $2 ORDER BY number
    """)
  static let shredRevision = Statement(
    """
    UPDATE revision SET state = $1, shredding_id = $2
    WHERE id = $3 AND brand_id = $4 AND state = $5
    """)
  static let shredDesign = Statement(
    "UPDATE design SET shredding_id = $1, shredded = 1 WHERE id = $2 AND brand_id = $3")
  /// Whatever the row has, also a key that was wrapped anew a moment ago.
  static let destroyKeys = Statement(
    """
    UPDATE design_file SET wrapped_key = NULL WHERE revision_id = $1 AND brand_id = $2
    RETURNING blob_name, key_version
    """)
  static let openUploads = Statement(
    """
    SELECT id FROM upload
    WHERE brand_id = $1 AND state = 'open' AND revision_id = $2 ORDER BY id
    """)
  static let segmentVersions = Statement(
    "SELECT DISTINCT key_version FROM upload_segment WHERE upload_id = $1 AND brand_id = $2")
  static let addVersion = Statement(
    "INSERT INTO shredding_key_version (shredding_id, number) VALUES ($1, $2)")
  static let addBlob = Statement(
    "INSERT INTO shredding_blob (shredding_id, blob_name) VALUES ($1, $2)")

  // MARK: erasing

  static let erasing = Statement(
    "SELECT id FROM shredding WHERE state = 'erasing' AND id > $1 ORDER BY id LIMIT 100")
  static let blobs = Statement(
    """
    SELECT blob_name FROM shredding_blob WHERE shredding_id = $1 AND blob_name > $2
    ORDER BY blob_name LIMIT 200
    """)
  static let forgetBlobs = Statement(
    """
    DELETE FROM shredding_blob WHERE shredding_id = $1 AND NOT EXISTS (
      SELECT 1 FROM blob WHERE blob.name = shredding_blob.blob_name AND blob.state <> 'erased')
    """)
  static let finish = Statement(
    """
    UPDATE shredding SET state = 'erased', erased_at = $1
    WHERE id = $2 AND state = 'erasing'
      AND NOT EXISTS (SELECT 1 FROM shredding_blob WHERE shredding_blob.shredding_id = $2)
    """)

  // MARK: reading

  static let select = Statement("\(all) WHERE shredding.id = $1 AND shredding.brand_id = $2")
  static let page = Statement(
    """
    \(all) WHERE shredding.brand_id = $1 AND shredding.id < $2
    ORDER BY shredding.id DESC LIMIT CAST($3 AS BIGINT)
    """)
  static let versions = Statement(
    """
    SELECT shredding_key_version.number, key_version.created_at, key_version.unused_since,
      key_version.retired_at
    FROM shredding_key_version
    LEFT JOIN key_version ON key_version.number = shredding_key_version.number
    WHERE shredding_key_version.shredding_id = $1 ORDER BY shredding_key_version.number
    """)
  static let shreddedRevisions = Statement(
    """
    SELECT id, number FROM revision WHERE shredding_id = $1 AND brand_id = $2 ORDER BY number
    """)
  static let files = Statement(
    """
    SELECT design_file.id, design_file.revision_id, design_file.name, design_file.purpose,
      design_file.plaintext_bytes, blob.state AS blob_state
    FROM design_file JOIN blob ON blob.name = design_file.blob_name
    WHERE design_file.revision_id IN \(revisions) AND design_file.brand_id = $2
    ORDER BY design_file.id
    """)
  static let bureaus = Statement(
    """
    SELECT key_release.bureau_id, bureau.name, COUNT(*) AS releases,
      MIN(key_release.at) AS first_at, MAX(key_release.at) AS last_at
    FROM key_release JOIN bureau ON bureau.id = key_release.bureau_id
    WHERE key_release.revision_id IN \(revisions) AND key_release.brand_id = $2
    GROUP BY key_release.bureau_id, bureau.name ORDER BY key_release.bureau_id
    """)
  static let fetches = Statement(
    """
    SELECT bureau_id, COUNT(DISTINCT job_id) AS fetched FROM audit_entry
    WHERE brand_id = $2 AND action = 'package.fetched' AND bureau_id IS NOT NULL
      AND revision_id IN \(revisions)
    GROUP BY bureau_id
    """)
  static let readers = Statement(
    """
    SELECT audit_entry.actor_id, audit_entry.actor_role, api_key.label, COUNT(*) AS reads,
      MIN(audit_entry.at) AS first_at, MAX(audit_entry.at) AS last_at
    FROM audit_entry LEFT JOIN api_key ON api_key.id = audit_entry.actor_id
      AND api_key.tenant_id = audit_entry.brand_id
    WHERE audit_entry.brand_id = $2 AND audit_entry.action = 'original.read'
      AND audit_entry.actor = 'key'
      AND audit_entry.revision_id IN \(revisions)
    GROUP BY audit_entry.actor_id, audit_entry.actor_role, api_key.label
    ORDER BY audit_entry.actor_id
    """)
  /// The archives that may have the files: those since the first of them was uploaded, or all where that is
  /// not in the trail, because the design came with the brand or is older than trails. By the trail's numbers:
  /// a clock may have been wrong, or an archive.
  static let archives = Statement(
    """
    SELECT audit_entry.at, audit_entry.actor, audit_entry.actor_id, audit_entry.actor_role,
      audit_entry.detail, api_key.label
    FROM audit_entry LEFT JOIN api_key ON api_key.id = audit_entry.actor_id
      AND api_key.tenant_id = audit_entry.brand_id
    WHERE audit_entry.brand_id = $2 AND audit_entry.action = 'archive.exported'
      AND (
        NOT EXISTS (
          SELECT 1 FROM audit_entry AS created
          WHERE created.brand_id = $2 AND created.action = 'design.created'
            AND created.design_id = (SELECT design_id FROM shredding WHERE id = $1))
        OR audit_entry.number > (
          SELECT MIN(uploaded.number) FROM audit_entry AS uploaded
          WHERE uploaded.brand_id = $2 AND uploaded.action = 'file.uploaded'
            AND uploaded.revision_id IN \(revisions)))
    ORDER BY audit_entry.number
    """)
  static let imports = Statement(
    "SELECT 1 AS n FROM audit_entry WHERE brand_id = $1 AND action = 'archive.imported' LIMIT 1")
  static let releases = Statement(
    """
    SELECT key_release.ledger_id, key_release.job_id, key_release.bureau_id,
      key_release.revision_id, key_release.at, job.order_id
    FROM key_release JOIN job ON job.id = key_release.job_id AND job.brand_id = key_release.brand_id
    WHERE key_release.revision_id IN \(revisions) AND key_release.brand_id = $2
      AND key_release.ledger_id < $3
    ORDER BY key_release.ledger_id DESC LIMIT CAST($4 AS BIGINT)
    """)

  /// All of them.
  public static let statements = [
    insert, revisionsOfDesign, shredRevision, shredDesign, destroyKeys, openUploads,
    segmentVersions, addVersion, addBlob, erasing, blobs, forgetBlobs, finish, select, page,
    versions, shreddedRevisions, files, bureaus, fetches, readers, archives, imports,
    releases,
  ]
}
