public import Database
import Domain

/// The SQL of measuring. What one brand's request reads and changes names the brand; what workers take
/// is chosen among all brands.
public enum MeasuringStore: StatementCatalogue {
  private static let columns = """
    file_id, brand_id, design_id, revision_id, state, attempt, crashes, report, code, detail,
    asked_at, settled_at
    """

  /// A mesh that is to be measured, or is to be once more.
  static let ask = Statement(
    """
    INSERT INTO measuring (
      file_id, brand_id, design_id, revision_id, state, attempt, crashes, asked_at)
    VALUES ($1, $2, $3, $4, 'pending', 0, 0, $5)
    ON CONFLICT (file_id) DO UPDATE
    SET state = 'pending', crashes = 0, report = NULL, code = NULL, detail = NULL,
      asked_at = excluded.asked_at, settled_at = NULL
    WHERE measuring.state IN ('refused', 'quarantined')
    """)
  /// What a brand has said settles it, unless somebody is at it or about to be.
  static let declare = Statement(
    """
    INSERT INTO measuring (
      file_id, brand_id, design_id, revision_id, state, attempt, crashes, asked_at, settled_at)
    VALUES ($1, $2, $3, $4, 'done', 0, 0, $5, $5)
    ON CONFLICT (file_id) DO UPDATE
    SET state = 'done', report = NULL, code = NULL, detail = NULL, settled_at = excluded.settled_at
    WHERE measuring.state NOT IN ('pending', 'running')
    """)
  static let select = Statement(
    "SELECT \(columns) FROM measuring WHERE file_id = $1 AND brand_id = $2")
  /// What waits or is under way, and the meshes that are promised to open uploads.
  static let waiting = Statement(
    """
    SELECT
      (SELECT COUNT(*) FROM measuring
        WHERE brand_id = $1 AND state IN ('pending', 'running')) AS meshes,
      (SELECT COUNT(*) FROM upload
        WHERE brand_id = $1 AND state = 'open' AND purpose = 'geometry') AS uploads
    """)
  static let used = Statement(
    """
    SELECT CAST(COALESCE(SUM(cpu_milliseconds), 0) AS BIGINT) AS used
    FROM measuring_use WHERE brand_id = $1 AND minute > $2 AND minute <= $3
    """)
  /// The brands with meshes that wait to be measured or drawn, and the time that each has used after one minute, up to another.
  static let brands = Statement(
    """
    SELECT waiting.brand_id,
      (SELECT CAST(COALESCE(SUM(cpu_milliseconds), 0) AS BIGINT) FROM measuring_use
        WHERE measuring_use.brand_id = waiting.brand_id AND minute > $1 AND minute <= $2) AS used
    FROM (
      SELECT brand_id FROM measuring WHERE state = 'pending'
      UNION SELECT brand_id FROM preview WHERE state = 'pending') AS waiting
    ORDER BY waiting.brand_id
    """)
  static let begin = Statement(
    """
    UPDATE measuring SET state = 'running', attempt = attempt + 1
    WHERE brand_id = $1 AND state = 'pending' AND file_id = (
      SELECT file_id FROM measuring WHERE brand_id = $1 AND state = 'pending'
      ORDER BY asked_at, file_id LIMIT 1)
    RETURNING file_id, design_id, attempt
    """)
  static let settle = Statement(
    """
    UPDATE measuring SET state = $1, crashes = crashes + $2, report = $3, code = $4, detail = $5,
      settled_at = $6, asked_at = $7
    WHERE file_id = $8 AND brand_id = $9 AND attempt = $10 AND state = 'running'
    """)
  /// What was under way when its server ended waits again: nobody knows anything against it.
  static let resume = Statement("UPDATE measuring SET state = 'pending' WHERE state = 'running'")
  static let forget = Statement(
    "DELETE FROM measuring WHERE file_id = $1 AND brand_id = $2 AND attempt = $3")
  static let use = Statement(
    """
    INSERT INTO measuring_use (brand_id, minute, cpu_milliseconds) VALUES ($1, $2, $3)
    ON CONFLICT (brand_id, minute) DO UPDATE
    SET cpu_milliseconds = measuring_use.cpu_milliseconds + excluded.cpu_milliseconds
    """)
  static let forgetUse = Statement(
    "DELETE FROM measuring_use WHERE brand_id = $1 AND (minute <= $2 OR minute > $3)")

  /// All of them.
  public static let statements = [
    ask, declare, select, waiting, used, brands, begin, settle, resume, forget, use, forgetUse,
  ]
}
