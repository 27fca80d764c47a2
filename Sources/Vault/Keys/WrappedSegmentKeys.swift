public import Database
public import Ledger
public import Sealing

/// The keys of open uploads' segments, as the rotation of keys sees them. A segment's identifier is its
/// blob's name, which no other has.
public struct WrappedSegmentKeys: WrappedSecrets {
  /// `upload_segment`.
  public let name = "upload_segment"

  /// They are in the database; there is nothing to say.
  public init() {}

  /// How many there are under each version.
  public func counts(_ transaction: Transaction) throws -> [Int: Int] {
    try transaction.rows(WrappedSegmentKeyStore.counts).reduce(into: [:]) {
      $0[try $1.integer("key_version")] = try $1.integer("count")
    }
  }

  /// See ``WrappedSecrets/batch(_:after:through:limit:)``.
  public func batch(
    _ transaction: Transaction, after place: WrappedRow.Place, through version: Int, limit: Int
  ) throws -> [WrappedRow] {
    let rows = try transaction.rows(
      WrappedSegmentKeyStore.batch, place.version, place.id, version, limit)
    return try rows.map { row in
      let sealed = try? SealedSegment(row: row)
      let upload = try? transaction.row(
        ResumingStore.select, try row.text("upload_id"), try row.text("brand_id")
      ).map(UploadRecord.init(row:))
      return WrappedRow(
        id: try row.text("blob_name"),
        secret: WrappedSecret(
          version: try row.integer("key_version"), bytes: try row.blob("wrapped_key")),
        context: upload.flatMap { sealed?.segment.keyContext(in: $0) })
    }
  }

  /// See ``WrappedSecrets/replace(_:_:with:)``.
  public func replace(
    _ transaction: Transaction, _ row: WrappedRow, with secret: WrappedSecret
  ) throws -> Bool {
    try transaction.run(
      WrappedSegmentKeyStore.replace, secret.bytes, secret.version, row.id, row.secret.version,
      row.secret.bytes) == 1
  }
}

/// The SQL that wraps segments' keys anew: it works on those of all brands, and answers none.
public enum WrappedSegmentKeyStore: StatementCatalogue {
  static let counts = Statement(
    "SELECT key_version, COUNT(*) AS count FROM upload_segment GROUP BY key_version")
  static let batch = Statement(
    """
    SELECT upload_id, brand_id, \(ResumingStore.segmentColumns) FROM upload_segment
    WHERE (key_version, blob_name) > ($1, $2) AND key_version <= $3
    ORDER BY key_version, blob_name LIMIT $4
    """)
  static let replace = Statement(
    """
    UPDATE upload_segment SET wrapped_key = $1, key_version = $2
    WHERE blob_name = $3 AND key_version = $4 AND wrapped_key = $5
    """)

  /// All of them.
  public static let statements = [counts, batch, replace]
}
