import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("Revisions")
struct RevisionTests {
  /// Opens the design's next draft and uploads a mesh into it.
  private func revise(_ fixture: ReleaseWorld, name: String = "next.stl") async throws {
    let world = fixture.world
    _ = try await world.vault.openRevision(brand: world.brand, design: fixture.design.id)
    try await world.upload(SampleMesh.box(7, 7, 7), to: fixture.design.id, name: name)
  }

  private func withdraw(
    _ fixture: ReleaseWorld, _ revision: RevisionID, reason: String = "Breaks under load."
  ) async throws -> RevisionDetails {
    try await fixture.vault.withdrawRevision(
      brand: fixture.world.brand, design: fixture.design.id, revision, reason: reason
    ) { _, _, _ in }
  }

  private func release(_ fixture: ReleaseWorld, by key: APIKeyID? = nil) async throws -> DesignView
  {
    try await fixture.vault.releaseRevision(
      brand: fixture.world.brand, design: fixture.design.id, by: key ?? fixture.world.key)
  }

  private func sold(_ fixture: ReleaseWorld) async throws -> RevisionID {
    let design = fixture.design.id
    return try await fixture.world.database.read {
      try #require(
        try $0.row(Statement("SELECT revision_id FROM part WHERE design_id = $1"), design)
      ).identifier("revision_id")
    }
  }

  @Test("a released draft supersedes what was sold, and an order keeps what it was placed on")
  func supersedes() async throws {
    let fixture = try await ReleaseWorld()
    let (world, first) = (fixture.world, fixture.design.revision.id)
    try await revise(fixture)
    let draft = try await world.vault.design(brand: world.brand, fixture.design.id)
    #expect(draft.revision.number == 2)
    #expect(
      draft.revision.profiles.map(\.profile) == fixture.design.revision.profiles.map(\.profile))
    // Until its release the draft changes nothing.
    #expect(try await sold(fixture) == first)

    let released = try await release(fixture)
    #expect(released.revision.state == .released)
    #expect(try await sold(fixture) == released.revision.id)
    let before = try await world.vault.revision(
      brand: world.brand, design: fixture.design.id, first)
    #expect(before.revision.state == .superseded && before.actions == ["withdraw", "shred"])
    #expect(before.files == fixture.design.files)
    let page = try await world.vault.revisions(brand: world.brand, design: fixture.design.id)
    #expect(page.data.map(\.number) == [2, 1])

    try await fixture.record()
    let files = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(files.map(\.name) == ["a.stl", "b.stl"])
    #expect(try await fixture.open(files[0]) == fixture.contents["a.stl"])
  }

  @Test("a design has one draft at a time, also of many opened at once")
  func oneDraft() async throws {
    let fixture = try await ReleaseWorld()
    let (vault, brand, design) = (fixture.vault, fixture.world.brand, fixture.design.id)
    let opened = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { (try? await vault.openRevision(brand: brand, design: design)) != nil }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(opened == 1)
    await expectProblem("design.draft_exists") {
      _ = try await vault.openRevision(brand: brand, design: design)
    }
    // A draft that is given up makes room for the next, and leaves what is sold as it is.
    let draft = try await vault.design(brand: brand, design).revision.id
    let givenUp = try await withdraw(fixture, draft)
    #expect(givenUp.revision.state == .withdrawn && givenUp.actions == ["shred"])
    await expectProblem("design.no_draft") { _ = try await release(fixture) }
    let next = try await vault.openRevision(brand: brand, design: design, profiles: [.sample])
    #expect(next.revision.number == 3)
    #expect(try await sold(fixture) == fixture.design.revision.id)
    let account = try await vault.licence(brand: brand, fixture.design.licence.id)
    #expect(!account.entries.contains { $0.kind == .revisionWithdrawn })
  }

  @Test("of a withdrawn revision no key is recorded or given, however often it was given before")
  func withdraws() async throws {
    let fixture = try await ReleaseWorld(terms: LicenceTerms(authorisedUnits: 9))
    let (world, first) = (fixture.world, fixture.design.revision.id)
    try await fixture.record()
    #expect(
      try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau).count == 2)
    let waiting = try await ReleaseWorld.order(
      world, fixture.design, quantity: 1, bureau: fixture.bureau, machine: fixture.machine,
      at: world.clock.now)
    let counts = try await fixture.counts()

    await expectProblem("revision.reason") { _ = try await withdraw(fixture, first, reason: "") }
    let withdrawn = try await withdraw(fixture, first)
    #expect(withdrawn.revision.state == .withdrawn)
    #expect(withdrawn.revision.withdrawalReason == "Breaks under load.")
    #expect(withdrawn.revision.withdrawnAt == world.clock.now)
    for _ in 0..<2 {
      await expectProblem("revision.withdrawn") {
        _ = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      }
    }
    await expectProblem("revision.withdrawn") { try await fixture.record(job: waiting) }
    #expect(try await fixture.counts() == counts)

    world.clock.advance(by: .seconds(60))
    #expect(try await withdraw(fixture, first, reason: "Another.") == withdrawn)
    let account = try await fixture.vault.licence(brand: world.brand, fixture.design.licence.id)
    #expect(account.entries.count { $0.kind == .revisionWithdrawn } == 1)

    // The next revision is sold again by the same part.
    try await revise(fixture)
    let next = try await release(fixture)
    #expect(try await sold(fixture) == next.revision.id)
    #expect(
      try await fixture.vault.revision(brand: world.brand, design: fixture.design.id, first)
        == withdrawn)
  }

  @Test("a withdrawal whose jobs cannot be stopped did not happen")
  func withdrawalIsWhole() async throws {
    struct Broken: Error {}
    let fixture = try await ReleaseWorld()
    let (world, first) = (fixture.world, fixture.design.revision.id)
    await #expect(throws: Broken.self) {
      _ = try await fixture.vault.withdrawRevision(
        brand: world.brand, design: fixture.design.id, first, reason: "x"
      ) { _, _, _ in throw Broken() }
    }
    try await fixture.record()
    let details = try await fixture.vault.revision(
      brand: world.brand, design: fixture.design.id, first)
    #expect(details.revision.state == .released && details.revision.withdrawalReason == nil)
  }

  @Test("nothing changes a revision that was released: not its files, profile, approvals or number")
  func immutable() async throws {
    let fixture = try await ReleaseWorld()
    let (world, design) = (fixture.world, fixture.design.id)
    let first = try await world.vault.revision(
      brand: world.brand, design: design, fixture.design.revision.id)
    await expectProblem("design.no_draft") {
      try await world.upload(
        SampleDocument.pdf, to: design, name: "c.pdf", purpose: .drawing,
        mediaType: "application/pdf")
    }
    _ = try await release(fixture, by: try await world.addKey())
    #expect(
      try await world.vault.revision(brand: world.brand, design: design, first.revision.id) == first
    )
    // With a draft beside it, everything goes into the draft.
    try await revise(fixture, name: "a.stl")
    _ = try await release(fixture)
    let after = try await world.vault.revision(
      brand: world.brand, design: design, first.revision.id)
    #expect(after.files == first.files && after.revision.profiles == first.revision.profiles)
    #expect(after.revision.approvals == first.revision.approvals)
    #expect(after.revision.releasedAt == first.revision.releasedAt)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("another brand reaches no revision, and none is found under another design")
  func tenants() async throws {
    let fixture = try await ReleaseWorld()
    let (vault, design) = (fixture.vault, fixture.design)
    let other = try await fixture.world.addBrand()
    let another = try await fixture.world.createDesign()
    for (brand, id) in [(other, design.id), (fixture.world.brand, another.id)] {
      await expectProblem("not_found") {
        _ = try await vault.revision(brand: brand, design: id, design.revision.id)
      }
      await expectProblem("not_found") {
        _ = try await vault.withdrawRevision(
          brand: brand, design: id, design.revision.id, reason: "x"
        ) { _, _, _ in Issue.record("stopped somebody's jobs") }
      }
    }
    await expectProblem("not_found") {
      _ = try await vault.revisions(brand: other, design: design.id)
    }
    await expectProblem("not_found") {
      _ = try await vault.openRevision(brand: other, design: design.id)
    }
  }
}

