public import Database

/// The offers' SQL.
public enum OfferStore: StatementCatalogue {
  static let payout = Statement(
    "SELECT payout_minor, currency FROM part WHERE id = $1 AND brand_id = $2")
  static let insert = Statement(
    """
    INSERT INTO offer (
      id, brand_id, job_id, bureau_id, site_id, machine_id, state, payout_minor, currency,
      created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10)
    """)
  static let select = Statement(
    """
    SELECT id, job_id, bureau_id, machine_id, state, expires_at FROM offer
    WHERE id = $1 AND bureau_id = $2
    """)
  /// Answers an open offer, and only an open one.
  static let answer = Statement(
    """
    UPDATE offer SET state = $1, reason = $2, answered_at = $3
    WHERE id = $4 AND bureau_id = $5 AND state = 'open'
    """)
  static let withdraw = Statement(
    """
    UPDATE offer SET state = 'withdrawn', answered_at = $1
    WHERE job_id = $2 AND brand_id = $3 AND state = 'open'
    """)
  /// Open offers whose deadline has passed, the oldest first, after one of them. Asked of each bureau: the
  /// index of open offers begins with it.
  static let due = Statement(
    """
    SELECT offer.id, offer.job_id, offer.bureau_id, offer.machine_id, offer.state, offer.expires_at
    FROM bureau CROSS JOIN offer
    WHERE offer.bureau_id = bureau.id AND offer.state = 'open' AND offer.expires_at <= $1
      AND (offer.expires_at, offer.id) > ($2, $3)
    ORDER BY offer.expires_at, offer.id LIMIT 100
    """)
  static let recipient = Statement(
    "SELECT recipient FROM bureau WHERE id = $1 AND enrolled_at IS NOT NULL")

  /// Whether the brand shows bureaus what is offered, and there is a picture.
  private static let isPictured = """
    (SELECT COUNT(*) FROM preview
      JOIN design ON design.id = preview.design_id AND design.brand_id = preview.brand_id
      WHERE preview.revision_id = job.revision_id AND preview.brand_id = offer.brand_id
        AND preview.state = 'done' AND design.preview_in_offers = 1) AS pictures
    """
  /// The revision whose picture goes with an offer, for as long as it may be answered or was accepted.
  static let picture = Statement(
    """
    SELECT job.brand_id, job.design_id, job.revision_id, \(isPictured)
    FROM offer JOIN job ON job.id = offer.job_id AND job.brand_id = offer.brand_id
    WHERE offer.id = $1 AND offer.bureau_id = $2
      AND (offer.state = 'accepted' OR (offer.state = 'open' AND offer.expires_at > $3))
    """)

  private static let views = """
    SELECT offer.id, offer.job_id, offer.state, offer.payout_minor, offer.currency,
      offer.machine_id, offer.site_id, offer.created_at, offer.expires_at, job.quantity,
      job.production_day, job.due_day, job.revision_id, job.brand_id, print_profile.profile,
      customer_order.country, \(isPictured)
    FROM offer
    JOIN job ON job.id = offer.job_id AND job.brand_id = offer.brand_id
    JOIN print_profile ON print_profile.id = job.profile_id
      AND print_profile.revision_id = job.revision_id AND print_profile.brand_id = offer.brand_id
    JOIN customer_order ON customer_order.id = job.order_id
      AND customer_order.brand_id = offer.brand_id
    """
  static let view = Statement("\(views) WHERE offer.id = $1 AND offer.bureau_id = $2")
  static let openViews = Statement(
    """
    \(views)
    WHERE offer.id IN (
      SELECT id FROM offer
      WHERE bureau_id = $1 AND state = 'open' AND expires_at > $2 AND id > $3
      ORDER BY id LIMIT $4)
    ORDER BY offer.id
    """)
  static let openMarks = Statement(
    """
    SELECT id FROM offer
    WHERE bureau_id = $1 AND state = 'open' AND expires_at > $2 ORDER BY id
    """)
  static let files = Statement(
    """
    SELECT purpose, media_type, plaintext_bytes, measurement FROM design_file
    WHERE revision_id = $1 AND brand_id = $2 ORDER BY name
    """)

  /// All of them.
  public static let statements = [
    payout, insert, select, answer, withdraw, due, recipient, view, openViews, openMarks,
    files, picture,
  ]
}
