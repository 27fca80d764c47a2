public import BlobStore
public import Database
public import Domain

/// Files whose payload is gone. A row `live` says that its payload is there; one that an operator has
/// given up is `lost`, and no key of it is released, until its payload is found again.
public struct Losses: Sendable {
  /// A file without its payload.
  public struct Lost: Sendable, Hashable {
    /// The file.
    public let file: String
    /// Its brand.
    public let brand: String
    /// Its design.
    public let design: String
    /// Its revision.
    public let revision: String
    /// The blob that is not there, or not whole.
    public let blob: BlobName
  }

  /// An upload under way of which a piece is not there, so that nothing can come of it.
  public struct LostUpload: Sendable, Hashable, Codable {
    /// The upload.
    public let upload: UploadID
    /// Its brand.
    public let brand: BrandID
    /// The design that its file was for.
    public let design: String
  }

  enum PayloadState {
    case whole(bytes: Int)
    case shorter(bytes: Int)
    case missing
    case unreadable(BlobError)
  }

  private let database: Database
  private let blobs: any BlobStore

  /// Losses between a database and a blob store.
  public init(database: Database, blobs: any BlobStore) {
    self.database = database
    self.blobs = blobs
  }

  static func state(
    of payload: StoredPayload, _ name: BlobName, in blobs: any BlobStore
  ) async throws -> PayloadState {
    do {
      let bytes = try await blobs.size(name)
      return bytes == payload.payloadBytes ? .whole(bytes: bytes) : .shorter(bytes: bytes)
    } catch BlobError.absent {
      return .missing
    } catch let error as BlobError {
      // One bad sector must not cost the whole report.
      return .unreadable(error)
    }
  }

  /// Those among the newest files: a few calls, which tell at a start whether the blobs are of an older
  /// backup than the database.
  public func amongNewest() async throws -> [Lost] {
    let newest = try await database.read { try DesignFilePayloads.newest($0) }
    return try await changed(newest, in: .live).lost
  }

  /// All files whose payload is not there or has another length, and the blobs that were given up and are
  /// there again. For when no server works on the data.
  public func all() async throws -> (lost: [Lost], found: [BlobName]) {
    var (lost, found): ([Lost], [BlobName]) = ([], [])
    try await forEachPage(of: DesignFilePayloads()) { page in
      lost += try await changed(page, in: .live).lost
      found += try await changed(page, in: .lost).whole
    }
    return (lost, found)
  }

  /// The uploads under way of which a piece is not there, or was given up. Pieces come and go in the normal
  /// life of an upload, so that blobs which were copied after the database need not have those that it
  /// names: no file is lost with them, and their client has the bytes. For when no server works on the data.
  public func uploads() async throws -> [LostUpload] {
    var lost: [UploadID: LostUpload] = [:]
    try await forEachPage(of: UploadSegmentPayloads()) { page in
      for payload in page {
        guard let upload = payload.upload, lost[upload] == nil,
          let brand = BrandID(payload.brand), let blob = payload.blob
        else { continue }
        let state = try await Self.state(of: payload, blob, in: blobs)
        if case .whole = state, payload.blobState == .live { continue }
        lost[upload] = LostUpload(upload: upload, brand: brand, design: payload.design)
      }
    }
    return lost.values.sorted { $0.upload.text < $1.upload.text }
  }

  private func forEachPage(
    of kind: some PayloadRows, _ body: ([StoredPayload]) async throws -> Void
  ) async throws {
    var after = ""
    while true {
      let page = try await database.read { [after] in try kind.batch($0, after: after) }
      guard let end = page.last else { return }
      after = end.file
      try await body(page)
    }
  }

  /// Gives up what is lost, takes back what was found, and refuses uploads that lack a piece, in the caller's
  /// transaction. Their bytes are left to ``sweep()``.
  public static func settle(
    _ transaction: Transaction, lost: [Lost], found: [BlobName], uploads: [LostUpload] = []
  ) throws {
    for loss in lost { try transaction.run(BlobStateStore.lose, loss.blob.text) }
    for name in found { try transaction.run(BlobStateStore.find, name.text) }
    let damaged = Problem(
      .conflict, "upload.damaged",
      "The broker was restored from a backup without a piece of this upload. Nothing of it was kept: "
        + "upload the file again.")
    for lost in uploads {
      _ = try ResumingStore.refuse(transaction, lost.upload, brand: lost.brand, with: damaged)
    }
  }

  /// Removes what ended without becoming a file, as a server does at its start. For when none works on the
  /// data.
  public func sweep() async throws {
    try await UnfinishedBlobs(database: database, blobs: blobs).sweep()
  }

  private func changed(
    _ payloads: [StoredPayload], in state: BlobState
  ) async throws -> (lost: [Lost], whole: [BlobName]) {
    var (lost, whole): ([Lost], [BlobName]) = ([], [])
    for payload in payloads where payload.blobState == state {
      guard let blob = payload.blob else { continue }
      if case .whole = try await Self.state(of: payload, blob, in: blobs) {
        whole.append(blob)
      } else {
        lost.append(
          Lost(
            file: payload.file, brand: payload.brand, design: payload.design,
            revision: payload.revision, blob: blob))
      }
    }
    return (lost, whole)
  }
}
