import BlobStore
import Database
import Domain
import Foundation
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Faults of an archive")
struct ArchiveFaultTests {
  private func payload(_ fixture: ArchiveWorld, _ name: String) async throws -> BlobName {
    let text = try await fixture.world.database.read {
      try #require(
        try $0.row(Statement("SELECT blob_name FROM design_file WHERE name = $1"), name)
      ).text("blob_name")
    }
    return try #require(BlobName(text))
  }

  private func replace(
    _ fixture: ArchiveWorld, _ name: BlobName, _ change: (inout [UInt8]) -> Void
  ) async throws {
    var bytes: [UInt8] = []
    for try await chunk in fixture.world.blobs.chunks(name) { bytes += chunk }
    change(&bytes)
    try await fixture.world.blobs.delete(name)
    let writer = try await fixture.world.blobs.create(name)
    try await writer.append(bytes)
    try await writer.commit()
  }

  @Test(
    "a payload that was exchanged, even sealed under the right key, ends the export in an error")
  func planted() async throws {
    let fixture = try await ArchiveWorld()
    let name = try await payload(fixture, "one.stl")
    try await replace(fixture, name) { $0[70_000] ^= 1 }
    await expectProblem("archive.payload") { try await fixture.exported() }
    try await replace(fixture, name) { $0[70_000] ^= 1 }
    _ = try await fixture.exported()
    // After it was found right, and before its last byte.
    let archive = try await fixture.vault.archive(of: fixture.world.brand)
    var iterator = archive.makeAsyncIterator()
    var isExchanged = false
    await expectProblem("archive.payload") {
      while let piece = try await iterator.next() {
        // The first file's header goes out when its payload was found right.
        guard !isExchanged, piece.starts(with: "files/".utf8) else { continue }
        isExchanged = true
        try await replace(fixture, name) { $0[$0.count - 1] ^= 1 }
      }
    }
    #expect(isExchanged)
  }

  @Test("a payload that is missing or cut off refuses the export before the trail has it")
  func missing() async throws {
    let fixture = try await ArchiveWorld()
    let name = try await payload(fixture, "two.stl")
    let before = try await fixture.world.counts()
    try await replace(fixture, name) { $0.removeLast() }
    await expectProblem("archive.payload") {
      try await fixture.vault.archive(of: fixture.world.brand)
    }
    try await fixture.world.blobs.delete(name)
    await expectProblem("archive.payload") {
      try await fixture.vault.archive(of: fixture.world.brand)
    }
    #expect(try await fixture.world.counts() == before)
  }

  @Test("a payload that cannot be read in the middle ends the export in an error")
  func unreadable() async throws {
    nonisolated(unsafe) var failing: TestSupport.FailingBlobStore?
    let fixture = try await ArchiveWorld {
      let store = TestSupport.FailingBlobStore($0)
      failing = store
      return store
    }
    let blobs = try #require(failing)
    let archive = try await fixture.vault.archive(of: fixture.world.brand)
    for reads in 0..<4 {
      var (iterator, seen) = (archive.makeAsyncIterator(), 0)
      await expectProblem("archive.payload") {
        while try await iterator.next() != nil {
          seen += 1
          if seen == 6 + reads { blobs.fail(.read) }
        }
      }
    }
    _ = try await fixture.exported()
  }

  @Test("whatever fails while an archive is stored leaves nothing of it, and it can be done again")
  func importing() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    nonisolated(unsafe) var failing: TestSupport.FailingBlobStore?
    let there = try await VaultWorld.other {
      let store = TestSupport.FailingBlobStore($0)
      failing = store
      return store
    }
    let blobs = try #require(failing)
    let before = try await there.counts()
    for fault in [
      TestSupport.FailingBlobStore.Fault.create, .append, .commit, .commitPersisted, .delete,
      .deletePersisted,
    ] {
      blobs.fail(fault)
      // A deletion happens only after another fault.
      if [.delete, .deletePersisted].contains(fault) { blobs.fail(.commit) }
      await #expect(throws: BlobError.self, "\(fault)") {
        try await there.imported(bytes, [fixture.identity])
      }
      try await there.vault.sweep()
      #expect(try await there.counts() == before, "\(fault)")
      #expect(try await there.leftovers() == [], "\(fault)")
    }
    #expect(blobs.pending.isEmpty)
    try await there.run(
      "CREATE TRIGGER no_licence BEFORE INSERT ON licence BEGIN SELECT RAISE(ABORT, 'no'); END")
    await #expect(throws: (any Error).self) {
      try await there.imported(bytes, [fixture.identity])
    }
    try await there.run("DROP TRIGGER no_licence")
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
    try await there.imported(bytes, [fixture.identity])
    #expect(try await there.findings() == [])
  }

  @Test("an import that is cut off by a crash leaves what a sweep removes")
  func crash() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    var reader = ArchiveReader(
      there.vault, identities: [fixture.identity], checkingParts: { _, _ in })
    // Without a word at the end, as a killed process.
    try await reader.take(Array(bytes.prefix(bytes.count - 4000)))
    #expect(try await there.counts() != before)
    try await there.restarted().sweep()
    try await there.blobs.removeUnfinished(before: Instant(milliseconds: .max))
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
    try await there.imported(bytes, [fixture.identity])
    #expect(try await there.findings() == [])
  }
}
