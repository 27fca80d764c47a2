import BlobStore
import Database
import Domain
import MeshFiles
import Sealing

/// A file of a revision as it is stored: where its sealed payload lies, and its wrapped key.
struct StoredFile: Sendable {
  let id: FileID
  let brand: BrandID
  let design: DesignID
  let revision: RevisionID
  let name: String
  let purpose: FilePurpose
  let mediaType: String
  let blob: BlobName
  let plaintextBytes: Int
  let payloadBytes: Int
  let payloadSHA256: [UInt8]
  /// What whoever uploaded a mesh has said its coordinates are in.
  let unit: MeshUnit?
  /// Of a mesh; nil until a worker has measured one that is not measured while it comes in.
  let measurement: MeshSummary?
  let createdAt: Instant

  /// What its wrapped key is bound to. Whoever can write to database and blob store but does not
  /// hold the wrapping key cannot make a bureau receive another payload, or this one under another
  /// name or for another purpose: the key no longer unwraps, and nothing is released.
  ///
  /// Geometry says nothing of its purpose, because files were wrapped so before there were others; every
  /// field has its length before it, so no context with the purpose is written like one without. The same
  /// goes for the unit.
  var keyContext: KeyContext {
    var record = [
      ("name", name), ("media_type", mediaType), ("blob", blob.text),
      ("plaintext_bytes", String(plaintextBytes)), ("payload_bytes", String(payloadBytes)),
      ("payload_sha256", payloadSHA256.hexadecimal),
    ]
    if purpose != .geometry { record.append(("purpose", purpose.rawValue)) }
    // A part in another unit is another part.
    if let unit { record.append(("unit", unit.rawValue)) }
    return KeyContext(
      purpose: .designFile, tenant: brand.text, subject: design.text, revision: revision.text,
      file: id.text, record: WrapContext(record))
  }

  /// Its format, where media type or name tell it; of STEP they always do.
  var family: MeshFamily? {
    MeshFamily(mediaType: mediaType) ?? MeshFamily(fileNamed: name)
  }

  /// What a mesh's coordinates are in, as far as it is known. A STEP file says it itself, to whoever reads it.
  var readUnit: MeshUnit? {
    unit ?? measurement.flatMap { $0.format == .step ? nil : MeshUnit($0.unit) }
  }

  var view: FileView {
    FileView(
      id: id, name: name, purpose: purpose, mediaType: mediaType, bytes: plaintextBytes, unit: unit,
      measurement: measurement, createdAt: createdAt)
  }
}

extension StoredFile {
  /// Reads a row with ``DesignStore/fileColumns``.
  init(row: Row) throws {
    id = try row.identifier("id")
    brand = try row.identifier("brand_id")
    design = try row.identifier("design_id")
    revision = try row.identifier("revision_id")
    name = try row.text("name")
    purpose = try row.named("purpose")
    mediaType = try row.text("media_type")
    guard let blob = BlobName(try row.text("blob_name")) else {
      throw DatabaseError.columnMismatch(column: "blob_name", expected: "a blob's name")
    }
    self.blob = blob
    plaintextBytes = try row.integer("plaintext_bytes")
    payloadBytes = try row.integer("payload_bytes")
    payloadSHA256 = try row.blob("payload_sha256")
    unit = try row.textOrNil("unit") == nil ? nil : row.named("unit")
    measurement =
      try row.textOrNil("measurement") == nil ? nil : try row.json("measurement")
    createdAt = try row.instant("created_at")
  }

  /// Its row; without a key for a file whose content is nowhere.
  func insert(_ transaction: Transaction, _ key: WrappedSecret?) throws {
    try transaction.run(
      DesignStore.insertFile, id, brand, design, revision, name, mediaType, blob.text,
      plaintextBytes, payloadBytes, payloadSHA256, key?.bytes, key?.version ?? 1,
      try measurement.map { try StoredJSON.text($0) }, createdAt, purpose.rawValue, unit?.rawValue)
  }
}
