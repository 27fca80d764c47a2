import BlobStore
import Database
import Domain
import Sealing

/// A sealed payload as a row describes it, whichever kind of row: what a check holds against the blob.
struct StoredPayload: Sendable {
  /// The row's identifier.
  let file: String
  let brand: String
  let design: String
  let revision: String
  /// Nil where the row's text is no blob's name.
  let blob: BlobName?
  /// What the blob's row says; nil where there is none, or one with a word that is none.
  let blobState: BlobState?
  let createdAt: Int64
  let payloadBytes: Int
  /// Whether its key was destroyed.
  let isShredded: Bool
  /// Whether that is what its revision says; nil where rows of its kind are never shredded.
  let isOfShredded: Bool?
  /// What opening it needs; nil for a row that cannot be read or whose key was destroyed.
  let sealed: Sealed?
  /// The upload under way that it is a piece of; nil for a design's file.
  var upload: UploadID?

  struct Sealed: Sendable {
    let key: WrappedSecret
    let context: KeyContext
    let plaintextBytes: Int
    let payloadSHA256: [UInt8]
  }
}

/// One kind of row that a sealed payload belongs to.
protocol PayloadRows: Sendable {
  /// What reports call them.
  var name: String { get }
  /// Those after an identifier, in the order of identifiers; at most 500.
  func batch(_ transaction: Transaction, after id: String) throws -> [StoredPayload]
}

/// The files of designs.
struct DesignFilePayloads: PayloadRows {
  let name = "files"

  func batch(_ transaction: Transaction, after id: String) throws -> [StoredPayload] {
    try transaction.rows(CheckStore.files, id).map(Self.payload)
  }

  /// The newest live ones, at most 20.
  static func newest(_ transaction: Transaction) throws -> [StoredPayload] {
    try transaction.rows(CheckStore.newestFiles).map(payload)
  }

  private static func payload(_ row: Row) throws -> StoredPayload {
    let file = try? StoredFile(row: row)
    let key = try? WrappedSecret(fileKeyIn: row)
    return StoredPayload(
      file: try row.text("id"), brand: try row.text("brand_id"),
      design: try row.text("design_id"), revision: try row.text("revision_id"),
      blob: BlobName(try row.text("blob_name")), blobState: try row.blobState("blob_state"),
      createdAt: try row.integer("created_at"), payloadBytes: try row.integer("payload_bytes"),
      isShredded: try row.blobOrNil("wrapped_key") == nil,
      isOfShredded: try row.textOrNil("revision_state") == RevisionState.shredded.rawValue,
      sealed: file.flatMap { file in
        key.map {
          StoredPayload.Sealed(
            key: $0, context: file.keyContext, plaintextBytes: file.plaintextBytes,
            payloadSHA256: file.payloadSHA256)
        }
      })
  }
}

/// Every kind there is.
let payloadRows: [any PayloadRows] = [DesignFilePayloads(), UploadSegmentPayloads()]
