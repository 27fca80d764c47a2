import BlobStore
import Database
import Domain
import Sealing
import TestSupport
import Testing

@testable import Vault

/// A vault whose segments are small, and what one does to its uploads.
struct ResumingWorld {
  /// Four chunks.
  static let segmentBytes = 256 << 10
  /// Noise, so that a byte in the wrong place shows.
  static let mesh = SampleMesh.noise(facets: 14_000, seed: 3)

  let world: VaultWorld
  var vault: Vault { world.vault }
  let blobs: FailingBlobStore

  init(_ change: (inout VaultLimits) -> Void = { _ in }) async throws {
    var limits = VaultLimits(
      filesMax: 32, segmentBytesMax: Self.segmentBytes, segmentBytesMin: 32 << 10)
    change(&limits)
    let failing = Held<FailingBlobStore>()
    world = try await VaultWorld(limits: limits) { directory in
      let store = FailingBlobStore(directory, nil)
      failing.value = store
      return store
    }
    blobs = try #require(failing.value)
  }

  func begin(
    _ bytes: [UInt8] = mesh, of design: DesignID, name: String = "leg-cap.stl",
    brand: BrandID? = nil
  ) async throws -> UploadID {
    try await vault.createUpload(
      brand: brand ?? world.brand,
      NewUpload(
        design: design, name: name, mediaType: "model/stl", length: bytes.count,
        metadata: "filename bGVnLWNhcC5zdGw=")
    ).id
  }

  /// Sends a part of the bytes; the connection is lost behind it unless it is the last.
  func send(
    _ range: Range<Int>, of bytes: [UInt8] = mesh, to upload: UploadID, isCut: Bool = true
  ) async throws {
    do {
      _ = try await vault.receive(
        upload, brand: world.brand, at: range.lowerBound,
        body: Pieces(Array(bytes[range]), atEnd: { if isCut { throw Pieces.Disconnected() } }))
    } catch is Pieces.Disconnected {
      #expect(isCut)
    }
  }

  func view(_ upload: UploadID) async throws -> UploadView {
    try await vault.upload(brand: world.brand, upload)
  }

  /// Goes on from where the upload is, to its end.
  @discardableResult
  func goOn(_ upload: UploadID, _ bytes: [UInt8] = mesh) async throws -> UploadView {
    let offset = try await vault.settledUpload(brand: world.brand, upload).offset
    return try await vault.receive(
      upload, brand: world.brand, at: offset, declaredBytes: bytes.count - offset,
      body: Pieces(Array(bytes[offset...])))
  }

  /// A file's bytes as they are stored, opened.
  func opened(_ id: FileID) async throws -> [UInt8] {
    let (file, key) = try await world.database.read { transaction in
      let statement = Statement(
        "SELECT \(DesignStore.fileColumns) FROM design_file WHERE id = $1 AND brand_id = $2")
      let row = try #require(try transaction.row(statement, id, world.brand))
      return (
        try StoredFile(row: row),
        WrappedSecret(
          version: try row.integer("key_version"), bytes: try row.blob("wrapped_key"))
      )
    }
    let secret = try await world.ring.holder.unwrap(key, context: file.keyContext)
    var opener = PayloadOpener(fileKey: try #require(FileKey(bytes: secret)))
    var plain: [UInt8] = []
    for try await chunk in world.blobs.chunks(file.blob) { try opener.open(chunk, into: &plain) }
    try opener.finish(into: &plain)
    return plain
  }

  /// The upload is one file with these bytes, and nothing else of it is left.
  func expectFile(
    _ upload: UploadID, _ bytes: [UInt8] = mesh, files: Int = 1,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let view = try await view(upload)
    #expect(view.state == .finished && view.offset == bytes.count, sourceLocation: location)
    let file = try #require(view.file, sourceLocation: location)
    let stored = try await opened(file.id)
    #expect(stored == bytes, sourceLocation: location)
    #expect(try await world.count(.file) == files, sourceLocation: location)
    try await expectNothingLeft(files: files, location)
  }

  func expectNothingLeft(
    files: Int = 0, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(try await segments().isEmpty, sourceLocation: location)
    #expect(try await world.count(.blob) == files, sourceLocation: location)
    let leftovers = try await world.leftovers()
    #expect(leftovers.isEmpty, sourceLocation: location)
  }

  /// The blobs of all segments, in the order of their first bytes.
  func segments() async throws -> [String] {
    try await world.database.read {
      try $0.rows(Statement("SELECT blob_name FROM upload_segment ORDER BY upload_id, first_byte"))
        .map { try $0.text("blob_name") }
    }
  }

  /// An upload with all its bytes that is not a file yet, as a crash leaves it.
  func full(_ bytes: [UInt8] = mesh, of design: DesignID) async throws -> UploadID {
    let upload = try await begin(bytes, of: design)
    blobs.fail(at: .read)
    await #expect(throws: BlobError.self) {
      try await send(0..<bytes.count, of: bytes, to: upload, isCut: false)
    }
    blobs.repair()
    let view = try await view(upload)
    #expect(view.state == .open && view.offset == bytes.count)
    return upload
  }
}

/// A value that a closure puts somewhere.
final class Held<Value> {
  var value: Value?
}

extension Result where Failure == any Error {
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
