import BlobStore
import Database
import Domain
import Sealing

/// The segments of open uploads. What reports call their file is the name of their blob, which no other
/// has.
struct UploadSegmentPayloads: PayloadRows {
  let name = "upload_segments"

  func batch(_ transaction: Transaction, after id: String) throws -> [StoredPayload] {
    try transaction.rows(CheckStore.segments, id).map { row in
      let upload = try transaction.row(
        ResumingStore.select, try row.text("upload_id"), try row.text("brand_id"))
      let name = try row.text("blob_name")
      return StoredPayload(
        file: name, brand: try row.text("brand_id"),
        design: try upload?.text("design_id") ?? "",
        revision: try upload?.text("revision_id") ?? "",
        blob: BlobName(name), blobState: try row.blobState("blob_state"),
        createdAt: try row.integerOrNil("created_at") ?? 0,
        payloadBytes: try row.integer("payload_bytes"), isShredded: false, isOfShredded: nil,
        sealed: Self.sealed(row, upload), upload: UploadID(try row.text("upload_id")))
    }
  }

  private static func sealed(_ row: Row, _ upload: Row?) -> StoredPayload.Sealed? {
    guard let upload, let record = try? UploadRecord(row: upload),
      let segment = try? SealedSegment(row: row)
    else { return nil }
    return StoredPayload.Sealed(
      key: segment.key, context: segment.segment.keyContext(in: record),
      plaintextBytes: segment.segment.bytes, payloadSHA256: segment.segment.payloadSHA256)
  }
}
