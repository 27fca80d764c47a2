import BlobStore
import Database
import Domain
import Ledger
import TestSupport
import Testing
import Vault

private func entries(_ world: VaultWorld) async throws -> [AuditEntry] {
  try await world.database.read { [ledger = world.ledger, brand = world.brand] in
    try ledger.auditEntries($0, brand: brand, AuditFilter(), below: .max, limit: 100)
  }.reversed()
}

private func loseTrail(_ world: VaultWorld) async throws {
  try await world.database.write {
    _ = try $0.run(Statement("ALTER TABLE audit_entry RENAME TO gone"))
  }
}

@Test("a design's life is recorded as whoever the vault acts for, and a release as its bureau's")
func designsAreAudited() async throws {
  let fixture = try await ReleaseWorld()
  try await fixture.record()
  let made: [AuditAction] = [
    .designCreated, .licenceGranted, .fileUploaded, .fileUploaded, .revisionApproved,
    .revisionReleased, .keyReleased,
  ]
  let entries = try await entries(fixture.world)
  #expect(entries.map(\.action) == made)
  #expect(entries.map(\.actor) == Array(repeating: .broker, count: 6) + [.bureau(fixture.bureau)])
  #expect(entries.allSatisfy { $0.design == fixture.design.id })
  let released = try #require(entries.last)
  #expect(released.job == fixture.job.id && released.bureau == fixture.bureau)
  #expect(released.revision == fixture.design.revision.id)

  let engineer = AuditActor.key(
    fixture.world.clock.ambient.identifier(at: fixture.world.clock.now), role: "engineer")
  _ = try await fixture.vault.acting(for: engineer).createDesign(
    brand: fixture.world.brand, name: "Hinge", profiles: [.sample],
    terms: LicenceTerms(authorisedUnits: 1))
  let own = try await VaultTests.entries(fixture.world).suffix(2)
  #expect(own.map(\.actor) == [engineer, engineer])
}

@Test(
  "a file is the doing of who began its upload, whoever completes it",
  arguments: ["duty", "another's question", "another's bytes"])
func uploadsAreAudited(who: String) async throws {
  let uploads = try await ResumingWorld()
  let (world, mesh) = (uploads.world, ResumingWorld.mesh)
  let ambient = world.clock.ambient
  let engineer = AuditActor.key(ambient.identifier(at: world.clock.now), role: "engineer")
  let other = AuditActor.key(ambient.identifier(at: world.clock.now), role: "owner")
  let design = try await world.createDesign()
  let upload = try await uploads.vault.acting(for: engineer).createUpload(
    brand: world.brand,
    NewUpload(
      design: design.id, name: "a.stl", mediaType: "model/stl", length: mesh.count, metadata: "")
  ).id
  if who == "another's bytes" {
    _ = try await uploads.vault.acting(for: other).receive(
      upload, brand: world.brand, at: 0, body: Pieces(mesh))
  } else {
    uploads.blobs.fail(at: .read)
    await #expect(throws: BlobError.self) {
      try await uploads.send(0..<mesh.count, to: upload, isCut: false)
    }
    uploads.blobs.repair()
    if who == "duty" {
      try await uploads.vault.tendUploads()
    } else {
      _ = try await uploads.vault.acting(for: other).settledUpload(brand: world.brand, upload)
    }
  }
  try await uploads.expectFile(upload)
  let uploaded = try await entries(world).filter { $0.action == .fileUploaded }
  #expect(uploaded.map(\.actor) == [engineer])
}

@Test("a release that is refused, or made twice, is not recorded")
func refusedReleasesAreNotAudited() async throws {
  let fixture = try await ReleaseWorld()
  let before = try await entries(fixture.world)
  await #expect(throws: Problem.self) { try await fixture.record(to: "age1nonsense") }
  #expect(try await entries(fixture.world) == before)
  try await fixture.record()
  await #expect(throws: Problem.self) { try await fixture.record() }
  #expect(try await entries(fixture.world).count == before.count + 1)
}

@Test("what cannot be recorded does not happen")
func unrecordedDoesNotHappen() async throws {
  let fixture = try await ReleaseWorld()
  let world = fixture.world
  let draft = try await world.createDesign()
  try await loseTrail(world)
  await #expect(throws: DatabaseError.self) { try await world.createDesign() }
  await #expect(throws: DatabaseError.self) {
    try await world.upload(SampleMesh.box(), to: draft.id, name: "a.stl")
  }
  await #expect(throws: DatabaseError.self) { try await fixture.record() }
  await #expect(throws: DatabaseError.self) {
    try await fixture.vault.original(
      brand: world.brand, design: fixture.design.id, fixture.design.files[0].id)
  }
  await #expect(throws: DatabaseError.self) {
    try await fixture.vault.withdrawRevision(
      brand: world.brand, design: fixture.design.id, fixture.design.revision.id, reason: "x"
    ) { _, _, _ in }
  }
  let design = try await world.vault.design(brand: world.brand, fixture.design.id)
  #expect(design.revision.state == .released)
  #expect(try await world.vault.designs(brand: world.brand).data.count == 2)
  #expect(try await world.vault.design(brand: world.brand, draft.id).files.isEmpty)
  #expect(try await fixture.counts() == [2, 0])
  await #expect(throws: Problem.absent("key release")) {
    try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
  }
}
