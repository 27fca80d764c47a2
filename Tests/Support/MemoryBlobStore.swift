public import BlobStore
import Synchronization

/// A blob store in memory, for tests that are not about files. It passes the same conformance suite as
/// the real ones.
public final class MemoryBlobStore: BlobStore {
  fileprivate struct Blob {
    let bytes: [UInt8]
    let number: Int
  }

  fileprivate struct State {
    var blobs: [BlobName: Blob] = [:]
    var commits = 0
  }

  fileprivate let state = Mutex(State())

  /// An empty store.
  public init() {}

  /// A writer that gathers the bytes.
  public func create(_ name: BlobName) async throws -> any BlobWriter {
    guard state.withLock({ $0.blobs[name] == nil }) else { throw BlobError.exists(name) }
    return MemoryBlobWriter(store: self, name: name)
  }

  /// The bytes from the offset.
  public func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    Array(try blob(name).bytes.dropFirst(offset).prefix(maxLength))
  }

  /// The number of the commit.
  public func identity(_ name: BlobName) async throws -> BlobIdentity {
    let blob = try blob(name)
    return BlobIdentity(bytes: blob.bytes.count, version: "\(blob.number)", isSettled: true)
  }

  /// The number of bytes.
  public func size(_ name: BlobName) async throws -> Int {
    try blob(name).bytes.count
  }

  /// Removes the bytes.
  public func delete(_ name: BlobName) async throws {
    state.withLock { $0.blobs[name] = nil }
  }

  /// The names in order.
  public func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    let names = state.withLock { Array($0.blobs.keys) }.sorted()
    return Array(names.filter { candidate in name.map { candidate > $0 } ?? true }.prefix(limit))
  }

  private func blob(_ name: BlobName) throws -> Blob {
    guard let blob = state.withLock({ $0.blobs[name] }) else { throw BlobError.absent(name) }
    return blob
  }
}

private actor MemoryBlobWriter: BlobWriter {
  private let store: MemoryBlobStore
  private let name: BlobName
  private var bytes: [UInt8]? = []

  init(store: MemoryBlobStore, name: BlobName) {
    self.store = store
    self.name = name
  }

  func append(_ bytes: ArraySlice<UInt8>) async throws {
    guard self.bytes != nil else { throw BlobError.writerOver }
    self.bytes! += bytes
  }

  func commit() async throws {
    guard let bytes else { throw BlobError.writerOver }
    self.bytes = nil
    let isFree = store.state.withLock { state in
      guard state.blobs[name] == nil else { return false }
      state.commits += 1
      state.blobs[name] = MemoryBlobStore.Blob(bytes: bytes, number: state.commits)
      return true
    }
    guard isFree else { throw BlobError.exists(name) }
  }

  func abort() async {
    bytes = nil
  }
}
