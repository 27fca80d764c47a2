public import Database

/// The SQL of orders. Every statement names the brand.
public enum OrderStore: StatementCatalogue {
  static let shipToKey = Statement(
    """
    SELECT id, ship_to_key, ship_to_key_version FROM customer_order WHERE id = $1 AND brand_id = $2
    """)
  static let part = Statement(
    """
    SELECT part.id, part.design_id, part.revision_id, part.profile_id,
      part.licence_id, part.sku, part.name,
      part.price_minor, part.currency, part.lead_days, revision.state AS revision_state,
      design.pq_only
    FROM part
    JOIN revision ON revision.id = part.revision_id AND revision.brand_id = part.brand_id
    JOIN design ON design.id = part.design_id AND design.brand_id = part.brand_id
    WHERE part.id = $1 AND part.brand_id = $2
    """)
  static let insert = Statement(
    """
    INSERT INTO customer_order (
      id, brand_id, part_id, quantity, total_minor, currency, state, country, latitude_e1,
      longitude_e1, ship_to, ship_to_key, ship_to_key_version, placed_at, job_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """)
  private static let view = """
    SELECT customer_order.id, customer_order.state, customer_order.quantity,
      customer_order.total_minor, customer_order.currency, customer_order.country,
      customer_order.placed_at, part.id AS part_id, part.sku, part.name, job.id AS job_id,
      job.state AS job_state, job.version, job.attempt, job.bureau_id, job.production_day,
      job.due_day, job.revision_id, job.profile_id, print_profile.name AS profile_name,
      revision.withdrawal_reason, licence.scrap_allowance - licence.scrapped AS scrap_left,
      (SELECT COUNT(*) FROM report
        WHERE report.job_id = job.id AND report.attempt = job.attempt
          AND report.kind = 'started')
      + (SELECT COUNT(*) FROM event
        WHERE event.job_id = job.id AND event.version = job.version
          AND event.kind = 'job.recover') AS started,
      (SELECT COUNT(*) FROM key_release
        WHERE key_release.job_id = job.id AND key_release.bureau_id = job.bureau_id
          AND key_release.recipient NOT LIKE 'age1pq1%' AND design.pq_only = 1) AS key_refused
    FROM customer_order
    JOIN part ON part.id = customer_order.part_id
    JOIN job ON job.id = customer_order.job_id
    JOIN licence ON licence.id = job.licence_id
    JOIN revision ON revision.id = job.revision_id
    JOIN design ON design.id = job.design_id
    JOIN print_profile ON print_profile.id = job.profile_id
    """
  static let select = Statement(
    "\(view) WHERE customer_order.id = $1 AND customer_order.brand_id = $2")
  static let list = Statement(
    """
    \(view) WHERE customer_order.brand_id = $1 AND customer_order.id < $2
    ORDER BY customer_order.id DESC LIMIT $3
    """)
  static let exists = Statement("SELECT id FROM customer_order WHERE id = $1 AND brand_id = $2")

  /// All of them.
  public static let statements = [shipToKey, part, insert, select, list, exists]
}
