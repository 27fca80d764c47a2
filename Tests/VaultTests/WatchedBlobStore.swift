import BlobStore
import Synchronization

/// Does something when a blob is read the next time, before its bytes are given.
final class WatchedBlobStore: BlobStore {
  typealias Action = @Sendable () async throws -> Void

  private struct Actions {
    var ofBlobs: [BlobName: Action]
    var ofAny: Action?
  }

  private let store: any BlobStore
  private let actions: Mutex<Actions>

  /// - Parameter actions: what is done before a certain blob is read.
  init(_ store: any BlobStore, _ actions: [BlobName: Action] = [:]) {
    self.store = store
    self.actions = Mutex(Actions(ofBlobs: actions))
  }

  /// Before any blob is read.
  func onNextRead(_ action: @escaping Action) { actions.withLock { $0.ofAny = action } }

  func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    try await actions.withLock { $0.ofBlobs.removeValue(forKey: name) ?? $0.ofAny.take() }?()
    return try await store.read(name, from: offset, maxLength: maxLength)
  }

  func create(_ name: BlobName) async throws -> any BlobWriter { try await store.create(name) }
  func identity(_ name: BlobName) async throws -> BlobIdentity { try await store.identity(name) }
  func size(_ name: BlobName) async throws -> Int { try await store.size(name) }
  func delete(_ name: BlobName) async throws { try await store.delete(name) }
  func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    try await store.list(after: name, limit: limit)
  }
}
