public import Database

/// The SQL of choosing a bureau for a job. Every statement names the brand.
public enum AssignmentStore: StatementCatalogue {
  static let printNeeds = Statement(
    """
    SELECT print_profile.profile, licence.terms FROM print_profile
    JOIN licence ON licence.design_id = print_profile.design_id
      AND licence.brand_id = print_profile.brand_id
    WHERE print_profile.id = $1 AND print_profile.revision_id = $2 AND licence.id = $3
      AND print_profile.brand_id = $4
    """)
  static let measurements = Statement(
    """
    SELECT measurement FROM design_file
    WHERE revision_id = $1 AND brand_id = $2 AND purpose = 'geometry' ORDER BY id
    """)
  static let destination = Statement(
    """
    SELECT country, latitude_e1, longitude_e1 FROM customer_order WHERE id = $1 AND brand_id = $2
    """)
  static let shipTo = Statement(
    """
    SELECT ship_to, ship_to_key, ship_to_key_version FROM customer_order
    WHERE id = $1 AND brand_id = $2
    """)
  static let priorOffers = Statement(
    "SELECT bureau_id, state FROM offer WHERE job_id = $1 AND brand_id = $2")
  static let insertDecision = Statement(
    """
    INSERT INTO decision (
      id, brand_id, order_id, network_version, policy, inputs, outcome, decided_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let decisions = Statement(
    """
    SELECT id, network_version, policy, inputs, outcome, decided_at FROM decision
    WHERE order_id = $1 AND brand_id = $2 ORDER BY id LIMIT 100
    """)
  static let lastOutcome = Statement(
    """
    SELECT outcome FROM decision WHERE order_id = $1 AND brand_id = $2 ORDER BY id DESC LIMIT 1
    """)

  static let revisionState = Statement(
    """
    SELECT revision.state, design.pq_only FROM revision
    JOIN design ON design.id = revision.design_id AND design.brand_id = revision.brand_id
    WHERE revision.id = $1 AND revision.brand_id = $2
    """)
  static let bureauName = Statement("SELECT name FROM bureau WHERE id = $1")

  /// All of them.
  public static let statements = [
    printNeeds, measurements, destination, shipTo, priorOffers, insertDecision, decisions,
    lastOutcome, revisionState, bureauName,
  ]
}
