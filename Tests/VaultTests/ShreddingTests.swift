import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Shredding", .timeLimit(.minutes(2)))
struct ShreddingTests {
  @Test("a shredded design is gone from rows, files and sale, and its report says what and when")
  func shreds() async throws {
    let fixture = try await ReleaseWorld()
    let world = fixture.world
    try await fixture.record()
    try await fixture.giveUp()
    let keys = try await world.wrappedKeys()
    #expect(keys.count == 2)
    try await world.database.checkpoint()
    #expect(try world.onDisk(keys) == 2)
    let before = try await fixture.vault.quota(of: world.brand).storedBytes
    #expect(before > 0)

    let report = try await fixture.shred()
    #expect(report.state == .erased && report.at == world.clock.now && report.erasedAt != nil)
    #expect(report.revision == nil && report.revisions.map(\.number) == [1])
    #expect(report.files.map(\.name).sorted() == ["a.stl", "b.stl"])
    #expect(report.files.filter { !$0.isErased }.isEmpty)
    #expect(try await world.wrappedKeys().isEmpty)
    #expect(try world.onDisk(keys) == 0)
    #expect(try await world.blobs.list().isEmpty)
    #expect(try await world.blobStates() == ["erased", "erased"])
    #expect(try await fixture.vault.quota(of: world.brand).storedBytes == 0)

    let design = try await fixture.vault.design(brand: world.brand, fixture.design.id)
    #expect(design.shredding == report.id && design.actions.isEmpty)
    #expect(design.revision.state == .shredded && design.revision.shredding == report.id)
    #expect(design.version > fixture.design.version)
    await expectProblem("revision.shredded") {
      try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    }
    for file in fixture.design.files {
      await expectProblem("revision.shredded") {
        try await fixture.vault.original(brand: world.brand, design: design.id, file.id)
      }
    }
    await expectProblem("design.shredded") {
      try await fixture.vault.openRevision(brand: world.brand, design: design.id)
    }
    await expectProblem("design.no_draft") {
      try await world.upload(SampleMesh.box(), to: design.id)
    }
    await expectProblem("revision.shredded") { try await fixture.withdraw() }

    let account = try await fixture.vault.licence(brand: world.brand, design.licence.id)
    #expect(account.entries.last?.kind == .shredded)
    #expect(account.entries.last?.id == report.ledgerEntry)
    let audit = try await world.database.read {
      try world.ledger.auditEntries(
        $0, brand: world.brand, AuditFilter(action: .designShredded), below: .max, limit: 10)
    }
    #expect(audit.count == 1 && audit.first?.design == design.id)
    #expect(audit.first?.detail == "\(report.id), 2 files")
    let listed = try await fixture.vault.shreddings(brand: world.brand)
    #expect(listed.data.map(\.id) == [report.id] && listed.data.first?.state == .erased)
    #expect(try await fixture.report(report.id) == report)
    // A later start finds nothing to do.
    try await world.restarted().sweep()
    try await world.restarted().eraseShreddings()
    #expect(try await fixture.report(report.id) == report)
  }

  @Test("a revision that is shredded leaves the design's others as they are")
  func oneRevision() async throws {
    let fixture = try await ReleaseWorld()
    let (world, vault, design) = (fixture.world, fixture.vault, fixture.design.id)
    try await fixture.end()
    _ = try await vault.openRevision(brand: world.brand, design: design)
    let next = try await world.upload(SampleMesh.box(7, 7, 7), to: design, name: "next.stl")
    let sold = try await vault.releaseRevision(brand: world.brand, design: design, by: world.key)
    let report = try await fixture.shred(fixture.revision)
    #expect(report.revision == fixture.revision && report.files.count == 2)
    let details = try await vault.revision(brand: world.brand, design: design, fixture.revision)
    #expect(details.revision.state == .shredded && details.actions.isEmpty)
    let now = try await vault.design(brand: world.brand, design)
    #expect(now.revision == sold.revision && now.shredding == nil && now.actions == ["revise"])
    var bytes: [UInt8] = []
    for try await piece in try await vault.original(brand: world.brand, design: design, next.id) {
      bytes += piece
    }
    #expect(bytes == SampleMesh.box(7, 7, 7))
    await expectProblem("revision.shredded") { try await fixture.shred(fixture.revision) }
    // What is sold keeps the whole design.
    await expectProblem("shredding.sold") { try await fixture.shred() }
    await expectProblem("shredding.sold") { try await fixture.shred(sold.revision.id) }
    // The next draft goes the way of any.
    _ = try await vault.openRevision(brand: world.brand, design: design)
    let draft = try await vault.design(brand: world.brand, design)
    #expect(draft.actions == ["upload", "profiles"])
    _ = try await fixture.shred(draft.revision.id)
    #expect(try await vault.openRevision(brand: world.brand, design: design).revision.number == 4)
  }

