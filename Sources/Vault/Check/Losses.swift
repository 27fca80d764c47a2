public import BlobStore
public import Database

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

  enum PayloadState {
    case whole(bytes: Int)
    case shorter(bytes: Int)
    case missing
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
    }
  }

  /// Those among the newest files: a few calls, which tell at a start whether the blobs are of an older
  /// backup than the database.
  public func amongNewest() async throws -> [Lost] {
    let newest = try await database.read { try DesignFilePayloads.newest($0) }
    return try await changed(newest, in: "live").lost
  }

  /// All files whose payload is not there or has another length, and the blobs that were given up and are
  /// there again. For when no server works on the data.
  public func all() async throws -> (lost: [Lost], found: [BlobName]) {
    var (lost, found): ([Lost], [BlobName]) = ([], [])
    for kind in payloadRows {
      var after = ""
      while true {
        let page = try await database.read { [after] in try kind.batch($0, after: after) }
        guard let end = page.last else { break }
        after = end.file
        lost += try await changed(page, in: "live").lost
        found += try await changed(page, in: "lost").whole
      }
    }
    return (lost, found)
  }

  /// Gives up what is lost, and takes back what was found, in the caller's transaction.
  public static func settle(
    _ transaction: Transaction, lost: [Lost], found: [BlobName]
  ) throws {
    for loss in lost { try transaction.run(CheckStore.lose, loss.blob.text) }
    for name in found { try transaction.run(CheckStore.find, name.text) }
  }

  private func changed(
    _ payloads: [StoredPayload], in state: String
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
