public import Database

/// The SQL of parts. Every statement names the brand.
public enum CatalogueStore: StatementCatalogue {
  private static let columns = """
    id, design_id, revision_id, profile_id, licence_id, sku, name, description, fits, price_minor, payout_minor,
    currency, lead_days, created_at, version,
    (SELECT revision.state FROM revision WHERE revision.id = part.revision_id) AS revision_state,
    (SELECT print_profile.name FROM print_profile WHERE print_profile.id = part.profile_id)
      AS profile_name
    """
  static let design = Statement("SELECT id FROM design WHERE id = $1 AND brand_id = $2")
  static let releasedRevision = Statement(
    """
    SELECT id FROM revision
    WHERE design_id = $1 AND brand_id = $2 AND state = 'released' ORDER BY number DESC LIMIT 1
    """)
  static let licence = Statement(
    """
    SELECT id FROM licence WHERE design_id = $1 AND brand_id = $2 ORDER BY id DESC LIMIT 1
    """)
  static let profiles = Statement(
    """
    SELECT id, name FROM print_profile WHERE revision_id = $1 AND brand_id = $2 ORDER BY place
    """)
  static let profile = Statement("SELECT id FROM print_profile WHERE id = $1 AND brand_id = $2")
  static let insert = Statement(
    """
    INSERT INTO part (
      brand_id, id, design_id, revision_id, profile_id, licence_id, sku, name, description, fits,
      price_minor, payout_minor, currency, lead_days, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """)
  static let select = Statement("SELECT \(columns) FROM part WHERE id = $1 AND brand_id = $2")
  static let bySKU = Statement("SELECT \(columns) FROM part WHERE sku = $1 AND brand_id = $2")
  static let change = Statement(
    """
    UPDATE part SET name = $1, description = $2, fits = $3, price_minor = $4, payout_minor = $5,
      currency = $6, lead_days = $7, profile_id = $8, version = version + 1
    WHERE id = $9 AND brand_id = $10
    """)
  static let list = Statement(
    """
    SELECT \(columns) FROM part WHERE brand_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
    """)

  /// All of them.
  public static let statements = [
    design, releasedRevision, licence, profiles, profile, insert, select, bySKU, change, list,
  ]
}
