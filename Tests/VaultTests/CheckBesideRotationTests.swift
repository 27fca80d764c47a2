import BlobStore
import Database
import Domain
import Foundation
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Vault

/// A check whose key ring is read from the file, as another process reads it, while the keys are rotated.
@Suite("A check beside a rotation of keys")
struct CheckBesideRotationTests {
  private let uploads: ResumingWorld
  private let rotation: KeyRotation
  private let file: BlobName
  /// In the order in which a check comes by.
  private let segments: [BlobName]

  /// A file, and an open upload in four pieces.
  init() async throws {
    uploads = try await ResumingWorld()
    let world = uploads.world
    rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: world.ring.holder, sources: Self.sources,
      ambient: world.clock.ambient)
    try await rotation.start()
    try await world.upload(SampleMesh.box(), to: try await world.createDesign().id)
    file = try #require(try await world.blobs.list().first)
    let upload = try await uploads.begin(of: try await world.createDesign().id)
    for index in 0..<4 {
      try await uploads.send(index * 50_000..<(index + 1) * 50_000, to: upload)
    }
    segments = try await uploads.segments().compactMap(BlobName.init).sorted { $0.text < $1.text }
    try #require(segments.count == 4)
  }

  private static let sources: [any WrappedSecrets] = [WrappedFileKeys(), WrappedSegmentKeys()]

  /// Runs a check; each action before the first byte of its blob is read.
  private func check(
    before actions: [BlobName: @Sendable () async throws -> Void]
  ) async throws -> CheckReport {
    let world = uploads.world
    let check = VaultCheck(
      database: world.database, blobs: WatchedBlobStore(world.blobs, actions),
      keys: { [ring = world.ring.path, ambient = world.clock.ambient] in
        try KeyRingKeeper.holder(reading: ring, passphrase: nil, ambient: ambient)
      }, sources: Self.sources, isServing: true)
    return try await check.run(readingData: true) { _ in }.report
  }

  @Test("payloads that were wrapped anew meanwhile are read, and a damaged one is found")
  func finds() async throws {
    let blob = segments[2]
    let path = uploads.world.directory.path("data/blobs/\(blob.text.prefix(2))/\(blob)")
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    let report = try await check(before: [
      file: { [rotation] in
        _ = try await rotation.add(2)
        try await rotation.rewrap()
        _ = try await rotation.retire(1)
      }
    ])
    #expect(report.findings.map(\.code) == ["payload.digest"])
    #expect(report.findings.first?.blob == blob.text)
    #expect(report.counts["payloads_read"] == 5 && report.counts["payloads_unread"] == nil)
  }

  @Test("rows whose version was destroyed since their page was read are read again")
  func readsAgain() async throws {
    let world = uploads.world
    let report = try await check(before: [
      file: { [rotation, segments] in
        _ = try await rotation.add(2)
        // The second one of the page alone.
        let rows = try await world.database.read {
          try WrappedSegmentKeys().batch($0, after: .init(version: 0, id: ""), through: 1, limit: 9)
        }
        let row = try #require(rows.first { $0.id == segments[1].text })
        let context = try #require(row.context)
        let secret = try await world.ring.holder.unwrap(row.secret, context: context)
        let wrapped = try await world.ring.holder.wrap(secret, context: context)
        let isDone = try await world.database.write {
          try WrappedSegmentKeys().replace($0, row, with: wrapped)
        }
        #expect(isDone && wrapped.version == 2)
      },
      segments[0]: { [rotation] in
        try await rotation.rewrap()
        _ = try await rotation.retire(1)
      },
    ])
    #expect(report.isClean, "\(report.findings)")
    #expect(report.counts["payloads_read"] == 5 && report.counts["payloads_unread"] == nil)
  }

  @Test("keys of a version that was destroyed after they were read do not count as refused")
  func unwrapsAgain() async throws {
    let world = uploads.world
    let reads = Mutex(0)
    let path = world.ring.path
    // The ring of before the rotation is what the check begins with.
    let old = try KeyRingKeeper.holder(
      reading: path, passphrase: nil, ambient: world.clock.ambient)
    _ = try await rotation.add(2)
    try await rotation.rewrap()
    let check = VaultCheck(
      database: world.database, blobs: world.blobs,
      keys: {
        let isFirst = reads.withLock { reads in
          reads += 1
          return reads == 1
        }
        return isFirst
          ? old
          : try KeyRingKeeper.holder(
            reading: path, passphrase: nil, ambient: world.clock.ambient)
      }, sources: Self.sources, isServing: true)
    let report = try await check.run(readingData: true) { _ in }.report
    #expect(report.isClean, "\(report.findings)")
    #expect(reads.withLock { $0 } == 2, "the ring was read anew for every row")
  }
}
