import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("A brand's own files")
struct OriginalTests {
  private func read(_ original: OriginalFile) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await piece in original { bytes += piece }
    return bytes
  }

  private func original(_ fixture: ReleaseWorld, _ name: String) async throws -> OriginalFile {
    let file = try #require(fixture.design.files.first { $0.name == name })
    return try await fixture.vault.original(
      brand: fixture.world.brand, design: fixture.design.id, file.id)
  }

  private func replace(_ fixture: ReleaseWorld, _ payload: [UInt8], of blob: BlobName) async throws
  {
    try await fixture.world.blobs.delete(blob)
    let writer = try await fixture.world.blobs.create(blob)
    try await writer.append(payload)
    try await writer.commit()
  }

  @Test("every file comes back as it was uploaded, and another brand's is not there")
  func comesBack() async throws {
    let fixture = try await ReleaseWorld()
    for (name, content) in fixture.contents {
      let original = try await original(fixture, name)
      #expect(original.totalBytes == content.count && original.name == name)
      #expect(try await read(original) == content)
    }
    let other = try await fixture.world.addBrand()
    let another = try await fixture.world.createDesign()
    for (brand, design) in [(other, fixture.design.id), (fixture.world.brand, another.id)] {
      await expectProblem("not_found") {
        _ = try await fixture.vault.original(
          brand: brand, design: design, fixture.design.files[0].id)
      }
    }
  }

  @Test("a payload that was exchanged gives nothing, even sealed under the right key")
  func planted() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let file = try await fixture.vault.releasedFiles(
      job: fixture.job.id, bureau: fixture.bureau)[0]
    let payload = try await fixture.payload(file)
    var generator = SeededGenerator(seed: 3)
    var sealer = try PayloadSealer(fileKey: fileKey(of: file, fixture), using: &generator)
    var planted: [UInt8] = []
    try sealer.seal(SampleMesh.noise(facets: 3000, seed: 99), into: &planted)
    try sealer.finish(into: &planted)
    var flipped = payload
    flipped[70_000] ^= 1
    for bad in [planted, flipped, payload + [0], Array(payload.dropLast()), []] {
      try await replace(fixture, bad, of: file.blob)
      await expectProblem("vault.record") { _ = try await original(fixture, "a.stl") }
    }
    try await fixture.world.blobs.delete(file.blob)
    await expectProblem("vault.record") { _ = try await original(fixture, "a.stl") }
  }

  @Test("a payload that is exchanged after it was checked never comes to a clean end")
  func exchanged() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let file = try await fixture.vault.releasedFiles(
      job: fixture.job.id, bureau: fixture.bureau)[0]
    let original = try await original(fixture, "a.stl")
    var generator = SeededGenerator(seed: 3)
    var sealer = try PayloadSealer(fileKey: fileKey(of: file, fixture), using: &generator)
    let other = SampleMesh.noise(facets: 3000, seed: 99)
    var planted: [UInt8] = []
    try sealer.seal(other, into: &planted)
    try sealer.finish(into: &planted)
    try await replace(fixture, planted, of: file.blob)
    var count = 0
    await expectProblem("vault.record") {
      for try await piece in original { count += piece.count }
    }
    #expect(count < other.count)
  }

  @Test("a row that was changed gives nothing")
  func tampered() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.world.run(
      "UPDATE design_file SET payload_sha256 = zeroblob(32) WHERE name = 'a.stl'")
    await expectProblem("vault.record") { _ = try await original(fixture, "a.stl") }
  }
}