@Suite("Approvals of a release")
struct ApprovalTests {
  private func world(approvals: Int) async throws -> (VaultWorld, DesignID) {
    let world = try await VaultWorld()
    try await world.run("UPDATE brand SET release_approvals = \(approvals)")
    let design = try await world.createDesign().id
    try await world.upload(SampleMesh.box(), to: design)
    return (world, design)
  }

  private func release(
    _ world: VaultWorld, _ design: DesignID, by key: APIKeyID
  ) async throws -> RevisionView {
    try await world.vault.releaseRevision(brand: world.brand, design: design, by: key).revision
  }

  @Test("with two, the first key approves, counts once, and the second releases")
  func two() async throws {
    let (world, design) = try await world(approvals: 2)
    let second = try await world.addKey()
    for _ in 0..<3 {
      let pending = try await release(world, design, by: world.key)
      #expect(pending.state == .draft && pending.approvalsRequired == 2)
      #expect(pending.approvals.map(\.key) == [world.key])
    }
    world.clock.advance(by: .seconds(1))
    let released = try await release(world, design, by: second)
    #expect(released.state == .released && released.approvalsRequired == nil)
    #expect(released.approvals.map(\.key) == [world.key, second])
  }

  @Test("an approval is void once the draft has another file")
  func content() async throws {
    let (world, design) = try await world(approvals: 2)
    let second = try await world.addKey()
    _ = try await release(world, design, by: world.key)
    try await world.upload(
      SampleDocument.pdf, to: design, name: "swapped.pdf", purpose: .drawing,
      mediaType: "application/pdf")
    #expect(try await world.vault.design(brand: world.brand, design).revision.approvals.isEmpty)
    let pending = try await release(world, design, by: second)
    #expect(pending.state == .draft && pending.approvals.map(\.key) == [second])
    #expect(try await release(world, design, by: world.key).state == .released)
  }

