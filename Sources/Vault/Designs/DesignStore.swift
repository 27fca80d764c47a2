public import Database

/// The SQL of designs, their revisions and their files.
public enum DesignStore: StatementCatalogue {
  private static let newest = """
    SELECT design.id, design.name, design.created_at, revision.id AS revision_id, revision.number,
      revision.state, revision.profile, revision.released_at,
      (SELECT MAX(licence.id) FROM licence
        WHERE licence.design_id = design.id AND licence.brand_id = design.brand_id) AS licence_id
    FROM design
    JOIN revision ON revision.design_id = design.id AND revision.brand_id = design.brand_id
      AND revision.number = (SELECT MAX(number) FROM revision WHERE design_id = design.id)
    """
  static let fileColumns = """
    id, brand_id, design_id, revision_id, name, media_type, blob_name, plaintext_bytes,
    payload_bytes, payload_sha256, wrapped_key, key_version, measurement, created_at, purpose
    """

  static let insert = Statement(
    "INSERT INTO design (id, brand_id, name, created_at) VALUES ($1, $2, $3, $4)")
  static let insertRevision = Statement(
    """
    INSERT INTO revision (id, brand_id, design_id, number, state, profile, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  static let release = Statement(
    """
    UPDATE revision SET state = $1, released_at = $2
    WHERE id = $3 AND brand_id = $4 AND state = $5
    """)
  static let select = Statement("\(newest) WHERE design.id = $1 AND design.brand_id = $2")
  static let page = Statement(
    """
    \(newest) WHERE design.brand_id = $1 AND design.id < $2
    ORDER BY design.id DESC LIMIT CAST($3 AS BIGINT)
    """)
  static let files = Statement(
    """
    SELECT \(fileColumns) FROM design_file
    WHERE revision_id = $1 AND brand_id = $2 ORDER BY name
    """)

  /// All of them.
  public static let statements = [insert, insertRevision, release, select, page, files]
}
