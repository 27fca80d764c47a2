public import Database

/// The SQL of revisions and the approvals of their release. Every statement names the brand.
public enum RevisionStore: StatementCatalogue {
  /// What a revision's view is read from.
  static let columns = """
    revision.id AS revision_id, revision.number, revision.state,
    revision.created_at AS revision_created_at, revision.released_at, revision.withdrawn_at,
    revision.withdrawal_reason, revision.shredding_id
    """

  static let insert = Statement(
    """
    INSERT INTO revision (id, brand_id, design_id, number, state, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
  static let select = Statement(
    """
    SELECT \(columns) FROM revision
    WHERE revision.id = $1 AND revision.design_id = $2 AND revision.brand_id = $3
    """)
  static let page = Statement(
    """
    SELECT \(columns) FROM revision
    WHERE revision.design_id = $1 AND revision.brand_id = $2 AND revision.number < $3
    ORDER BY revision.number DESC LIMIT CAST($4 AS BIGINT)
    """)
  static let release = Statement(
    """
    UPDATE revision SET state = $1, released_at = $2
    WHERE id = $3 AND brand_id = $4 AND state = $5
    """)
  static let supersede = Statement(
    """
    UPDATE revision SET state = $1 WHERE design_id = $2 AND brand_id = $3 AND state = $4
    """)
  /// The design's parts sell another revision, each in its profile of the same name. Orders keep the
  /// revision and the profile that they were placed on.
  static let sell = Statement(
    """
    UPDATE part SET revision_id = $1, profile_id = (
      SELECT next.id FROM print_profile AS next
      JOIN print_profile AS sold ON sold.name = next.name
      WHERE next.revision_id = $1 AND next.brand_id = $3 AND sold.id = part.profile_id)
    WHERE design_id = $2 AND brand_id = $3
    """)
  static let withdraw = Statement(
    """
    UPDATE revision SET state = $1, withdrawn_at = $2, withdrawal_reason = $3
    WHERE id = $4 AND brand_id = $5 AND state = $6
    """)
  static let approvalsRequired = Statement(
    "SELECT release_approvals FROM brand WHERE id = $1")
  static let approve = Statement(
    """
    INSERT INTO revision_approval (revision_id, key_id, brand_id, content_sha256, at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (revision_id, key_id)
    DO UPDATE SET content_sha256 = excluded.content_sha256, at = excluded.at
    """)
  static let approvals = Statement(
    """
    SELECT revision_approval.key_id, revision_approval.content_sha256, revision_approval.at,
      api_key.revoked_at
    FROM revision_approval JOIN api_key ON api_key.id = revision_approval.key_id
    WHERE revision_approval.revision_id = $1 AND revision_approval.brand_id = $2
      AND api_key.role IN ('owner', 'engineer') AND api_key.tenant_id = $2
    ORDER BY revision_approval.at, revision_approval.key_id
    """)

  /// All of them.
  public static let statements = [
    insert, select, page, release, supersede, sell, withdraw, approvalsRequired, approve, approvals,
  ]
}
