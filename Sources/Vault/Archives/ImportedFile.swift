import BlobStore
import Crypto
import Database
import Domain
import MeshFiles
import PrintPackage
import Sealing

/// A file of an archive, ready for its row.
struct ImportedFile: Sendable {
  let file: StoredFile
  /// Nil where the content is nowhere.
  let key: WrappedSecret?

  /// Its row, and the blob's: that of a payload that came along becomes live. A mesh that can still be
  /// released is measured before it is, as one that was uploaded: an import has no workers, the server has.
  /// So is one that is sold and whose sizes only a worker finds: until then nobody can order it.
  func insert(
    _ transaction: Transaction, of revision: RevisionState, at now: Instant
  ) throws {
    if key == nil {
      try transaction.run(BlobStateStore.insertLost, file.blob.text, now)
    } else {
      try BlobStateStore.makeLive(transaction, file.blob)
    }
    try file.insert(transaction, key)
    if key != nil, file.measurement?.declared != nil {
      try transaction.run(
        MeasuringStore.declare, file.id, file.brand, file.design, file.revision, now)
      return
    }
    guard file.purpose == .geometry, key != nil,
      revision == .draft || (revision == .released && file.measurement == nil)
    else { return }
    try transaction.run(
      MeasuringStore.ask, file.id, file.brand, file.design, file.revision, now)
  }
}

/// Takes one age file of an archive: opens its header, authenticates every chunk of its payload, checks what
/// is in it as an upload would, and stores the payload as it is. Memory: the header, and a piece.
struct ArchivedFileReceiver {
  private let place: ArchiveContent.Place
  private let headerBytes: Int
  private let identities: [Identity]
  private let writer: any BlobWriter
  private var check: ContentCheck
  private var header: [UInt8] = []
  private var opened: (fileKey: FileKey, payload: PayloadOpener)?
  private var digest = SHA256()
  private var plain: [UInt8] = []

  /// - Parameter memberBytes: how large the member is, the header included.
  init(
    _ place: ArchiveContent.Place, memberBytes: Int, identities: [Identity],
    into writer: any BlobWriter, limits: VaultLimits,
    using generator: inout some RandomNumberGenerator
  ) {
    (self.place, self.identities, self.writer) = (place, identities, writer)
    headerBytes = memberBytes - place.file.payloadBytes
    check = ContentCheck(
      place.file.purpose, name: place.file.name, mediaType: place.file.mediaType,
      unit: place.file.unit, declaredBytes: place.file.bytes, limits: limits, using: &generator)
  }

  mutating func take(_ bytes: ArraySlice<UInt8>) async throws {
    guard opened == nil else { return try await takePayload(bytes) }
    let rest = bytes.dropFirst(headerBytes - header.count)
    header += bytes.prefix(headerBytes - header.count)
    guard header.count == headerBytes else { return }
    do {
      guard let parsed = try AgeHeader.parse(header), parsed.encodedByteCount == headerBytes else {
        throw refusal("its header is not as long as it has to be")
      }
      guard parsed.isPostQuantum || !place.isPostQuantumOnly else {
        throw refusal(
          "its header is for a classical key, and its design goes to post-quantum keys only")
      }
      let fileKey = try parsed.unwrap(with: .identities(identities))
      opened = (fileKey, PayloadOpener(fileKey: fileKey))
    } catch AgeError.noMatch {
      throw Problem(
        .invalid, "archive.identity",
        "No identity that was given opens \(place.file.id): name the brand's own with -i.")
    } catch let error as AgeError {
      throw refusal(error.message)
    }
    if !rest.isEmpty { try await takePayload(rest) }
  }

  private mutating func takePayload(_ bytes: ArraySlice<UInt8>) async throws {
    digest.update(data: bytes)
    do {
      try opened?.payload.open(bytes, into: &plain)
    } catch let error as AgeError {
      throw refusal(error.message)
    }
    try passOn()
    try await writer.append(bytes)
  }

  private mutating func passOn() throws {
    do {
      try check.update(plain)
    } catch {
      throw refusal(error.detail)
    }
    plain.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    plain.removeAll(keepingCapacity: true)
  }

  /// Ends the file: when this returns, all of it was authentic and what its document says, and its payload
  /// is durable.
  mutating func finish() async throws -> (fileKey: FileKey, measurement: MeshSummary?) {
    guard let fileKey = opened?.fileKey else { throw refusal("it is cut off") }
    do {
      try opened?.payload.finish(into: &plain)
    } catch let error as AgeError {
      throw refusal(error.message)
    }
    try passOn()
    let measurement: MeshSummary?
    do {
      measurement = try check.finish()
    } catch {
      throw refusal(error.detail)
    }
    guard ContentDigest(finishing: digest) == place.file.payloadSHA256 else {
      throw refusal("its payload is another than its design's document says")
    }
    try await writer.commit()
    return (fileKey, measurement)
  }

  func abort() async { await writer.abort() }

  private func refusal(_ reason: String) -> Problem {
    Problem(
      .invalid, "archive.file",
      "\(ArchiveFormat.file(place.file.id)) is not what was exported: \(reason).".replacing(
        "..", with: "."))
  }
}
