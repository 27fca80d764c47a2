import BlobStore
public import Database
import Domain

/// The SQL of uploads that survive lost connections, and of their segments.
public enum ResumingStore: StatementCatalogue {
  static let columns = """
    id, brand_id, design_id, revision_id, name, purpose, media_type, metadata, length, received,
    state, file_id, refusal, created_at, expires_at, actor, actor_id, actor_role, unit
    """
  static let segmentColumns = """
    first_byte, bytes, blob_name, payload_bytes, payload_sha256, wrapped_key, key_version
    """
  static let insert = Statement(
    """
    INSERT INTO upload (id, brand_id, design_id, revision_id, name, purpose, media_type, metadata,
      length, received, state, created_at, expires_at, actor, actor_id, actor_role, unit)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 'open', $10, $11, $12, $13, $14, $15)
    """)
  static let select = Statement("SELECT \(columns) FROM upload WHERE id = $1 AND brand_id = $2")
  static let openPage = Statement(
    """
    SELECT \(columns) FROM upload WHERE brand_id = $1 AND state = 'open' AND id < $2
    ORDER BY id DESC LIMIT CAST($3 AS BIGINT)
    """)
  /// Moves an upload on by a segment: only from where that begins.
  static let advance = Statement(
    """
    UPDATE upload SET received = $1, expires_at = $2
    WHERE id = $3 AND brand_id = $4 AND state = 'open' AND received = $5
    """)
  static let insertSegment = Statement(
    """
    INSERT INTO upload_segment (upload_id, first_byte, brand_id, bytes, blob_name, payload_bytes,
      payload_sha256, wrapped_key, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
  static let segments = Statement(
    """
    SELECT \(segmentColumns) FROM upload_segment
    WHERE upload_id = $1 AND brand_id = $2 ORDER BY first_byte
    """)
  static let lastSegment = Statement(
    """
    SELECT \(segmentColumns) FROM upload_segment
    WHERE upload_id = $1 AND brand_id = $2 ORDER BY first_byte DESC LIMIT 1
    """)
  static let deleteSegment = Statement(
    "DELETE FROM upload_segment WHERE upload_id = $1 AND brand_id = $2 AND blob_name = $3")
  static let deleteSegments = Statement(
    "DELETE FROM upload_segment WHERE upload_id = $1 AND brand_id = $2 RETURNING blob_name")
  static let finish = Statement(
    """
    UPDATE upload SET state = 'finished', file_id = $1, expires_at = $2
    WHERE id = $3 AND brand_id = $4 AND state = 'open' AND received = length
    """)
  private static let refuse = Statement(
    """
    UPDATE upload SET state = 'refused', refusal = $1
    WHERE id = $2 AND brand_id = $3 AND state = 'open'
    """)
  static let delete = Statement("DELETE FROM upload WHERE id = $1 AND brand_id = $2")
  static let expired = Statement(
    """
    SELECT id, brand_id FROM upload
    WHERE expires_at <= $1 AND id > $2 AND NOT (state = 'open' AND received = length)
    ORDER BY id LIMIT 100
    """)
  static let full = Statement(
    """
    SELECT id, brand_id FROM upload WHERE state = 'open' AND received = length AND id > $1
    ORDER BY id LIMIT 100
    """)

  /// All of them.
  public static let statements = [
    insert, select, openPage, advance, insertSegment, segments, lastSegment, deleteSegment,
    deleteSegments, finish, refuse, delete, expired, full,
  ]

  static func record(
    _ transaction: Transaction, _ upload: UploadID, brand: BrandID
  ) throws -> UploadRecord {
    try UploadRecord(row: transaction.row(select, upload, brand).orAbsent("upload"))
  }

  static func view(
    _ transaction: Transaction, _ upload: UploadID, brand: BrandID
  ) throws -> UploadView {
    try view(transaction, of: try record(transaction, upload, brand: brand))
  }

  static func view(_ transaction: Transaction, of record: UploadRecord) throws -> UploadView {
    let row = try record.file.flatMap {
      try transaction.row(DesignStore.file, $0, record.design, record.brand)
    }
    return UploadView(record, file: try row.map { try StoredFile(row: $0).view })
  }

  /// Part of the commit that makes the file: the upload is finished, and says so until it expires.
  static func finish(
    _ transaction: Transaction, _ upload: UploadRecord, as file: FileID, until expiry: Instant
  ) throws {
    guard try transaction.run(finish, file, expiry, upload.id, upload.brand) == 1 else {
      throw Problem.absent("upload")
    }
    _ = try dropSegments(transaction, of: upload.id, brand: upload.brand)
  }

  /// Refuses an upload that is open, for good: who asks for it learns why, and its segments are taken.
  static func refuse(
    _ transaction: Transaction, _ upload: UploadID, brand: BrandID, with problem: Problem
  ) throws -> [BlobName] {
    let reason = UploadView.Reason(code: problem.code, detail: problem.detail)
    guard try transaction.run(refuse, StoredJSON.text(reason), upload, brand) == 1 else {
      return []
    }
    return try dropSegments(transaction, of: upload, brand: brand)
  }

  /// Takes an upload's segments: their rows go and their blobs are `abandoned`, all in one commit. The
  /// caller deletes the bytes after it; what a crash leaves of that, a sweep does.
  static func dropSegments(
    _ transaction: Transaction, of upload: UploadID, brand: BrandID
  ) throws -> [BlobName] {
    try transaction.rows(deleteSegments, upload, brand).compactMap { row in
      let name = try row.text("blob_name")
      try transaction.run(BlobStateStore.abandonKept, name)
      return BlobName(name)
    }
  }
}
