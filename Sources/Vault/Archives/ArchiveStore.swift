public import Database

/// The SQL of archives: everything of one brand out, and in again.
public enum ArchiveStore: StatementCatalogue {
  static let brand = Statement(
    """
    SELECT id, name, created_at, release_approvals, version, archive_recipient FROM brand
    WHERE id = $1
    """)
  static let approvers = Statement(
    """
    SELECT id, role, label, created_at FROM api_key
    WHERE tenant_id = $1 AND role IN ('owner', 'engineer') AND id IN (
      SELECT key_id FROM revision_approval WHERE brand_id = $1)
    ORDER BY id
    """)
  static let designs = Statement(
    """
    SELECT id, name, reference, created_at, version, pq_only, classical_releases, shredded
    FROM design
    WHERE brand_id = $1 ORDER BY id
    """)
  static let revisions = Statement(
    """
    SELECT id, design_id, number, state, created_at, released_at, withdrawn_at, withdrawal_reason
    FROM revision WHERE brand_id = $1 ORDER BY design_id, number
    """)
  static let profiles = Statement(
    "SELECT id, revision_id, name, profile FROM print_profile WHERE brand_id = $1 ORDER BY place")
  static let approvals = Statement(
    """
    SELECT revision_approval.revision_id, revision_approval.key_id,
      revision_approval.content_sha256, revision_approval.at
    FROM revision_approval JOIN api_key ON api_key.id = revision_approval.key_id
    WHERE revision_approval.brand_id = $1 AND api_key.tenant_id = $1
      AND api_key.role IN ('owner', 'engineer')
    ORDER BY revision_approval.at, revision_approval.key_id
    """)
  static let files = Statement(
    """
    SELECT \(DesignStore.qualifiedFileColumns), blob.state AS blob_state,
      revision.state AS revision_state
    FROM design_file JOIN blob ON blob.name = design_file.blob_name
    JOIN revision ON revision.id = design_file.revision_id
    WHERE design_file.brand_id = $1 ORDER BY design_file.revision_id, design_file.name
    """)
  static let licences = Statement(
    """
    SELECT id, design_id, terms, reserved, consumed, scrapped, created_at FROM licence
    WHERE brand_id = $1 ORDER BY id
    """)
  static let parts = Statement(
    """
    SELECT id, design_id, revision_id, profile_id, licence_id, sku, name, description, fits, price_minor,
      payout_minor, currency, lead_days, created_at, version
    FROM part WHERE brand_id = $1 ORDER BY id
    """)

  /// What says whether a design's keys may go into an archive now.
  static let rule = Statement(
    """
    SELECT brand.archive_recipient, design.pq_only FROM design
    JOIN brand ON brand.id = design.brand_id WHERE design.id = $1 AND design.brand_id = $2
    """)

  static let design = Statement("SELECT id FROM design WHERE id = $1")
  static let revision = Statement("SELECT id FROM revision WHERE id = $1")
  static let profile = Statement("SELECT id FROM print_profile WHERE id = $1")
  static let file = Statement("SELECT id FROM design_file WHERE id = $1")
  static let licence = Statement("SELECT id FROM licence WHERE id = $1")
  static let part = Statement("SELECT id FROM part WHERE id = $1")
  static let key = Statement("SELECT id FROM api_key WHERE id = $1")

  static let insertBrand = Statement(
    """
    INSERT INTO brand (id, name, created_at, release_approvals, version, archive_recipient)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
  static let insertKey = Statement(
    """
    INSERT INTO api_key (id, secret_sha256, role, tenant_id, label, created_at, revoked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  static let insertDesign = Statement(
    """
    INSERT INTO design (
      id, brand_id, name, created_at, version, pq_only, classical_releases, reference, shredded)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
  static let insertRevision = Statement(
    """
    INSERT INTO revision (
      id, brand_id, design_id, number, state, created_at, released_at, withdrawn_at,
      withdrawal_reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
  static let insertPart = Statement(
    """
    INSERT INTO part (
      id, brand_id, design_id, revision_id, profile_id, licence_id, sku, name, description, fits,
      price_minor, payout_minor, currency, lead_days, created_at, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """)

  /// All of them.
  public static let statements = [
    brand, approvers, designs, revisions, profiles, approvals, files, licences, parts,
    rule, design, revision, profile, file, licence, part, key, insertBrand, insertKey, insertDesign,
    insertRevision, insertPart,
  ]
}
