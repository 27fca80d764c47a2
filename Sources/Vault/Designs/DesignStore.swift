public import Database

/// The SQL of designs and their files.
public enum DesignStore: StatementCatalogue {
  private static let newest = """
    SELECT design.id, design.name, design.created_at, design.version, design.pq_only, design.reference,
      design.classical_releases, design.preview_in_offers, \(RevisionStore.columns),
      design.shredding_id AS design_shredding_id, design.shredded,
      (SELECT COUNT(*) FROM revision AS sold
        WHERE sold.design_id = design.id AND sold.state = 'released') AS sold,
      (SELECT MAX(licence.id) FROM licence
        WHERE licence.design_id = design.id AND licence.brand_id = design.brand_id) AS licence_id
    FROM design
    JOIN revision ON revision.design_id = design.id AND revision.brand_id = design.brand_id
      AND revision.number = (SELECT MAX(number) FROM revision WHERE design_id = design.id)
    """
  static let fileColumns = """
    id, brand_id, design_id, revision_id, name, media_type, blob_name, plaintext_bytes,
    payload_bytes, payload_sha256, wrapped_key, key_version, measurement, created_at, purpose, unit
    """
  /// The same, for a join with other tables.
  static let qualifiedFileColumns = fileColumns.split(separator: ",").map { column in
    "design_file." + column.filter { !$0.isWhitespace }
  }.joined(separator: ", ")

  static let insert = Statement(
    """
    INSERT INTO design (id, brand_id, name, created_at, pq_only, reference)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
  /// In every commit that changes what the design's view shows, but for counts that orders move.
  static let touch = Statement(
    "UPDATE design SET version = version + 1 WHERE id = $1 AND brand_id = $2")
  static let rename = Statement("UPDATE design SET name = $1 WHERE id = $2 AND brand_id = $3")
  static let setKeyTypes = Statement(
    "UPDATE design SET pq_only = $1 WHERE id = $2 AND brand_id = $3")
  static let setPreviewInOffers = Statement(
    "UPDATE design SET preview_in_offers = $1 WHERE id = $2 AND brand_id = $3")
  static let insertFile = Statement(
    """
    INSERT INTO design_file (\(fileColumns))
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """)
  /// What a worker has measured. Once: nothing changes the sizes of what may have been sold by them.
  static let measured = Statement(
    """
    UPDATE design_file SET measurement = $1
    WHERE id = $2 AND brand_id = $3 AND measurement IS NULL
    """)
  /// What a brand has said of a file that nothing measures.
  static let declare = Statement(
    "UPDATE design_file SET measurement = $1 WHERE id = $2 AND brand_id = $3")
  static let file = Statement(
    """
    SELECT \(fileColumns) FROM design_file WHERE id = $1 AND design_id = $2 AND brand_id = $3
    """)
  static let select = Statement("\(newest) WHERE design.id = $1 AND design.brand_id = $2")
  static let byReference = Statement(
    "\(newest) WHERE design.reference = $1 AND design.brand_id = $2")
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
  public static let statements = [
    insert, touch, rename, setKeyTypes, setPreviewInOffers, insertFile, measured, declare, file,
    select,
    byReference, page,
    files,
  ]
}
