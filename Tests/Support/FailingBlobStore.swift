public import BlobStore
import Synchronization

/// A blob store that fails on request in front of one that does not, to test every external write failed
/// and failed-but-persisted.
///
///     let blobs = FailingBlobStore(MemoryBlobStore())
///     blobs.fail(.commitPersisted)      // the next commit throws, and the blob is there all the same
public final class FailingBlobStore: BlobStore {
  /// What goes wrong, once for each time it was asked for. All of them throw ``BlobError/storage(_:)``.
  public enum Fault: Sendable, Hashable {
    /// `create` throws.
    case create
    /// `append` throws; nothing of it is kept.
    case append
    /// `commit` throws and the blob is not there.
    case commit
    /// `commit` throws and the blob is there.
    case commitPersisted
    /// `read` throws.
    case read
    /// `delete` throws and the blob is still there.
    case delete
    /// `delete` throws and the blob is gone.
    case deletePersisted
  }

  private let store: any BlobStore
  private let faults = Mutex<[Fault]>([])

  /// Passes everything on to `store` until it is asked to fail.
  public init(_ store: any BlobStore) {
    self.store = store
  }

  /// Makes the next call that the fault belongs to fail. May be called several times.
  public func fail(_ fault: Fault) {
    faults.withLock { $0.append(fault) }
  }

  /// The faults that were asked for and have not happened.
  public var pending: [Fault] { faults.withLock { $0 } }

  fileprivate func takes(_ fault: Fault) -> Bool {
    faults.withLock { faults in
      guard let index = faults.firstIndex(of: fault) else { return false }
      faults.remove(at: index)
      return true
    }
  }

  fileprivate func failIfAsked(_ fault: Fault) throws {
    if takes(fault) { throw BlobError.storage("asked to fail: \(fault)") }
  }

  /// Fails for `.create`.
  public func create(_ name: BlobName) async throws -> any BlobWriter {
    try failIfAsked(.create)
    return FailingBlobWriter(store: self, writer: try await store.create(name))
  }

  /// Fails for `.read`.
  public func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    try failIfAsked(.read)
    return try await store.read(name, from: offset, maxLength: maxLength)
  }

  /// Never fails by itself.
  public func identity(_ name: BlobName) async throws -> BlobIdentity {
    try await store.identity(name)
  }

  /// Never fails by itself.
  public func size(_ name: BlobName) async throws -> Int {
    try await store.size(name)
  }

  /// Fails for `.delete` and `.deletePersisted`.
  public func delete(_ name: BlobName) async throws {
    try failIfAsked(.delete)
    try await store.delete(name)
    try failIfAsked(.deletePersisted)
  }

  /// Never fails by itself.
  public func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    try await store.list(after: name, limit: limit)
  }
}

private struct FailingBlobWriter: BlobWriter {
  let store: FailingBlobStore
  let writer: any BlobWriter

  func append(_ bytes: ArraySlice<UInt8>) async throws {
    try await abortingIfAsked(.append)
    try await writer.append(bytes)
  }

  func commit() async throws {
    try await abortingIfAsked(.commit)
    try await writer.commit()
    try store.failIfAsked(.commitPersisted)
  }

  func abort() async {
    await writer.abort()
  }

  /// After an error the blob can no longer be committed, as the protocol promises.
  private func abortingIfAsked(_ fault: FailingBlobStore.Fault) async throws {
    do {
      try store.failIfAsked(fault)
    } catch {
      await writer.abort()
      throw error
    }
  }
}