  @Test("an approval is void once its content was changed behind the vault's back")
  func tampered() async throws {
    let (world, design) = try await world(approvals: 2)
    _ = try await release(world, design, by: world.key)
    for change in ["name = 'x.stl'", "payload_sha256 = zeroblob(32)", "media_type = 'x'"] {
      try await world.run("UPDATE design_file SET \(change)")
      #expect(try await world.vault.design(brand: world.brand, design).revision.approvals.isEmpty)
      _ = try await release(world, design, by: world.key)
    }
  }

  @Test("a revoked key's approval does not count, nor one of another brand's key")
  func revoked() async throws {
    let (world, design) = try await world(approvals: 2)
    _ = try await release(world, design, by: world.key)
    try await world.run("UPDATE api_key SET revoked_at = 1")
    let second = try await world.addKey()
    #expect(try await release(world, design, by: second).approvals.map(\.key) == [second])
    let stranger = try await VaultWorld.addKey(
      world.database, world.clock.ambient, of: try await world.addBrand())
    #expect(try await release(world, design, by: stranger).state == .draft)
    #expect(try await release(world, design, by: try await world.addKey()).state == .released)
  }

  @Test("two keys that approve at once release once")
  func atOnce() async throws {
    let (world, design) = try await world(approvals: 2)
    let second = try await world.addKey()
    let states = try await withThrowingTaskGroup(of: RevisionState.self) { group in
      for key in [world.key, second, world.key, second] {
        group.addTask { try await release(world, design, by: key).state }
      }
      return try await group.reduce(into: [RevisionState]()) { $0.append($1) }
    }
    #expect(states.contains(.draft) && states.contains(.released))
    #expect(try await world.vault.design(brand: world.brand, design).revision.state == .released)
  }
}
