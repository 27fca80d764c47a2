import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("What happens while an archive is handed out")
struct ArchiveMeanwhileTests {
  /// Something that forbids the rest of an archive, and what the archive ends with then.
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: String
    let make: @Sendable (ArchiveWorld) async throws -> Void

    static let all = [
      Change(
        testDescription: "every design goes to post-quantum keys only", code: "archive.key_type"
      ) { try await $0.world.run("UPDATE design SET pq_only = 1") },
      Change(testDescription: "the key that asked is revoked", code: "auth.invalid") {
        try await $0.world.run("UPDATE api_key SET revoked_at = 1")
      },
      Change(testDescription: "the brand registers another recipient", code: "archive.recipient") {
        var generator = SeededGenerator(seed: 8)
        try await $0.world.register(try Identity.generate(.x25519, using: &generator).recipient)
      },
      Change(testDescription: "the brand takes its recipient back", code: "archive.recipient") {
        try await $0.world.run("UPDATE brand SET archive_recipient = NULL")
      },
      // The keys alone, so that it is not a missing payload that ends it.
      Change(testDescription: "all is shredded", code: "revision.shredded") {
        try await $0.world.run("UPDATE revision SET state = 'shredded'")
        try await $0.world.run("UPDATE design_file SET wrapped_key = NULL")
      },
    ]
  }

  private func archive(_ fixture: ArchiveWorld) async throws -> VaultArchive {
    let (world, key) = (fixture.world, fixture.world.key)
    return try await world.vault.acting(for: .key(key, role: "owner"), with: key)
      .archive(of: world.brand)
  }

  @Test(
    "the next file's key does not leave, and what ended the archive is said", arguments: Change.all)
  func between(change: Change) async throws {
    let fixture = try await ArchiveWorld(identity: .x25519, postQuantumOnly: false)
    var iterator = try await archive(fixture).makeAsyncIterator()
    var headers = 0
    await expectProblem(change.code) {
      while let piece = try await iterator.next() {
        guard piece.starts(with: "files/".utf8) else { continue }
        headers += 1
        if headers == 2 { try await change.make(fixture) }
      }
    }
    #expect(headers == 2)
  }

  @Test("nor does the key of the file whose payload is being read for it", arguments: Change.all)
  func whileReading(change: Change) async throws {
    let watched = Held<WatchedBlobStore>()
    let fixture = try await ArchiveWorld(identity: .x25519, postQuantumOnly: false) {
      let store = WatchedBlobStore($0)
      watched.value = store
      return store
    }
    var iterator = try await archive(fixture).makeAsyncIterator()
    try #require(watched.value).onNextRead { try await change.make(fixture) }
    var headers = 0
    await expectProblem(change.code) {
      while let piece = try await iterator.next() {
        if piece.starts(with: "files/".utf8) { headers += 1 }
      }
    }
    #expect(headers == 0)
  }

  @Test("a payload that goes with a shredding is not called damaged")
  func payloadGone() async throws {
    let fixture = try await ArchiveWorld()
    let archive = try await fixture.vault.archive(of: fixture.world.brand)
    try await fixture.world.run("UPDATE revision SET state = 'withdrawn'")
    try await fixture.world.run("UPDATE job SET state = 'delivered'")
    var (iterator, isShredded) = (archive.makeAsyncIterator(), false)
    await expectProblem("revision.shredded") {
      while let piece = try await iterator.next() {
        // The first file's header is out, and its payload is not.
        guard !isShredded, piece.starts(with: "files/".utf8) else { continue }
        isShredded = true
        _ = try await fixture.vault.shred(
          brand: fixture.world.brand, design: fixture.sold, named: "Leg cap", by: fixture.world.key
        ) { _, _ in }
      }
    }
    #expect(isShredded)
  }

  @Test("an original whose revision is shredded while its payload is read is not handed out")
  func original() async throws {
    let watched = Held<WatchedBlobStore>()
    let world = try await VaultWorld {
      let store = WatchedBlobStore($0)
      watched.value = store
      return store
    }
    let design = try await world.createDesign()
    let file = try await world.upload(SampleMesh.box(), to: design.id)
    try #require(watched.value).onNextRead {
      try await world.run("UPDATE revision SET state = 'shredded'")
    }
    await expectProblem("revision.shredded") {
      try await world.vault.original(brand: world.brand, design: design.id, file.id)
    }
    let read = try await world.database.read {
      try world.ledger.auditEntries(
        $0, brand: world.brand, AuditFilter(action: .originalRead), below: .max, limit: 1)
    }
    #expect(read.isEmpty)
  }
}
