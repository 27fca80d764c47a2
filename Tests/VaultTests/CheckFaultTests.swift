import BlobStore
import Domain
import Sealing
import Testing

@testable import Vault

@Suite("A check that cannot read everything")
struct CheckFaultTests {
  @Test("a payload that cannot be read is a finding, and all the others are read")
  func unreadable() async throws {
    let fixture = try await ReleaseWorld()
    let path = try await fixture.payloadPath("a.stl")
    let name = try #require(path.split(separator: "/").last.flatMap { BlobName(String($0)) })
    for (readsSize, times) in [(true, 1), (false, 2)] {
      let blobs = BadSectorStore(fixture.world.blobs, bad: name, readsSize: readsSize)
      let report = try await fixture.check(isServing: false, blobs: blobs)
        .run(readingData: true) { _ in }.report
      #expect(report.findingCounts == ["payload.unreadable": times])
      #expect(report.counts["payloads_read"] == 1)
      let lost = try await Losses(database: fixture.world.database, blobs: blobs).all().lost
      #expect(lost.count == (readsSize ? 0 : 1))
    }
  }

  @Test("a check that is cancelled says so, and not that all is well")
  func cancelled() async throws {
    let fixture = try await ReleaseWorld()
    let holder = InterruptibleKeyHolder(fixture.world.ring.holder)
    let check = VaultCheck(
      database: fixture.world.database, blobs: fixture.world.blobs, keys: { holder },
      sources: [], isServing: false)
    holder.each { _ in throw CancellationError() }
    await #expect(throws: CancellationError.self) {
      try await check.run(readingData: true) { _ in }
    }
  }

  @Test("a payload whose key does not open counts as unread, and never in a clean check")
  func unread() async throws {
    let fixture = try await ReleaseWorld()
    let holder = InterruptibleKeyHolder(fixture.world.ring.holder)
    let check = VaultCheck(
      database: fixture.world.database, blobs: fixture.world.blobs, keys: { holder },
      sources: [WrappedFileKeys()], isServing: false)
    // Both were unwrapped once before.
    holder.each { _ in if holder.calls == 3 { throw KeyHolderError.notAuthentic } }
    let report = try await check.run(readingData: true) { _ in }.report
    #expect(report.counts["payloads_unread"] == 1 && report.counts["payloads_read"] == 1)
    #expect(report.findingCounts == ["key.refused": 1])
  }
}

/// A store that does not give the bytes of one blob, nor its size if told so.
private final class BadSectorStore: BlobStore {
  private let store: DirectoryBlobStore
  private let bad: BlobName
  private let readsSize: Bool

  init(_ store: DirectoryBlobStore, bad: BlobName, readsSize: Bool) {
    (self.store, self.bad, self.readsSize) = (store, bad, readsSize)
  }

  func create(_ name: BlobName) async throws -> any BlobWriter { try await store.create(name) }
  func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    guard name != bad else { throw BlobError.storage("Input/output error") }
    return try await store.read(name, from: offset, maxLength: maxLength)
  }
  func identity(_ name: BlobName) async throws -> BlobIdentity { try await store.identity(name) }
  func size(_ name: BlobName) async throws -> Int {
    guard name != bad || readsSize else { throw BlobError.storage("Input/output error") }
    return try await store.size(name)
  }
  func delete(_ name: BlobName) async throws { try await store.delete(name) }
  func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    try await store.list(after: name, limit: limit)
  }
}
