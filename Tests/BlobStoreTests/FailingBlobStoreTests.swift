import BlobStore
import TestSupport
import Testing

@Suite("a failing blob store")
struct FailingBlobStoreTests {
  @Test("fails once, and keeps or loses the blob as it was asked to")
  func faults() async throws {
    var generator = SeededGenerator(seed: 1)
    let store = FailingBlobStore(MemoryBlobStore())
    let (lost, kept, gone) = (
      BlobName(using: &generator), BlobName(using: &generator), BlobName(using: &generator)
    )
    for fault in [FailingBlobStore.Fault.create, .append, .commit] {
      store.fail(fault)
      await #expect(throws: BlobError.self) { try await store.put(lost, [1]) }
      await #expect(throws: BlobError.absent(lost)) { try await store.size(lost) }
    }
    store.fail(.commitPersisted)
    await #expect(throws: BlobError.self) { try await store.put(kept, [1]) }
    #expect(try await store.size(kept) == 1)

    store.fail(.delete)
    await #expect(throws: BlobError.self) { try await store.delete(kept) }
    #expect(try await store.size(kept) == 1)
    try await store.put(gone, [1])
    store.fail(.deletePersisted)
    await #expect(throws: BlobError.self) { try await store.delete(gone) }
    await #expect(throws: BlobError.absent(gone)) { try await store.size(gone) }
    #expect(store.pending == [])
  }
}
