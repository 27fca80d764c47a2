import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

/// A design's payload in the blob store, damaged in every way that its bytes allow, with its own bytes or with
/// those of another file. What has its digest in an authenticated record gives nothing: no header to a
/// bureau, no byte to its brand, whoever else's bytes they are. Where the digest is not looked at, because
/// somebody opens what was sent to him, `PayloadResistanceTests` says the same of every chunk.
@Suite("Damaged payloads")
struct DamagedPayloadTests {
  /// Whose bytes come into the payload.
  enum Source: String, CaseIterable, CustomTestStringConvertible {
    case itself, file, revision, design, brand, keyVersion

    var testDescription: String { rawValue }
  }

  private static let sealedChunk = PayloadSealer.chunkByteCount + 16
  private static let nonce = PayloadSealer.nonceByteCount

  @Test(
    "a chunk deleted, doubled, swapped, or come from elsewhere gives nothing",
    arguments: Source.allCases)
  func chunks(source: Source) async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let victim = try #require(fixture.design.files.first { $0.name == "a.stl" }).id
    let other = try await foreign(source, fixture)
    let own = try await payload(victim, fixture)
    let theirs = try await payload(other, fixture)
    #expect((own == theirs) == (source == .itself))
    let (mine, others) = (chunks(of: own), chunks(of: theirs))
    #expect(mine.count == 3)
    var damaged: [[UInt8]] = source == .itself ? [] : [theirs]
    func join(_ nonce: ArraySlice<UInt8>, _ chunks: [ArraySlice<UInt8>]) -> [UInt8] {
      Array(nonce + chunks.joined())
    }
    for index in mine.indices {
      for other in others.indices where source != .itself || other != index {
        var (exchanged, inserted) = (mine, mine)
        exchanged[index] = others[other]
        inserted.insert(others[other], at: index)
        damaged += [exchanged, inserted].map { join(own.prefix(Self.nonce), $0) }
      }
      if source == .itself {
        var (deleted, doubled, swapped) = (mine, mine, mine)
        deleted.remove(at: index)
        doubled.insert(mine[index], at: index)
        swapped.swapAt(index, (index + 1) % mine.count)
        damaged += [deleted, doubled, swapped].map { join(own.prefix(Self.nonce), $0) }
      }
    }
    if source != .itself {
      damaged += [join(theirs.prefix(Self.nonce), mine), join(own.prefix(Self.nonce), others)]
    }
    #expect(damaged.count >= 9)
    // By a process that has verified the payload before, and by one that has not.
    for bytes in damaged {
      try await expectNothing(
        of: victim, fixture, with: bytes, by: fixture.vault, fixture.world.restarted())
    }
    try await expectAll(of: victim, fixture, with: own)
  }

  @Test("cut off at any length, and with a bit changed in any byte, a payload gives nothing")
  func everyByte() async throws {
    let world = try await VaultWorld()
    let draft = try await world.createDesign()
    let plain = SampleMesh.box()
    try await world.upload(plain, to: draft.id, name: "a.stl")
    let fixture = try await ReleaseWorld(world, releasing: draft.id, contents: ["a.stl": plain])
    try await fixture.record()
    let victim = fixture.design.files[0].id
    let own = try await payload(victim, fixture)
    for index in own.indices {
      try await expectNothing(
        of: victim, fixture, with: Array(own[..<index]), by: fixture.vault)
      var flipped = own
      flipped[index] ^= 1 << UInt8(index % 8)
      try await expectNothing(of: victim, fixture, with: flipped, by: fixture.vault)
    }
    try await expectAll(of: victim, fixture, with: own)
  }

  private func chunks(of payload: [UInt8]) -> [ArraySlice<UInt8>] {
    stride(from: Self.nonce, to: payload.count, by: Self.sealedChunk).map {
      payload[$0..<min(payload.count, $0 + Self.sealedChunk)]
    }
  }

  /// A file whose bytes are to come into the victim's payload.
  private func foreign(_ source: Source, _ fixture: ReleaseWorld) async throws -> FileID {
    let world = fixture.world
    let mesh = SampleMesh.noise(facets: 3000, seed: 77)
    switch source {
    case .itself: return try #require(fixture.design.files.first { $0.name == "a.stl" }).id
    case .file: return try #require(fixture.design.files.first { $0.name == "b.stl" }).id
    case .revision:
      _ = try await world.vault.openRevision(brand: world.brand, design: fixture.design.id)
      return try await world.upload(mesh, to: fixture.design.id).id
    case .design: return try await world.upload(mesh, to: world.createDesign().id).id
    case .brand:
      let brand = try await world.addBrand()
      return try await world.upload(mesh, to: world.createDesign(brand: brand).id, brand: brand).id
    case .keyVersion:
      let rotation = KeyRotation(
        database: world.database, ring: world.ring, keys: world.ring.holder,
        sources: [WrappedFileKeys()], ambient: world.clock.ambient)
      try await rotation.start()
      _ = try await rotation.add(2)
      return try await world.upload(mesh, to: world.createDesign().id).id
    }
  }

  private func blob(_ file: FileID, _ fixture: ReleaseWorld) async throws -> BlobName {
    try await fixture.world.database.read {
      try $0.row(
        Statement("SELECT \(DesignStore.fileColumns) FROM design_file WHERE id = $1"), file
      ).map { try StoredFile(row: $0).blob }.orAbsent("file")
    }
  }

  private func payload(_ file: FileID, _ fixture: ReleaseWorld) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await piece in fixture.world.blobs.chunks(try await blob(file, fixture)) {
      bytes += piece
    }
    return bytes
  }

  /// In the same place: somebody who can write to the directory need not obey the store.
  private func put(_ bytes: [UInt8], as file: FileID, _ fixture: ReleaseWorld) async throws {
    let name = try await blob(file, fixture).text
    try fixture.world.directory.write(bytes, to: "data/blobs/\(name.prefix(2))/\(name)")
  }

  private func expectNothing(
    of file: FileID, _ fixture: ReleaseWorld, with bytes: [UInt8], by vaults: Vault...
  ) async throws {
    try await put(bytes, as: file, fixture)
    for vault in vaults {
      await expectProblem("vault.record") {
        _ = try await vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      }
    }
    await expectProblem("vault.record") {
      _ = try await fixture.vault.original(
        brand: fixture.world.brand, design: fixture.design.id, file)
    }
  }

  private func expectAll(
    of file: FileID, _ fixture: ReleaseWorld, with bytes: [UInt8]
  ) async throws {
    try await put(bytes, as: file, fixture)
    let released = try await fixture.vault.releasedFiles(
      job: fixture.job.id, bureau: fixture.bureau)
    let mine = try #require(released.first { $0.id == file })
    #expect(try await fixture.open(mine) == fixture.contents["a.stl"])
  }
}
