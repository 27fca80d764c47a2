import BlobStore
import Database
import Domain
import Ledger
import Sealing

/// An upload's row.
struct UploadRecord: Sendable {
  let id: UploadID
  let brand: BrandID
  let design: DesignID
  let revision: RevisionID
  let name: String
  let purpose: FilePurpose
  let mediaType: String
  let metadata: String
  let length: Int
  let received: Int
  let state: UploadState
  let file: FileID?
  let refusal: UploadView.Reason?
  let createdAt: Instant
  let expiresAt: Instant
  /// Who began it, and whose doing the file is, whoever completes it; nil where that was not recorded.
  let actor: AuditActor?
  /// Of a mesh's coordinates, if its sender says it.
  let unit: MeshUnit?

  /// Whether all bytes are there and the file is not.
  var isFull: Bool { state == .open && received == length }

  /// Refuses to take bytes for what is over.
  func checkOpen(at now: Instant) throws(Problem) {
    switch state {
    case .open:
      // With all its bytes it waits for nobody.
      guard now < expiresAt || isFull else {
        throw Problem(
          .gone, "upload.expired", "The upload was not gone on with in time; begin a new one.")
      }
    case .finished: throw Problem(.gone, "upload.finished", "The upload is finished.")
    case .refused:
      let reason = refusal.map { "\($0.code): \($0.detail)" } ?? "for a reason that is lost."
      throw Problem(.gone, "upload.refused", "The file was refused. \(reason)")
    }
  }
}

extension UploadRecord {
  /// Reads a row with ``ResumingStore/columns``.
  init(row: Row) throws {
    id = try row.identifier("id")
    brand = try row.identifier("brand_id")
    design = try row.identifier("design_id")
    revision = try row.identifier("revision_id")
    name = try row.text("name")
    purpose = try row.named("purpose")
    mediaType = try row.text("media_type")
    metadata = try row.text("metadata")
    length = try row.integer("length")
    received = try row.integer("received")
    state = try row.named("state")
    file = try row.identifierOrNil("file_id")
    refusal = try row.textOrNil("refusal") == nil ? nil : row.json("refusal")
    createdAt = try row.instant("created_at")
    expiresAt = try row.instant("expires_at")
    actor = try row.textOrNil("actor") == nil ? nil : AuditActor(row: row)
    unit = try row.textOrNil("unit") == nil ? nil : row.named("unit")
  }
}

/// A piece of an upload, sealed as a blob of its own under a key of its own. It is written once: what
/// comes after it is another segment with another key.
struct Segment: Sendable {
  /// The number of its first byte in the file.
  let firstByte: Int
  let bytes: Int
  let blob: BlobName
  let payloadBytes: Int
  let payloadSHA256: [UInt8]

  /// The number of the first byte after it.
  var end: Int { firstByte + bytes }

  /// What its wrapped key is bound to: a segment in the place of another, in this upload or in any other
  /// brand's, does not open.
  func keyContext(in upload: UploadRecord) -> KeyContext {
    KeyContext(
      purpose: .uploadSegment, tenant: upload.brand.text, subject: upload.design.text,
      revision: upload.revision.text, file: upload.id.text,
      record: [
        "first_byte": String(firstByte), "bytes": String(bytes), "blob": blob.text,
        "payload_bytes": String(payloadBytes), "payload_sha256": payloadSHA256.hexadecimal,
      ])
  }
}

/// A segment with its wrapped key, as the row has it.
struct SealedSegment: Sendable {
  let segment: Segment
  let key: WrappedSecret
}

extension SealedSegment {
  init(row: Row) throws {
    guard let blob = BlobName(try row.text("blob_name")) else {
      throw DatabaseError.columnMismatch(column: "blob_name", expected: "a blob's name")
    }
    segment = Segment(
      firstByte: try row.integer("first_byte"), bytes: try row.integer("bytes"), blob: blob,
      payloadBytes: try row.integer("payload_bytes"),
      payloadSHA256: try row.blob("payload_sha256"))
    key = WrappedSecret(
      version: try row.integer("key_version"), bytes: try row.blob("wrapped_key"))
  }
}
