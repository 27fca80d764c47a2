import BlobStore
import Database
import Domain
import MeshFiles
import PrintPackage
import Sealing

/// A row of `design_file`, without its wrapped key and the name of its blob.
struct ArchivedFile: Codable, Hashable, Sendable {
  /// Where what it holds is.
  enum Content: String, Codable, Hashable, Sendable, CaseIterable {
    /// In the archive: `files/fil_….age`.
    case archived
    /// Nowhere: its key was destroyed.
    case destroyed
    /// Nowhere: its payload is lost, and the operator has given it up.
    case lost
  }

  let id: FileID
  let name: String
  let purpose: FilePurpose
  let mediaType: String
  let bytes: Int
  let payloadBytes: Int
  let payloadSHA256: ContentDigest
  /// What a mesh's coordinates are in, as whoever uploaded it has said.
  let unit: MeshUnit?
  /// For a reader; an import measures for itself, and takes a brand's word for a STEP file.
  let measurement: MeshSummary?
  let createdAt: Instant
  let content: Content

  private enum CodingKeys: String, CodingKey {
    case id, name, purpose, bytes, unit, measurement, content
    case mediaType = "media_type"
    case payloadBytes = "payload_bytes"
    case payloadSHA256 = "payload_sha256"
    case createdAt = "created_at"
  }
}

extension ArchivedFile {
  init(_ file: StoredFile, _ content: Content, until latest: Instant) throws {
    guard let digest = ContentDigest(bytes: file.payloadSHA256) else {
      throw file.changed("its digest is no SHA-256")
    }
    (id, name, purpose, mediaType) = (file.id, file.name, file.purpose, file.mediaType)
    (bytes, payloadBytes) = (file.plaintextBytes, file.payloadBytes)
    payloadSHA256 = digest
    unit = file.unit
    (measurement, self.content) = (file.measurement, content)
    createdAt = min(file.createdAt, latest)
  }

  func check() throws {
    func require(_ isRight: Bool, _ detail: String) throws(Problem) {
      guard isRight else { throw ArchiveFormat.content("\(id)", detail) }
    }
    try FileChecks.checkName(name)
    try require(
      try FileChecks.mediaType(mediaType, for: purpose) == mediaType, "its media type is misspelt.")
    try require(
      bytes >= 0 && (0...ArchiveFormat.totalBytesMax).contains(payloadBytes)
        && PayloadOpener.plaintextByteCount(of: payloadBytes) == bytes,
      "no payload of so many bytes holds so many.")
    try FileChecks.checkUnit(unit, for: purpose)
    try require(
      measurement?.measuredBy != .brand || declaredSizes != nil,
      "no brand can have said its sizes.")
  }

  /// What is said of a STEP file: by its brand, or by a converter elsewhere, whose word is the brand's here. Nil
  /// for a mesh, whatever is said of it, and for what no part can have.
  var declaredSizes: DeclaredSizes? {
    guard let measurement, measurement.measuredBy != nil, measurement.isClosed,
      purpose == .geometry,
      (MeshFamily(mediaType: mediaType) ?? MeshFamily(fileNamed: name)) == .step
    else { return nil }
    let sizes = DeclaredSizes(
      size: measurement.size, volumeCubicMillimetres: measurement.volumeCubicMillimetres,
      areaSquareMillimetres: measurement.areaSquareMillimetres)
    return sizes.impossibility == nil ? sizes : nil
  }

  /// The same file in this installation, under another blob.
  func stored(
    as blob: BlobName, measurement: MeshSummary?, brand: BrandID, design: DesignID,
    revision: RevisionID
  ) -> StoredFile {
    StoredFile(
      id: id, brand: brand, design: design, revision: revision, name: name, purpose: purpose,
      mediaType: mediaType, blob: blob, plaintextBytes: bytes, payloadBytes: payloadBytes,
      payloadSHA256: payloadSHA256.bytes, unit: unit, measurement: measurement,
      createdAt: createdAt)
  }
}
