public import Database

/// The SQL of brands, bureaus as tenants, and API keys.
public enum TenantStore: StatementCatalogue {
  static let insertBrand = Statement(
    "INSERT INTO brand (id, name, created_at) VALUES ($1, $2, $3)")
  static let brands = Statement(
    "SELECT id, name, created_at FROM brand WHERE id < $1 ORDER BY id DESC LIMIT $2")
  static let brand = Statement("SELECT id, name, created_at FROM brand WHERE id = $1")
  static let insertBureau = Statement(
    "INSERT INTO bureau (id, name, created_at) VALUES ($1, $2, $3)")
  static let bureaus = Statement(
    """
    SELECT id, name, created_at, enrolled_at FROM bureau WHERE id < $1 ORDER BY id DESC LIMIT $2
    """)
  static let bureau = Statement(
    "SELECT id, name, created_at, enrolled_at FROM bureau WHERE id = $1")
  static let insertKey = Statement(
    """
    INSERT INTO api_key (id, secret_sha256, role, tenant_id, label, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
  static let keyBySecret = Statement(
    """
    SELECT id, role, tenant_id FROM api_key WHERE secret_sha256 = $1 AND revoked_at IS NULL
    """)
  static let keys = Statement(
    """
    SELECT id, role, label, created_at, revoked_at, last_used_at FROM api_key
    WHERE tenant_id = $1 AND ($2 = '' OR role = $2) AND id < $3
    ORDER BY id DESC LIMIT CAST($4 AS BIGINT)
    """)
  static let key = Statement(
    "SELECT role, label, revoked_at FROM api_key WHERE id = $1 AND tenant_id = $2")
  static let revoke = Statement(
    """
    UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND tenant_id = $3 AND revoked_at IS NULL
    """)
  static let another = Statement(
    """
    SELECT id FROM api_key
    WHERE tenant_id = $1 AND role = $2 AND revoked_at IS NULL AND id <> $3 LIMIT 1
    """)
  static let noteUse = Statement(
    """
    UPDATE api_key SET last_used_at = $1
    WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)
    """)
  static let usableOperatorKey = Statement(
    "SELECT id FROM api_key WHERE role = 'operator' AND revoked_at IS NULL LIMIT 1")

  /// All of them.
  public static let statements = [
    insertBrand, brands, brand, insertBureau, bureaus, bureau, insertKey, keyBySecret, keys, key,
    revoke, another, noteUse, usableOperatorKey,
  ]
}
