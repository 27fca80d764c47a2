public import Database
import Domain

/// The SQL of previews. What one brand's request reads names the brand; what workers take is chosen among all.
public enum PreviewStore: StatementCatalogue {
  /// In the commit that settles the mesh's measuring.
  static let ask = Statement(
    """
    INSERT INTO preview (file_id, brand_id, design_id, revision_id, state, attempt, asked_at)
    SELECT file_id, brand_id, design_id, revision_id, 'pending', 0, $3 FROM measuring
    WHERE file_id = $1 AND brand_id = $2
    ON CONFLICT (file_id) DO NOTHING
    """)
  /// Of what was measured while nobody drew: before there were pictures, or while they were switched off. Only where
  /// its revision may still be sold.
  static let askForMissing = Statement(
    """
    INSERT INTO preview (file_id, brand_id, design_id, revision_id, state, attempt, asked_at)
    SELECT measuring.file_id, measuring.brand_id, measuring.design_id, measuring.revision_id,
      'pending', 0, $1
    FROM measuring
    JOIN revision ON revision.id = measuring.revision_id
      AND revision.brand_id = measuring.brand_id
    WHERE measuring.state = 'done' AND revision.state IN ('draft', 'released')
    ON CONFLICT (file_id) DO NOTHING
    """)
  static let begin = Statement(
    """
    UPDATE preview SET state = 'running', attempt = attempt + 1
    WHERE brand_id = $1 AND state = 'pending' AND file_id = (
      SELECT file_id FROM preview WHERE brand_id = $1 AND state = 'pending'
      ORDER BY asked_at, file_id LIMIT 1)
    RETURNING file_id, design_id, attempt
    """)
  static let settle = Statement(
    """
    UPDATE preview SET state = $1, sealed = $2, asked_at = $3
    WHERE file_id = $4 AND brand_id = $5 AND attempt = $6 AND state = 'running'
    """)
  static let resume = Statement("UPDATE preview SET state = 'pending' WHERE state = 'running'")
  static let forget = Statement(
    "DELETE FROM preview WHERE file_id = $1 AND brand_id = $2 AND attempt = $3")
  static let select = Statement(
    "SELECT state, sealed FROM preview WHERE file_id = $1 AND brand_id = $2")
  static let deleteOfRevision = Statement(
    "DELETE FROM preview WHERE revision_id = $1 AND brand_id = $2")

  /// All of them.
  public static let statements = [
    ask, askForMissing, begin, settle, resume, forget, select, deleteOfRevision,
  ]
}
