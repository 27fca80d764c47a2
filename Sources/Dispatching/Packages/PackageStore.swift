public import Database

/// The packages' SQL.
public enum PackageStore: StatementCatalogue {
  static let select = Statement(
    """
    SELECT id, manifest, ticket, expires_at FROM package WHERE job_id = $1 AND bureau_id = $2
    """)
  static let files = Statement(
    """
    SELECT package_file.file_id, package_file.header, design_file.blob_name
    FROM package_file
    JOIN package ON package.id = package_file.package_id
    JOIN design_file ON design_file.id = package_file.file_id
      AND design_file.brand_id = package.brand_id
    WHERE package.job_id = $1 AND package.bureau_id = $2
    """)
  static let release = Statement(
    """
    SELECT recipient, ledger_id, revision_id, licence_id FROM key_release
    WHERE job_id = $1 AND bureau_id = $2 AND brand_id = $3
    """)
  static let keyType = Statement(
    """
    SELECT key_release.recipient, design.pq_only FROM key_release
    JOIN design ON design.id = $3 AND design.brand_id = key_release.brand_id
    WHERE key_release.job_id = $1 AND key_release.bureau_id = $2 AND key_release.brand_id = $4
    """)
  /// Jobs that need their package, and whose bureau's key is classical.
  static let classicalJobs = Statement(
    """
    SELECT job.id FROM job
    JOIN key_release ON key_release.job_id = job.id AND key_release.bureau_id = job.bureau_id
      AND key_release.brand_id = job.brand_id
    WHERE job.design_id = $1 AND job.brand_id = $2 AND job.state = 'accepted'
      AND key_release.recipient NOT LIKE 'age1pq1%'
    ORDER BY job.id
    """)
  static let insert = Statement(
    """
    INSERT INTO package (id, brand_id, job_id, bureau_id, manifest, ticket, expires_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (job_id, bureau_id) DO NOTHING
    """)
  static let insertFile = Statement(
    "INSERT INTO package_file (package_id, file_id, header) VALUES ($1, $2, $3)")
  static let renew = Statement(
    """
    UPDATE package SET manifest = $1, expires_at = $2
    WHERE id = $3 AND job_id = $4 AND bureau_id = $5 AND expires_at = $6
    """)

  static let shred = Statement(
    """
    DELETE FROM package_file WHERE file_id IN (
      SELECT id FROM design_file WHERE revision_id = $1 AND brand_id = $2)
    """)

  /// All of them.
  public static let statements = [
    select, files, release, keyType, classicalJobs, insert, insertFile, renew, shred,
  ]
}
