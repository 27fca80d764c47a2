import Domain
import Glibc
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Database
@testable import Vault

@Suite("Key rotation", .timeLimit(.minutes(2)))
struct KeyRotationTests {
  @Test("a rotation wraps everything anew, and the version before can be retired")
  func rotates() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(250)
    let clock = world.world.clock
    let added = try await world.rotation.add(2)
    #expect(added.newest == 2 && added.left == 250 && !added.isSealed)
    #expect(
      added.versions.map(\.uses) == [
        ["design_file": 250, "key_ring_check": 0], ["design_file": 0, "key_ring_check": 1],
      ])
    clock.advance(by: .seconds(5))
    await expectProblem("key_version.in_use") { try await world.rotation.retire(1) }
    await expectProblem("key_version.newest") { try await world.rotation.retire(2) }
    await expectProblem("not_found") { try await world.rotation.retire(3) }
    #expect(try await world.rotation.rewrap() == nil)
    let rewrapped = try await world.rotation.status()
    #expect(rewrapped.left == 0 && rewrapped.unreadableCount == 0)
    #expect(try await world.counts() == [2: 250])
    #expect(rewrapped.versions[0].unusedSince == clock.now)
    clock.advance(by: .seconds(5))
    let retired = try await world.rotation.retire(1)
    #expect(retired.versions[0].retiredAt == clock.now)
    #expect(retired.versions[0].unusedSince == rewrapped.versions[0].unusedSince)
    #expect(retired.versions.map(\.isInRing) == [false, true])
    #expect(try await world.rotation.retire(1).versions == retired.versions)
    #expect(try await world.opening() == (250, []))
  }

  @Test("a version is added by its number: twice is once, and there are no gaps")
  func addsOnce() async throws {
    let world = try await RotationWorld()
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 { group.addTask { _ = try await world.rotation.add(2) } }
      try await group.waitForAll()
    }
    #expect(try await world.rotation.status().versions.map(\.number) == [1, 2])
    for number in [4, 0, -1, .max] {
      await expectProblem("key_version.number") { try await world.rotation.add(number) }
    }
    #expect(try await world.rotation.add(1).newest == 2)
    #expect(try await world.rotation.add(3).newest == 3)
  }

  @Test("the ring is durable before the database knows the version, and the start finds out")
  func crashBeforeRecording() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    _ = try await world.world.database.configureWriter("PRAGMA query_only = 1")
    await #expect(throws: DatabaseError.self) { try await world.rotation.add(2) }
    _ = try await world.world.database.configureWriter("PRAGMA query_only = 0")
    // Nobody uses it before it is recorded.
    #expect(try await world.holder.newestVersion() == 1)
    try await world.upload("later.stl")
    #expect(try await world.counts() == [1: 4])
    // The next start.
    try await world.rotation.start()
    let status = try await world.rotation.status()
    #expect(status.versions.map(\.number) == [1, 2])
    #expect(try await world.rotation.add(2).newest == 2)
    try await world.rotation.rewrap()
    #expect(try await world.counts() == [2: 4])
  }

  @Test("a retirement that ended before the ring was written is finished by the next round")
  func crashBeforeDestroying() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    // What is in a retirement's commit.
    try await world.run("UPDATE key_version SET retired_at = 7 WHERE number = 1")
    try await world.rotation.start()
    #expect(world.world.ring.current.wrapping.map(\.number) == [1, 2])
    try await world.rotation.rewrap()
    #expect(world.world.ring.current.wrapping.map(\.number) == [2])
    #expect(try await world.opening() == (3, []))
  }

  @Test("data that is older than a retirement is not served with the newer ring")
  func oldBackup() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    _ = try await world.rotation.add(2)
    let backup = world.world.directory.path("backup.sqlite")
    try await world.run("UPDATE brand SET name = name")
    try await world.world.database.checkpoint()
    try world.world.directory.write(
      try world.world.directory.read("data/everpart.sqlite"), to: "backup.sqlite")
    try await world.rotation.rewrap()
    _ = try await world.rotation.retire(1)
    let old = try Database.open(path: backup)
    let restored = KeyRotation(
      database: old, ring: world.world.ring, keys: world.holder, sources: [WrappedFileKeys()],
      ambient: world.world.clock.ambient)
    await #expect(throws: KeyRingError.versionMissing(path: world.world.ring.path, version: 1)) {
      try await restored.start()
    }
    try await old.close()
  }

  @Test("a row that does not unwrap is named, stops nothing, and blocks its version's retirement")
  func unreadable() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(230)
    _ = try await world.rotation.add(2)
    try await world.run(
      """
      UPDATE design_file SET wrapped_key = zeroblob(97) WHERE name = '100.stl'
      """)
    try await world.run("UPDATE design_file SET measurement = '{}' WHERE name = '120.stl'")
    try await world.run("UPDATE design_file SET key_version = 9 WHERE name = '150.stl'")
    let found = try #require(try await world.rotation.rewrap())
    #expect(
      found.map(\.code).sorted() == [
        "key_holder.not_authentic", "key_holder.not_authentic", "key_holder.version_unknown",
      ])
    #expect(found.map(\.version).sorted() == [1, 1, 9])
    #expect(found.allSatisfy { FileID($0.id) != nil && $0.kind == "design_file" })
    #expect(try await world.counts() == [1: 2, 2: 227, 9: 1])
    // The same again is no news.
    #expect(try await world.rotation.rewrap() == nil)
    let status = try await world.rotation.status()
    #expect(status.left == 3 && status.unreadableCount == 3 && status.unreadable == found)
    await expectProblem("key_version.in_use") { try await world.rotation.retire(1) }
    try await world.run("DELETE FROM design_file WHERE key_version <> 2")
    #expect(try await world.rotation.rewrap() == [])
    _ = try await world.rotation.retire(1)
    #expect(try await world.opening() == (227, []))
  }

  @Test("a holder that fails half way keeps what it did, and the next round does the rest")
  func failsHalfWay() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(250)
    _ = try await world.rotation.add(2)
    world.holder.fail(after: 2 * 130)
    await #expect(throws: InterruptibleKeyHolder.Failure.self) {
      try await world.rotation.rewrap()
    }
    #expect(try await world.counts() == [1: 120, 2: 130])
    #expect(try await world.opening() == (250, []))
    await #expect(throws: InterruptibleKeyHolder.Failure.self) { try await world.upload("x.stl") }
    #expect(try await world.world.leftovers().isEmpty)
    world.holder.each { _ in }
    try await world.rotation.rewrap()
    #expect(try await world.counts() == [2: 250])
  }

  @Test("a slow holder holds up neither readers nor writers, and what changes meanwhile stays")
  func slowHolder() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(5)
    _ = try await world.rotation.add(2)
    let (reached, reach) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    world.holder.each { call in
      guard case .unwrap = call else { return }
      reach.yield()
      for await _ in released { break }
    }
    let rotation = Task { try await world.rotation.rewrap() }
    for await _ in reached { break }
    // A row goes, and one is destroyed, while the holder has them.
    try await world.run("DELETE FROM design_file WHERE name = '1.stl'")
    try await world.run("UPDATE design_file SET wrapped_key = NULL WHERE name = '2.stl'")
    world.holder.each { _ in }
    release.finish()
    _ = try await rotation.value
    #expect(try await world.counts() == [2: 3])
    #expect(try await world.opening() == (3, []))
  }

  @Test("the holder is never called inside a transaction")
  func outsideTransactions() async throws {
    let world = try await RotationWorld()
    let database = world.world.database
    // There is one writer: a call inside its transaction would wait for itself.
    world.holder.each { _ in
      try await database.write { _ = try $0.run(Statement("UPDATE brand SET name = 'seen'")) }
    }
    try await world.addFiles(3)
    try await world.upload("a.stl")
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    #expect(world.holder.calls == 2 + 2 * 4)
    #expect(try await world.counts() == [2: 4])
  }

  @Test("an upload whose version is retired before its commit is wrapped anew and kept")
  func uploadDuringRetirement() async throws {
    let world = try await RotationWorld()
    let (wrapped, wrap) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    // The holder that the vault has answers late: its wrap is of version 1.
    let late = LateKeyHolder(world.world.ring.holder) {
      wrap.yield()
      for await _ in released { break }
    }
    let vault = Vault(
      database: world.world.database, blobs: world.world.blobs, keys: late,
      ledger: world.world.ledger, ambient: world.world.clock.ambient)
    let (brand, design) = (world.world.brand, world.design)
    let upload = Task {
      try await vault.upload(
        brand: brand, design: design, fileName: "a.stl", mediaType: "model/stl",
        body: Pieces(SampleMesh.box()))
    }
    for await _ in wrapped { break }
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    _ = try await world.rotation.retire(1)
    release.finish()
    _ = try await upload.value
    #expect(late.versions == [1, 2])
    #expect(try await world.counts() == [2: 1])
    #expect(try await world.opening() == (1, []))
  }

  @Test("a release that has read a row before its key was wrapped anew reads it again")
  func releaseDuringRetirement() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let world = fixture.world
    let rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: world.ring.holder,
      sources: [WrappedFileKeys()], ambient: world.clock.ambient)
    try await rotation.start()
    let holder = InterruptibleKeyHolder(world.ring.holder)
    // Between the row and its key the version is rotated away and retired.
    holder.each { _ in
      guard holder.calls == 1 else { return }
      _ = try await rotation.add(2)
      try await rotation.rewrap()
      _ = try await rotation.retire(1)
    }
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient)
    let files = try await vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(!files.isEmpty && holder.calls == files.count + 1)
    for file in files { #expect(try await fixture.open(file) == fixture.contents[file.name]) }
  }

  @Test("what is stored under an older version that is not retired ends its being unused")
  func usedAgain() async throws {
    let world = try await RotationWorld()
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    let database = world.world.database
    func unused() async throws -> Bool {
      try await world.rotation.status().versions[0].unusedSince != nil
    }
    #expect(try await unused())
    try await database.write { try KeyVersions.use($0, 1) }
    #expect(try await !unused())
    try await world.rotation.rewrap()
    _ = try await world.rotation.retire(1)
    await #expect(throws: KeyVersionRetired.self) {
      try await database.write { try KeyVersions.use($0, 1) }
    }
  }

  @Test("a ring that cannot be written adds nothing, and says so")
  func readOnlyRing() async throws {
    let world = try await RotationWorld()
    let path = world.world.directory.path
    chmod(path, 0o777)
    defer { chmod(path, 0o700) }
    await expectProblem("key_ring.folder") { try await world.rotation.add(2) }
    #expect(try await world.rotation.status().versions.count == 1)
    #expect(try await world.holder.newestVersion() == 1)
  }
}

/// Wraps, and keeps its first answer back until it may go.
private final class LateKeyHolder: KeyHolder {
  private let holder: any KeyHolder
  private let wait: @Sendable () async -> Void
  private let answered = Mutex<[Int]>([])

  init(_ holder: any KeyHolder, _ wait: @escaping @Sendable () async -> Void) {
    self.holder = holder
    self.wait = wait
  }

  var versions: [Int] { answered.withLock { $0 } }

  func newestVersion() async throws -> Int { try await holder.newestVersion() }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    let wrapped = try await holder.wrap(secret, context: context)
    if answered.withLock({
      $0.append(wrapped.version); return $0.count
    }) == 1 {
      await wait()
    }
    return wrapped
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    try await holder.unwrap(wrapped, context: context)
  }
}
