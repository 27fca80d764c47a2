import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

extension ReleaseWorld {
  /// Over a blob store that can be made to fail.
  static func overFailingBlobs() async throws -> (ReleaseWorld, TestSupport.FailingBlobStore) {
    let failing = Held<TestSupport.FailingBlobStore>()
    let world = try await VaultWorld { directory in
      let store = TestSupport.FailingBlobStore(directory)
      failing.value = store
      return store
    }
    let design = try await world.createDesign()
    let mesh = SampleMesh.noise(facets: 3000, seed: 21)
    try await world.upload(mesh, to: design.id, name: "a.stl")
    let fixture = try await ReleaseWorld(
      world, releasing: design.id, contents: ["a.stl": mesh])
    return (fixture, try #require(failing.value))
  }

  var revision: RevisionID { design.revision.id }

  /// Shreds the design, or a revision of it.
  @discardableResult
  func shred(
    _ revision: RevisionID? = nil, vault: Vault? = nil, design id: DesignID? = nil,
    brand: BrandID? = nil, named name: String = "Leg cap", if condition: VersionCondition = .any,
    once request: IdempotentRequest? = nil
  ) async throws -> ShreddingReport {
    try await (vault ?? self.vault).shred(
      brand: brand ?? world.brand, design: id ?? design.id, revision: revision, named: name,
      by: world.key, if: condition, once: request
    ) { _, _ in }
  }

  /// Takes the revision from sale.
  func withdraw() async throws {
    _ = try await vault.withdrawRevision(
      brand: world.brand, design: design.id, revision, reason: "over"
    ) { _, _, _ in }
  }

  /// The job as it is when nobody needs its files any more.
  func end(as state: JobState = .delivered) async throws {
    try await world.run("UPDATE job SET state = '\(state.rawValue)'")
  }

  /// What the owner has to have done before a design can be shredded.
  func giveUp() async throws {
    try await withdraw()
    try await end()
  }

  func report(_ id: ShreddingID) async throws -> ShreddingReport {
    try await vault.shredding(brand: world.brand, id)
  }
}

extension VaultWorld {
  /// All wrapped keys that rows have now.
  func wrappedKeys() async throws -> [[UInt8]] {
    try await database.read { transaction in
      try transaction.rows(
        Statement(
          """
          SELECT wrapped_key FROM design_file WHERE wrapped_key IS NOT NULL
          UNION ALL SELECT wrapped_key FROM upload_segment
          """)
      ).map { try $0.blob("wrapped_key") }
    }
  }

  /// The wrapped keys of a design's files.
  func wrappedKeys(of design: DesignID) async throws -> [[UInt8]] {
    try await database.read {
      try $0.rows(Statement("SELECT wrapped_key FROM design_file WHERE design_id = $1"), design)
        .map { try $0.blob("wrapped_key") }
    }
  }

  /// How many of these keys stand in any file of the data directory.
  func onDisk(_ keys: [[UInt8]]) throws -> Int {
    try directory.keys(keys, inFilesOf: "data/")
  }

  /// States of all blobs' rows, sorted.
  func blobStates() async throws -> [String] {
    try await database.read {
      try $0.rows(Statement("SELECT state FROM blob ORDER BY state")).map { try $0.text("state") }
    }
  }
}
