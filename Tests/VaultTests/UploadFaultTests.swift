import BlobStore
import Domain
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Database
@testable import Vault

/// A store that fails at one kind of call, until it is told to work again.
final class FailingBlobStore: BlobStore {
  enum Fault: CaseIterable {
    case create, append, full, commit, commitThatPersists, read, delete
  }

  let store: any BlobStore
  let fault: Mutex<Fault?>

  init(_ store: any BlobStore, _ fault: Fault?) {
    self.store = store
    self.fault = Mutex(fault)
  }

  func fail(at fault: Fault) { self.fault.withLock { $0 = fault } }

  func repair() { fault.withLock { $0 = nil } }

  func fails(_ fault: Fault) -> Bool { self.fault.withLock { $0 == fault } }

  func create(_ name: BlobName) async throws -> any BlobWriter {
    if fails(.create) { throw BlobError.storage("create") }
    return Writer(store: self, writer: try await store.create(name))
  }

  func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    if fails(.read) { throw BlobError.storage("read") }
    return try await store.read(name, from: offset, maxLength: maxLength)
  }

  func size(_ name: BlobName) async throws -> Int { try await store.size(name) }

  func identity(_ name: BlobName) async throws -> BlobIdentity {
    try await store.identity(name)
  }

  func delete(_ name: BlobName) async throws {
    if fails(.delete) { throw BlobError.storage("delete") }
    try await store.delete(name)
  }

  func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    try await store.list(after: name, limit: limit)
  }

  struct Writer: BlobWriter {
    let store: FailingBlobStore
    let writer: any BlobWriter

    func append(_ bytes: ArraySlice<UInt8>) async throws {
      if store.fails(.append) { throw BlobError.storage("append") }
      if store.fails(.full) { throw BlobError.full }
      try await writer.append(bytes)
    }

    func commit() async throws {
      if store.fails(.commit) { throw BlobError.storage("commit") }
      try await writer.commit()
      if store.fails(.commitThatPersists) { throw BlobError.storage("commit, but it is there") }
    }

    func abort() async { await writer.abort() }
  }
}

/// A key holder that cannot be reached.
struct UnreachableKeyHolder: KeyHolder {
  struct Unreachable: Error {}
  func newestVersion() async throws -> Int { throw Unreachable() }
  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    throw Unreachable()
  }
  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    throw Unreachable()
  }
}

@Suite("Faults during uploads")
struct UploadFaultTests {
  @Test(
    "a blob store that fails fails the upload, and nothing stays",
    arguments: [.create, .append, .full, .commit, .commitThatPersists] as [FailingBlobStore.Fault])
  func survivesBlobFaults(fault: FailingBlobStore.Fault) async throws {
    let failing = Mutex<FailingBlobStore?>(nil)
    let world = try await VaultWorld { directory in
      let store = FailingBlobStore(directory, fault)
      failing.withLock { $0 = store }
      return store
    }
    let design = try await world.createDesign()
    let bytes = SampleMesh.noise(facets: 5000, seed: 6)
    if fault == .full {
      await expectProblem("storage.full") { try await world.upload(bytes, to: design.id) }
    } else {
      await #expect(throws: BlobError.self) { try await world.upload(bytes, to: design.id) }
    }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
    failing.withLock { $0 }?.repair()
    try await world.upload(bytes, to: design.id)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a blob that cannot be deleted stays abandoned until a sweep can")
  func survivesFailedDeletion() async throws {
    let failing = Mutex<FailingBlobStore?>(nil)
    let world = try await VaultWorld { directory in
      let store = FailingBlobStore(directory, .delete)
      failing.withLock { $0 = store }
      return store
    }
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: design.id, name: "good.stl")
    await expectProblem("internal") {
      try await world.upload(
        SampleDocument.pdf, to: design.id, name: "bad.pdf", purpose: .drawing,
        mediaType: "application/pdf"
      ) {
        Pieces(
          $0,
          atEnd: {
            try await world.run("UPDATE blob SET state = 'abandoned' WHERE state = 'receiving'")
          })
      }
    }
    #expect(try await world.count(.blob) == 2)
    await #expect(throws: BlobError.self) { try await world.vault.sweep() }
    failing.withLock { $0 }?.repair()
    try await world.vault.sweep()
    #expect(try await world.count(.blob) == 1)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a database that fails before the intent leaves nothing")
  func survivesFailedIntent() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    _ = try await world.database.configureWriter("PRAGMA query_only = 1")
    await #expect(throws: DatabaseError.self) {
      try await world.upload(SampleMesh.box(), to: design.id) {
        Pieces($0, before: { _ in Issue.record("a byte was read without an intent") })
      }
    }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a database that is gone for the last commit leaves an intent that the next start sweeps")
  func survivesLostDatabase() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await #expect(throws: DatabaseError.self) {
      try await world.upload(SampleMesh.box(), to: design.id) {
        Pieces(
          $0,
          atEnd: { _ = try await world.database.configureWriter("PRAGMA query_only = 1") })
      }
    }
    _ = try await world.database.configureWriter("PRAGMA query_only = 0")
    // Sealed, under a key that was never stored; the row says what it is.
    #expect(try await world.blobs.list().count == 1)
    #expect(try await world.count(.blob) == 1)
    #expect(try await world.count(.file) == 0)
    try await world.vault.sweep()
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a statement that fails in the last commit undoes all of it")
  func survivesFailedInsert() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.run(
      """
      CREATE TRIGGER refuse BEFORE INSERT ON design_file
      BEGIN SELECT RAISE(ABORT, 'refused'); END
      """)
    await #expect(throws: DatabaseError.self) {
      try await world.upload(SampleMesh.box(), to: design.id)
    }
    #expect(try await world.count(.file) == 0)
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a last commit that is reported as failed but did happen keeps its blob")
  func keepsLiveBlobs() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: design.id)
    let live = try #require(try await world.blobs.list().first)
    await world.vault.discard(live)
    try await world.vault.sweep()
    #expect(try await world.blobs.list() == [live])
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a key holder that cannot be reached fails the upload, and nothing stays")
  func survivesLostKeyHolder() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: UnreachableKeyHolder(),
      ledger: world.ledger, ambient: world.clock.ambient)
    await #expect(throws: UnreachableKeyHolder.Unreachable.self) {
      _ = try await vault.upload(
        brand: world.brand, design: design.id, fileName: "a.stl", mediaType: "model/stl",
        body: Pieces(SampleMesh.box()))
    }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("what a crash left in each state is gone after the sweep at the next start")
  func sweepsCrashes() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: design.id)
    var generator = SeededGenerator(seed: 8)
    for state in ["receiving", "receiving", "abandoned", "abandoned"] {
      let name = BlobName(using: &generator)
      if try await world.count(.blob) % 2 == 0 {
        let writer = try await world.blobs.create(name)
        try await writer.append([1, 2, 3])
        try await writer.commit()
      }
      try await world.database.write {
        _ = try $0.run(Statement("INSERT INTO blob VALUES ($1, $2, 0)"), name.text, state)
      }
    }
    try await world.vault.sweep()
    #expect(try await world.count(.blob) == 1)
    #expect(try await world.leftovers().isEmpty)
  }
}
