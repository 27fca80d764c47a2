import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("Key releases")
struct ReleaseTests {
  @Test(
    "a released file opens with the bureau's age key and is what was uploaded",
    arguments: KeyKind.allCases)
  func opens(kind: KeyKind) async throws {
    let fixture = try await ReleaseWorld(
      isPostQuantumOnly: kind == .mlkem768x25519, identity: kind)
    try await fixture.record()
    let files = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(files.map(\.name) == ["a.stl", "b.stl"])
    for file in files {
      #expect(try await fixture.open(file) == fixture.contents[file.name])
      let payload = try await fixture.payload(file)
      #expect(payload.count == file.payloadBytes)
      #expect(sha256(payload) == file.payloadSHA256)
      var generator = SeededGenerator(seed: 1)
      let stranger = try Identity.generate(kind, using: &generator)
      await #expect(throws: AgeError.noMatch) { try await fixture.open(file, with: stranger) }
    }
  }

  @Test("without a committed release no key leaves, to nobody and for no job")
  func refusesWithoutRelease() async throws {
    let fixture = try await ReleaseWorld()
    let (job, bureau) = (fixture.job.id, fixture.bureau)
    await expectProblem("not_found") {
      try await fixture.vault.releasedFiles(job: job, bureau: bureau)
    }
    struct Undone: Error {}
    let (vault, record, now) = (fixture.vault, fixture.job, fixture.world.clock.now)
    let recipient = fixture.identity.recipient.description
    await #expect(throws: Undone.self) {
      try await fixture.world.database.write {
        try vault.recordRelease($0, job: record, bureau: bureau, recipient: recipient, at: now)
        throw Undone()
      }
    }
    await expectProblem("not_found") { try await vault.releasedFiles(job: job, bureau: bureau) }
    #expect(try await fixture.counts() == [2, 0])

    try await fixture.record()
    let (other, _) = try await ReleaseWorld.addBureau(fixture.world, country: "DE")
    await expectProblem("not_found") { try await vault.releasedFiles(job: job, bureau: other) }
  }

  @Test("a release consumes the licence, is in the ledger, and happens once for a job and a bureau")
  func recordsOnce() async throws {
    let fixture = try await ReleaseWorld()
    #expect(try await fixture.counts() == [2, 0])
    try await fixture.record()
    #expect(try await fixture.counts() == [0, 2])
    await expectProblem("release.recorded") { try await fixture.record() }
    #expect(try await fixture.counts() == [0, 2])
    #expect(try await fixture.world.count(.release) == 1)
    let (ledger, brand, licence) = (
      fixture.world.ledger, fixture.world.brand, fixture.design.licence.id
    )
    let (entries, row) = try await fixture.world.database.read {
      (
        try ledger.entries($0, licence: licence, brand: brand),
        try $0.row(Statement("SELECT ledger_id, recipient, revision_id FROM key_release"))
      )
    }
    let release = try #require(entries.last)
    #expect(release.kind == .keyReleased)
    #expect(release.job == fixture.job.id)
    #expect(release.bureau == fixture.bureau)
    #expect(try row?.identifier("ledger_id") == release.id)
    #expect(try row?.text("recipient") == fixture.identity.recipient.description)
    #expect(try row?.identifier("revision_id") == fixture.design.revision.id)
  }

  @Test("the same release twice at once is recorded once")
  func recordsOnceAtOnce() async throws {
    let fixture = try await ReleaseWorld()
    let done = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 { group.addTask { (try? await fixture.record()) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(done == 1)
    #expect(try await fixture.counts() == [0, 2])
  }

  @Test("a design for post-quantum keys only is not released to an X25519 recipient")
  func refusesClassicalKeys() async throws {
    let fixture = try await ReleaseWorld(identity: .x25519)
    await expectProblem("design.key_type") { try await fixture.record() }
    #expect(try await fixture.counts() == [2, 0])
    #expect(try await fixture.world.count(.release) == 0)
  }

  @Test("a recipient that was exchanged in the release's row for a classical one gets nothing")
  func refusesExchangedRecipients() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    var generator = SeededGenerator(seed: 5)
    let classical = try Identity.generate(.x25519, using: &generator).recipient.description
    try await fixture.world.database.write {
      _ = try $0.run(Statement("UPDATE key_release SET recipient = $1"), classical)
    }
    await expectProblem("design.key_type") {
      try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    }
  }

  @Test(
    "the licence is asked again: territory and dates, by the later of today and the planned day")
  func asksTheLicenceAgain() async throws {
    let abroad = try await ReleaseWorld(
      country: "FR", terms: LicenceTerms(authorisedUnits: 5, territories: [Country("DE")!]))
    await expectProblem("licence.territory") { try await abroad.record() }

    let today = SimulatedClock().now.day
    let late = try await ReleaseWorld(
      terms: LicenceTerms(authorisedUnits: 5, validUntil: today + 1))
    await expectProblem("licence.dates") { try await late.record() }

    let lapsed = try await ReleaseWorld(
      terms: LicenceTerms(authorisedUnits: 5, validUntil: today + 3))
    lapsed.world.clock.advance(by: .seconds(5 * 86_400))
    await expectProblem("licence.dates") { try await lapsed.record() }
    #expect(try await lapsed.counts() == [2, 0])
  }

  @Test("a job that is not assigned to the bureau, and a key that is none, are refused")
  func refusesOthers() async throws {
    let fixture = try await ReleaseWorld()
    let (other, _) = try await ReleaseWorld.addBureau(fixture.world, country: "DE")
    await expectProblem("release.assignment") { try await fixture.record(bureau: other) }
    for key in ["", "age1", fixture.identity.text] {
      await expectProblem("release.recipient") { try await fixture.record(to: key) }
    }
    try await fixture.world.run("UPDATE revision SET state = 'draft'")
    await expectProblem("release.revision") { try await fixture.record() }
    #expect(try await fixture.world.count(.release) == 0)
  }

  @Test("every header is made anew, for the same payload")
  func makesHeadersAnew() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let (job, bureau) = (fixture.job.id, fixture.bureau)
    let first = try await fixture.vault.releasedFiles(job: job, bureau: bureau)
    let second = try await fixture.vault.releasedFiles(job: job, bureau: bureau)
    #expect(first.map(\.header) != second.map(\.header))
    #expect(first.map(\.payloadSHA256) == second.map(\.payloadSHA256))
    #expect(try await fixture.open(second[1]) == fixture.contents["b.stl"])
  }
}
