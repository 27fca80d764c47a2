import Domain
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite("Key rotation during uploads", .timeLimit(.minutes(2)))
struct SegmentRotationTests {
  private static let mesh = ResumingWorld.mesh

  /// The rotation of a world's keys, its segments' among them.
  private func rotation(
    _ uploads: ResumingWorld, _ keys: (any KeyHolder)? = nil
  ) async throws -> KeyRotation {
    let world = uploads.world
    let rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: keys ?? world.ring.holder,
      sources: [WrappedFileKeys(), WrappedSegmentKeys()], ambient: world.clock.ambient)
    try await rotation.start()
    return rotation
  }

  @Test("segments keep their version in use until they are wrapped anew, and the upload goes on")
  func rotates() async throws {
    let uploads = try await ResumingWorld()
    let rotation = try await rotation(uploads)
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    // The last segment is small, and will be read again.
    try await uploads.send(0..<530_000, to: upload)
    let added = try await rotation.add(2)
    #expect(added.left == 3 && added.versions[0].uses["upload_segment"] == 3)
    await expectProblem("key_version.in_use") { try await rotation.retire(1) }
    try await rotation.rewrap()
    let retired = try await rotation.retire(1)
    #expect(retired.versions.map(\.isInRing) == [false, true])
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a version that is retired between a segment's wrap and its commit is wrapped again")
  func retiredBeforeCommit() async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let rotation = try await rotation(uploads)
    let holder = AfterWrap(world.ring.holder)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient, limits: uploads.vault.limits)
    let upload = try await uploads.begin(of: try await world.createDesign().id)
    holder.next {
      _ = try await rotation.add(2)
      try await rotation.rewrap()
      _ = try await rotation.retire(1)
    }
    _ = try await vault.receive(
      upload, brand: world.brand, at: 0, body: Pieces(Array(Self.mesh[..<200_000])))
    #expect(holder.count == 2)
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a version that is retired while segments are being read has them read again")
  func retiredWhileReading() async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let rotation = try await rotation(uploads)
    let upload = try await uploads.full(of: try await world.createDesign().id)
    let holder = InterruptibleKeyHolder(world.ring.holder)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient, limits: uploads.vault.limits)
    holder.each { call in
      guard call == .unwrap, holder.calls == 2 else { return }
      _ = try await rotation.add(2)
      try await rotation.rewrap()
      _ = try await rotation.retire(1)
    }
    let settled = try await vault.settledUpload(brand: world.brand, upload)
    #expect(settled.state == .finished)
    try await uploads.expectFile(upload)
  }
}

/// Does something after the next wrap.
private final class AfterWrap: KeyHolder {
  private let holder: any KeyHolder
  private let after = Mutex<(@Sendable () async throws -> Void)?>(nil)
  private let wraps = Mutex(0)

  init(_ holder: any KeyHolder) { self.holder = holder }

  /// How often something was wrapped.
  var count: Int { wraps.withLock { $0 } }

  func next(_ body: @escaping @Sendable () async throws -> Void) { after.withLock { $0 = body } }

  func newestVersion() async throws -> Int { try await holder.newestVersion() }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    let wrapped = try await holder.wrap(secret, context: context)
    wraps.withLock { $0 += 1 }
    let body = after.withLock { after in
      defer { after = nil }
      return after
    }
    try await body?()
    return wrapped
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    try await holder.unwrap(wrapped, context: context)
  }
}
