import BlobStore
import Domain
import Ledger
import TestSupport
import Testing

@testable import Database
@testable import Vault

@Suite("Shredding that is disturbed", .timeLimit(.minutes(2)))
struct ShreddingFaultTests {
  @Test("a commit that fails destroys nothing")
  func commitFails() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    let keys = try await fixture.world.wrappedKeys()
    _ = try await fixture.world.database.configureWriter("PRAGMA query_only = 1")
    await #expect(throws: DatabaseError.self) { try await fixture.shred() }
    _ = try await fixture.world.database.configureWriter("PRAGMA query_only = 0")
    #expect(try await fixture.world.wrappedKeys() == keys)
    #expect(try await fixture.world.leftovers().isEmpty)
    #expect(try await fixture.vault.shreddings(brand: fixture.world.brand).data.isEmpty)
    #expect(try await fixture.shred().state == .erased)
  }

  @Test("what else has to go in the commit may refuse, and then nothing is shredded")
  func removalFails() async throws {
    struct Fault: Error {}
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    await #expect(throws: Fault.self) {
      try await fixture.vault.shred(
        brand: fixture.world.brand, design: fixture.design.id, named: "Leg cap",
        by: fixture.world.key
      ) { _, _ in throw Fault() }
    }
    #expect(try await fixture.world.wrappedKeys().count == 2)
    #expect(try await fixture.world.blobStates() == ["live", "live"])
  }

  @Test("a read that uses the log is waited for, and only then it is erased")
  func busyLog() async throws {
    let fixture = try await ReleaseWorld()
    let world = fixture.world
    try await fixture.giveUp()
    let keys = try await world.wrappedKeys()
    let other = try Database.openToRead(directory: world.directory.path("data"))
    let gate = ReadGate()
    let reading = Task {
      try await other.read { transaction in
        _ = try transaction.rows(Statement("SELECT id FROM design_file"))
        gate.hold()
      }
    }
    await gate.isHolding()
    let report = try await fixture.shred()
    #expect(report.state == .erasing && report.erasedAt == nil)
    #expect(report.left.first?.contains("Remains of the keys") == true)
    // The payloads are gone already, and the keys from the rows.
    #expect(report.files.filter { !$0.isErased }.isEmpty)
    #expect(try await world.wrappedKeys().isEmpty)
    #expect(try world.onDisk(keys) == 2)
    // No fault that a log would have to tell of.
    try await fixture.vault.eraseShreddings()
    #expect(try await fixture.report(report.id).state == .erasing)
    let found = try await fixture.check().run(readingData: false) { _ in }.report
    #expect(found.findingCounts["shredding.unfinished"] == 1)
    let serving = try await fixture.check(isServing: true).run(readingData: false) { _ in }.report
    #expect(serving.counts["shreddings_under_way"] == 1)
    gate.open()
    try await reading.value
    try await other.close()
    world.clock.advance(by: .seconds(2))
    try await world.restarted().eraseShreddings()
    let erased = try await fixture.report(report.id)
    #expect(erased.state == .erased && erased.erasedAt == world.clock.now)
    #expect(try world.onDisk(keys) == 0)
  }

  @Test(
    "a payload whose deletion fails, or fails and is done, is deleted by the next round",
    arguments: [TestSupport.FailingBlobStore.Fault.delete, .deletePersisted])
  func deletionFails(fault: TestSupport.FailingBlobStore.Fault) async throws {
    let (fixture, blobs) = try await ReleaseWorld.overFailingBlobs()
    try await fixture.giveUp()
    let keys = try await fixture.world.wrappedKeys()
    // The call's own attempt, and the round after it.
    blobs.fail(fault)
    blobs.fail(fault)
    let report = try await fixture.shred()
    #expect(report.state == .erasing && report.files.map(\.isErased) == [false])
    // The keys do not wait for the payloads.
    #expect(try fixture.world.onDisk(keys) == 0)
    await #expect(throws: BlobError.self) { try await fixture.vault.eraseShreddings() }
    #expect(try await fixture.world.blobStates() == ["abandoned"])
    if fault == .delete {
      let found = try await fixture.check().run(readingData: false) { _ in }.report.findingCounts
      #expect(found["shredding.payload"] == 1, "\(found)")
    }
    try await fixture.vault.eraseShreddings()
    #expect(try await fixture.report(report.id).state == .erased)
    #expect(try await fixture.world.blobs.list().isEmpty)
    #expect(try await fixture.codes().subtracting(["licence.reserved"]).isEmpty)
  }

  @Test("a crash right after the commit is finished by the next start")
  func crashAfterCommit() async throws {
    let fixture = try await ReleaseWorld()
    let world = fixture.world
    try await fixture.giveUp()
    let keys = try await world.wrappedKeys()
    // The call's own attempt never comes: its store cannot delete, and its log is in use.
    let report = try await fixture.shred()
    try await world.run("UPDATE shredding SET state = 'erasing', erased_at = NULL")
    try await world.run("UPDATE blob SET state = 'abandoned'")
    try await world.run(
      """
      INSERT INTO shredding_blob (shredding_id, blob_name)
      SELECT shredding.id, blob.name FROM shredding, blob
      """)
    // The sweep of the start comes first, and does not forget the blob that a file's row refers to.
    try await world.restarted().sweep()
    #expect(try await world.blobStates() == ["erased", "erased"])
    #expect(try await fixture.report(report.id).state == .erasing)
    try await world.restarted().eraseShreddings()
    #expect(try await fixture.report(report.id).state == .erased)
    #expect(try world.onDisk(keys) == 0)
  }

  @Test("a check knows shredded files, and names what is there of them all the same")
  func checked() async throws {
    let fixture = try await ReleaseWorld()
    let world = fixture.world
    try await fixture.accept()
    try await fixture.giveUp()
    let payload = try world.directory.read(
      String(try await fixture.payloadPath("a.stl").dropFirst(world.directory.path.count + 1)))
    let path = try await fixture.payloadPath("a.stl")
    let key = try await world.database.read {
      try #require(
        try $0.row(Statement("SELECT wrapped_key FROM design_file WHERE name = 'a.stl'"))
      ).blob("wrapped_key")
    }
    try await fixture.shred()
    let clean = try await fixture.check().run(readingData: true) { _ in }.report
    #expect(clean.isClean, "\(clean.findings)")
    #expect(clean.counts["shredded_files"] == 2 && clean.counts["wrapped_keys"] == nil)
    let losses = Losses(database: world.database, blobs: world.blobs)
    #expect(try await losses.all().lost.isEmpty)
    #expect(try await losses.amongNewest().isEmpty)

    // The payload of an older backup.
    try world.directory.write(payload, to: String(path.dropFirst(world.directory.path.count + 1)))
    let (found, removable) = try await fixture.check().run(readingData: true) { _ in }
    #expect(found.findingCounts == ["shredding.payload": 1], "\(found.findings)")
    #expect(removable.map(\.text) == [String(path.suffix(32))])
    try await world.blobs.delete(removable[0])
    // And the key of one: it opens nothing here, and is named.
    let name = "a.stl"
    try await world.database.write {
      _ = try $0.run(
        Statement("UPDATE design_file SET wrapped_key = $1 WHERE name = $2"), key, name)
    }
    #expect(try await fixture.codes().contains("shredding.key"))
    for file in fixture.design.files {
      await expectProblem("revision.shredded") {
        try await fixture.vault.original(
          brand: world.brand, design: fixture.design.id, file.id)
      }
    }
    await expectProblem("revision.shredded") {
      try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    }
  }
}
