import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

/// Somebody can write to the database and the blob store, but does not hold the key ring.
@Suite("Changed records")
struct RecordTamperingTests {
  @Test(
    "a file's row that is not what was stored at its upload releases nothing",
    arguments: [
      "payload_sha256 = zeroblob(32)",
      "payload_bytes = payload_bytes + 1",
      "plaintext_bytes = plaintext_bytes + 1",
      "media_type = 'application/sla'",
      "name = 'c.stl'",
      "unit = 'inch'",
      "purpose = 'drawing'",
      "wrapped_key = zeroblob(length(wrapped_key))",
      "wrapped_key = (SELECT wrapped_key FROM design_file WHERE name = 'b.stl')",
      "key_version = 2",
      "blob_name = (SELECT blob_name FROM design_file WHERE name = 'b.stl')",
      """
      blob_name = (SELECT blob_name FROM design_file WHERE name = 'b.stl'),
        payload_bytes = (SELECT payload_bytes FROM design_file WHERE name = 'b.stl'),
        payload_sha256 = (SELECT payload_sha256 FROM design_file WHERE name = 'b.stl'),
        wrapped_key = (SELECT wrapped_key FROM design_file WHERE name = 'b.stl')
      """,
    ])
  func refusesChangedRows(change: String) async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    #expect(try await release(fixture) == nil)
    try await fixture.world.run("UPDATE design_file SET \(change) WHERE name = 'a.stl'")
    #expect(try await release(fixture) == "vault.record")
  }

  @Test("a file moved from another design, or another brand's, releases nothing")
  func refusesMovedRows() async throws {
    for isOtherBrand in [false, true] {
      let fixture = try await ReleaseWorld()
      try await fixture.record()
      let brand = isOtherBrand ? try await fixture.world.addBrand() : fixture.world.brand
      let other = try await fixture.world.createDesign(brand: brand)
      try await fixture.world.upload(
        SampleDocument.pdf, to: other.id, brand: brand, name: "secret.stl", purpose: .drawing,
        mediaType: "application/pdf")
      let (design, victim) = (fixture.design, fixture.world.brand)
      try await fixture.world.database.write {
        _ = try $0.run(
          Statement(
            """
            UPDATE design_file SET brand_id = $1, design_id = $2, revision_id = $3
            WHERE name = 'secret.stl'
            """), victim, design.id, design.revision.id)
      }
      #expect(try await release(fixture) == "vault.record")
    }
  }

  @Test("a row put back by another upload's name does not open under the old wrapped key")
  func refusesReplayedKeys() async throws {
    let fixture = try await ReleaseWorld()
    let other = try await fixture.world.createDesign()
    try await fixture.world.upload(SampleMesh.box(9, 9, 9), to: other.id, name: "a.stl")
    try await fixture.record()
    let design = fixture.design
    try await fixture.world.database.write {
      _ = try $0.run(
        Statement(
          """
          UPDATE design_file SET (wrapped_key, key_version) = (
            SELECT wrapped_key, key_version FROM design_file WHERE design_id = $1)
          WHERE design_id = $2 AND name = 'a.stl'
          """), other.id, design.id)
    }
    #expect(try await release(fixture) == "vault.record")
  }

  @Test(
    "a planted payload releases nothing, of another length or of the same, seen before or not"
  )
  func noticesPlantedPayloads() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let (job, bureau) = (fixture.job.id, fixture.bureau)
    let file = try await fixture.vault.releasedFiles(job: job, bureau: bureau)[0]
    let payload = try await fixture.payload(file)
    func plant(_ bytes: [UInt8]) async throws {
      try await fixture.world.blobs.delete(file.blob)
      let writer = try await fixture.world.blobs.create(file.blob)
      try await writer.append(bytes)
      try await writer.commit()
    }
    try await plant(payload + [0])
    #expect(try await release(fixture) == "vault.record")

    // The strongest planter: a bureau that knows the file key and seals other plaintext under it.
    var generator = SeededGenerator(seed: 3)
    var sealer = try PayloadSealer(fileKey: fileKey(of: file, fixture), using: &generator)
    var planted: [UInt8] = []
    try sealer.seal(SampleMesh.noise(facets: 3000, seed: 99), into: &planted)
    try sealer.finish(into: &planted)
    #expect(planted.count == payload.count)
    try await plant(planted)
    #expect(try await release(fixture) == "vault.record")
    let restarted = fixture.world.restarted()
    await #expect(throws: Problem.self) {
      try await restarted.releasedFiles(job: job, bureau: bureau)
    }
    // What is put back is what was uploaded.
    try await plant(payload)
    #expect(try await release(fixture) == nil)
    try await plant(planted)
    // With the digest exchanged in the row as well, the wrapped key no longer opens.
    let digest = sha256(planted)
    try await fixture.world.database.write {
      _ = try $0.run(
        Statement("UPDATE design_file SET payload_sha256 = $1 WHERE name = 'a.stl'"), digest)
    }
    #expect(try await release(fixture) == "vault.record")
  }

  @Test("a missing payload releases nothing")
  func noticesMissingPayloads() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let (job, bureau) = (fixture.job.id, fixture.bureau)
    let file = try await fixture.vault.releasedFiles(job: job, bureau: bureau)[0]
    try await fixture.world.blobs.delete(file.blob)
    #expect(try await release(fixture) == "vault.record")
    // It is noticed before there is a release, too: no units are consumed for nothing.
    await expectProblem("release.payload_missing") {
      try await fixture.vault.requirePayloads(
        revision: fixture.design.revision.id, brand: fixture.world.brand)
    }
  }

  /// The code of the refusal, or nil when the files were released.
  private func release(_ fixture: ReleaseWorld) async throws -> String? {
    do {
      _ = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      return nil
    } catch let problem as Problem {
      #expect(problem.detail.contains("Nothing was released"))
      return problem.code
    }
  }
}
