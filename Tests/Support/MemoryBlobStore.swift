public import BlobStore
import Synchronization

/// A blob store in memory, for tests that are not about files. It passes the same conformance suite as
/// the real ones.
public final class MemoryBlobStore: BlobStore {
  fileprivate let blobs = Mutex<[BlobName: [UInt8]]>([:])

  /// An empty store.
  public init() {}

  /// A writer that gathers the bytes.
  public func create(_ name: BlobName) async throws -> any BlobWriter {
    guard blobs.withLock({ $0[name] == nil }) else { throw BlobError.exists(name) }
    return MemoryBlobWriter(store: self, name: name)
  }

  /// The bytes from the offset.
  public func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    Array(try bytes(name).dropFirst(offset).prefix(maxLength))
  }

  /// The number of bytes.
  public func size(_ name: BlobName) async throws -> Int {
    try bytes(name).count
  }

  /// Removes the bytes.
  public func delete(_ name: BlobName) async throws {
    blobs.withLock { $0[name] = nil }
  }

  /// The names in order.
  public func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    let names = blobs.withLock { Array($0.keys) }.sorted()
    return Array(names.filter { candidate in name.map { candidate > $0 } ?? true }.prefix(limit))
  }

  private func bytes(_ name: BlobName) throws -> [UInt8] {
    guard let bytes = blobs.withLock({ $0[name] }) else { throw BlobError.absent(name) }
    return bytes
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
    let isFree = store.blobs.withLock { blobs in
      guard blobs[name] == nil else { return false }
      blobs[name] = bytes
      return true
    }
    guard isFree else { throw BlobError.exists(name) }
  }

  func abort() async {
    bytes = nil
  }
}