  @Test("the whole design takes what is left of it, and is over")
  func rest() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    let first = try await fixture.shred(fixture.revision)
    fixture.world.clock.advance(by: .seconds(1))
    let whole = try await fixture.shred()
    #expect(whole.files.isEmpty && whole.revisions.isEmpty && whole.id != first.id)
    await expectProblem("design.shredded") { try await fixture.shred() }
    await expectProblem("revision.shredded") { try await fixture.shred(fixture.revision) }
    #expect(
      try await fixture.vault.shreddings(brand: fixture.world.brand).data.map(\.id) == [
        whole.id, first.id,
      ])
  }

  @Test("what is sold, or what an order may still need, is not shredded, and nothing changes")
  func refused() async throws {
    let fixture = try await ReleaseWorld()
    let keys = try await fixture.world.wrappedKeys()
    await expectProblem("shredding.sold") { try await fixture.shred(fixture.revision) }
    for state in JobState.allCases {
      try await fixture.end(as: state)
      // As it is when the next was released.
      try await fixture.world.run("UPDATE revision SET state = 'superseded'")
      let isOver = [.shipped, .delivered, .cancelled, .unmakeable].contains(state)
      if !isOver {
        await expectProblem("shredding.orders_open") { try await fixture.shred() }
      }
      try await fixture.world.run("UPDATE revision SET state = 'withdrawn'")
      // Printed parts of a withdrawn revision go to their customers without its files.
      if !isOver, state != .printed, state != .inspected {
        await expectProblem("shredding.orders_open") { try await fixture.shred() }
      }
    }
    await expectProblem("shredding.name") { try await fixture.shred(named: "leg cap") }
    await expectProblem("precondition.failed") { try await fixture.shred(if: .oneOf([99])) }
    let other = try await fixture.world.addBrand()
    await expectProblem("not_found") { try await fixture.shred(brand: other) }
    let another = try await fixture.world.createDesign()
    await expectProblem("not_found") {
      try await fixture.shred(fixture.revision, design: another.id)
    }
    #expect(try await fixture.world.wrappedKeys() == keys)
    #expect(try await fixture.vault.shreddings(brand: fixture.world.brand).data.isEmpty)
    let found = try await fixture.codes(readingData: true)
    #expect(found == ["licence.reserved"], "of the job whose end was only written")
    try await fixture.end(as: .printed)
    try await fixture.shred()
  }

  @Test("the same request again shreds nothing more, and finds what the first one did")
  func repeated() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    let request = IdempotentRequest(scope: "s", key: "k", fingerprint: [1])
    let report = try await fixture.shred(once: request)
    let repeated = await #expect(throws: RepeatedRequest.self) {
      try await fixture.shred(if: .oneOf([1]), once: request)
    }
    #expect(repeated?.resource == report.id.text)
    await expectProblem("idempotency.mismatch") {
      try await fixture.shred(once: IdempotentRequest(scope: "s", key: "k", fingerprint: [2]))
    }
    let other = try await fixture.world.addBrand()
    await expectProblem("not_found") {
      try await fixture.vault.shredding(brand: other, report.id)
    }
    await expectProblem("not_found") {
      try await fixture.vault.shreddingReleases(brand: other, report.id)
    }
    #expect(try await fixture.vault.shreddings(brand: other).data.isEmpty)
  }

  @Test("the report names bureaus with their releases, and who of the brand has read originals")
  func names() async throws {
    let fixture = try await ReleaseWorld()
    let (world, vault) = (fixture.world, fixture.vault)
    try await fixture.record()
    let reader = vault.acting(for: .key(world.key, role: "engineer"))
    for _ in 0..<2 {
      _ = try await reader.original(
        brand: world.brand, design: fixture.design.id, fixture.design.files[0].id)
    }
    try await world.database.write { [fixture] in
      try world.ledger.audit(
        $0, .packageFetched, brand: world.brand, by: .bureau(fixture.bureau),
        about: AuditSubject(of: fixture.job, bureau: fixture.bureau), at: world.clock.now)
    }
    try await fixture.giveUp()
    let report = try await fixture.shred()
    #expect(report.bureaus.map(\.id) == [fixture.bureau])
    let bureau = try #require(report.bureaus.first)
    #expect(bureau.name == "B" && bureau.releases == 1 && bureau.fetched == 1)
    #expect(report.readers.map(\.key) == [world.key])
    let person = try #require(report.readers.first)
    #expect(person.role == "engineer" && person.label == "key" && person.reads == 2)
    let releases = try await vault.shreddingReleases(brand: world.brand, report.id)
    #expect(releases.data.map(\.job) == [fixture.job.id])
    #expect(releases.data.first?.order == fixture.job.order)
    #expect(releases.data.first?.revision == fixture.revision && !releases.hasMore)
  }

  @Test("the report names the archives that may have the files, and no earlier one")
  func archives() async throws {
    let fixture = try await ArchiveWorld()
    let (world, brand, key) = (fixture.world, fixture.world.brand, fixture.world.key)
    let owner = world.vault.acting(for: .key(key, role: "owner"), with: key)
    _ = try await owner.archive(of: brand)
    _ = try await world.vault.acting(for: .operator).archive(of: brand)
    let late = try await world.createDesign().id
    try await world.upload(SampleMesh.box(), to: late)
    _ = try await owner.archive(
      of: try await world.addBrandWithRecipient(fixture.identity.recipient))
    func shred(_ vault: Vault, _ design: DesignID) async throws -> ShreddingReport {
      try await vault.shred(brand: brand, design: design, named: "Leg cap", by: key) { _, _ in }
    }
    let report = try await shred(world.vault, fixture.withdrawn)
    #expect(report.archives.map(\.by) == [.key, .operator])
    let first = try #require(report.archives.first)
    #expect(first.key == key && first.role == "owner" && first.label == "key")
    #expect(first.detail.hasPrefix("3 designs, 5 files, to age1pq1"))
    #expect(!report.limits.contains { $0.contains("another broker") })
    #expect(try await shred(world.vault, late).archives == [])

    // Elsewhere nobody knows what was before, and says so.
    let there = try await VaultWorld.other()
    let other = try await ArchiveWorld()
    try await there.imported(try await other.exported(), [other.identity])
    _ = try await there.vault.archive(of: other.world.brand)
    let moved = try await there.vault.shred(
      brand: other.world.brand, design: other.withdrawn, named: "Leg cap", by: there.key
    ) { _, _ in }
    #expect(moved.archives.map(\.by) == [.broker])
    #expect(moved.limits.first?.contains("another broker") == true)
  }

  @Test("it is complete when every version that a backup could use is destroyed")
  func complete() async throws {
    let world = try await RotationWorld()
    let design = try await world.world.createDesign().id
    _ = try await world.vault.upload(
      brand: world.world.brand, design: design, fileName: "a.stl", mediaType: "model/stl",
      body: Pieces(SampleMesh.box()))
    func report(_ id: ShreddingID) async throws -> ShreddingReport {
      try await world.vault.shredding(brand: world.world.brand, id)
    }
    // Version 1 was in use when there was a backup of the file.
    world.world.clock.advance(by: .seconds(60))
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    let shredded = try await world.vault.shred(
      brand: world.world.brand, design: design, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(shredded.state == .erased)
    #expect(shredded.keyVersions.map(\.number) == [1, 2])
    #expect(shredded.keyVersions.map(\.standing) == [.unused, .inUse])
    #expect(shredded.left.count == 2)
    #expect(shredded.left.first?.contains("vault retire 1") == true)
    #expect(shredded.left.last?.contains("vault rotate") == true)
    _ = try await world.rotation.retire(1)
    #expect(try await report(shredded.id).keyVersions.map(\.standing) == [.destroyed, .inUse])
    _ = try await world.rotation.add(3)
    try await world.rotation.rewrap()
    #expect(try await report(shredded.id).state == .erased)
    // The commit of a retirement, after which its key is still in the ring.
    try await world.run("UPDATE key_version SET retired_at = 9 WHERE number = 2")
    let retired = try await report(shredded.id)
    #expect(retired.state == .erased && retired.keyVersions.last?.standing == .retired)
    try await world.rotation.rewrap()
    let complete = try await report(shredded.id)
    #expect(complete.state == .complete && complete.left.isEmpty)
    #expect(complete.limits.contains { $0.contains("copy of the key ring") })
    // A version that came later has nothing to do with it.
    #expect(complete.keyVersions.map(\.number) == [1, 2])
    // Nor has one that was destroyed before with what comes after.
    world.world.clock.advance(by: .seconds(60))
    let later = try await world.world.createDesign().id
    let next = try await world.vault.shred(
      brand: world.world.brand, design: later, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(next.keyVersions.map(\.number) == [3])
  }

  @Test("no version is left out because of when a revision is said to be from")
  func clockAhead() async throws {
    let world = try await RotationWorld()
    let design = try await world.world.createDesign().id
    _ = try await world.vault.upload(
      brand: world.world.brand, design: design, fileName: "a.stl", mediaType: "model/stl",
      body: Pieces(SampleMesh.box()))
    // As a clock that was ahead says it, or an archive.
    try await world.run("UPDATE revision SET created_at = 32472144000000")
    _ = try await world.rotation.add(2)
    try await world.rotation.rewrap()
    let shredded = try await world.vault.shred(
      brand: world.world.brand, design: design, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(shredded.keyVersions.map(\.number) == [1, 2])
    // One whose key is still in the ring opens backups as before.
    try await world.run("UPDATE key_version SET retired_at = 9 WHERE number = 1")
    let next = try await world.world.createDesign().id
    let later = try await world.vault.shred(
      brand: world.world.brand, design: next, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(later.keyVersions.map(\.standing) == [.retired, .inUse])
  }

  @Test("versions and their counts take no notice of shredded files, and a rotation of none")
  func rotationAfter() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(5)
    let other = try await world.upload("other.stl")
    let design = try await world.world.database.read {
      try #require(
        try $0.row(Statement("SELECT design_id FROM design_file WHERE name = '1.stl'"))
      ).identifier("design_id", as: DesignID.self)
    }
    _ = try await world.vault.shred(
      brand: world.world.brand, design: design, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(try await world.counts() == [1: 1])
    let added = try await world.rotation.add(2)
    #expect(added.left == 1)
    #expect(try await world.rotation.rewrap() == nil)
    _ = try await world.rotation.retire(1)
    #expect(try await world.counts() == [2: 1])
    #expect(try await world.opening() == (1, []))
    _ = other
  }

  @Test("no wrap of a key is left in the data directory, whatever rotations had moved")
  func canary() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(1500)
    var keys = try await world.world.wrappedKeys()
    for version in 2...3 {
      _ = try await world.rotation.add(version)
      try await world.rotation.rewrap()
      keys += try await world.world.wrappedKeys()
    }
    #expect(Set(keys).count == 4500)
    let design = try await world.world.database.read {
      try #require(
        try $0.row(Statement("SELECT design_id FROM design_file WHERE name = '1.stl'"))
      ).identifier("design_id", as: DesignID.self)
    }
    #expect(try world.world.onDisk(keys) >= 1500)
    let report = try await world.vault.shred(
      brand: world.world.brand, design: design, named: "Leg cap", by: world.world.key
    ) { _, _ in }
    #expect(report.state == .erased && report.files.count == 1500)
    #expect(try world.world.onDisk(keys) == 0)
    #expect(try await world.world.database.damages().isEmpty)
  }
}
