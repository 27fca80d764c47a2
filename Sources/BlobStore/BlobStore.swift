/// Keeps sealed payloads under random names. Blobs are written once and never changed.
///
/// A crash can leave a blob whose `commit` never returned; its owner commits an intent with the name
/// before it creates the blob, and afterwards deletes what did not become live.
public protocol BlobStore: Sendable {
  /// Begins a blob. Nothing is visible under the name until the writer's `commit`.
  ///
  /// - Throws: ``BlobError/exists(_:)`` here or in `commit` if the name is taken.
  func create(_ name: BlobName) async throws -> any BlobWriter

  /// The bytes from `offset`: at least one and at most `maxLength`, or none at the end of the blob and
  /// beyond it. Fewer than asked for does not mean that the end is reached.
  ///
  /// - Throws: ``BlobError/absent(_:)``.
  func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8]

  /// Which blob lies under the name now. Throws ``BlobError/absent(_:)``.
  func identity(_ name: BlobName) async throws -> BlobIdentity

  /// The size in bytes. Throws ``BlobError/absent(_:)``.
  func size(_ name: BlobName) async throws -> Int

  /// Removes a blob. When it returns, the blob is gone for good, also after a crash. One that is not
  /// there is no error, so that a deletion can be repeated. Reads that are under way may fail as absent.
  func delete(_ name: BlobName) async throws

  /// Up to `limit` names of committed blobs in ascending order, those after `name` if it is given. Blobs
  /// that come or go during a listing may be in it or not.
  func list(after name: BlobName?, limit: Int) async throws -> [BlobName]
}

/// Writes one blob. Its calls are made one after another. A writer that is dropped without `commit`
/// leaves no blob.
public protocol BlobWriter: Sendable {
  /// Adds bytes to the end. After an error the blob can no longer be committed.
  func append(_ bytes: ArraySlice<UInt8>) async throws

  /// Finishes the blob. When it returns, the blob is complete and durable under its name. When it
  /// throws ``BlobError/exists(_:)``, the other blob of that name was not touched; after any other error
  /// the blob may be there or not, also after a restart, until `delete` has returned for its name.
  func commit() async throws

  /// Gives the blob up. Does nothing after `commit`, `abort` or an error.
  func abort() async
}

extension BlobWriter {
  /// Adds bytes to the end.
  public func append(_ bytes: [UInt8]) async throws {
    try await append(bytes[...])
  }
}

extension BlobStore {
  /// All names of committed blobs, in ascending order.
  public func list() async throws -> [BlobName] {
    var names: [BlobName] = []
    while true {
      let page = try await list(after: names.last, limit: 10_000)
      if page.isEmpty { return names }
      names += page
    }
  }
}
