import BlobStore
import Database
import Domain
import Foundation
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

/// What goes wrong with what is stored, and what a check has to say of it.
struct Damage: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// The codes that are found, each at least once; nothing else is.
  let found: Set<String>
  /// Whether only reading every byte shows it.
  var needsData = false
  let make: @Sendable (ReleaseWorld) async throws -> Void

  /// Damage by a statement.
  static func sql(_ name: String, _ found: Set<String>, _ sql: String...) -> Damage {
    Damage(testDescription: name, found: found) { fixture in
      for statement in sql { try await fixture.world.run(statement) }
    }
  }

  /// Damage to the payload of `a.stl`, the larger of the two files.
  static func payload(
    _ name: String, _ found: Set<String>, needsData: Bool = false,
    _ change: @escaping @Sendable (String) throws -> Void
  ) -> Damage {
    Damage(testDescription: name, found: found, needsData: needsData) { fixture in
      try change(try await fixture.payloadPath("a.stl"))
    }
  }
}

extension ReleaseWorld {
  func payloadPath(_ name: String) async throws -> String {
    let blob = try await world.database.read {
      try #require(
        try $0.row(Statement("SELECT blob_name FROM design_file WHERE name = $1"), name)
      ).text("blob_name")
    }
    return world.directory.path("data/blobs/\(blob.prefix(2))/\(blob)")
  }

  func check(isServing: Bool = false) -> VaultCheck {
    check(isServing: isServing, blobs: world.blobs)
  }

  func check(isServing: Bool, blobs: any BlobStore) -> VaultCheck {
    VaultCheck(
      database: world.database, blobs: blobs, keys: { [ring = world.ring] in ring.holder },
      sources: [WrappedFileKeys()], isServing: isServing)
  }

  func codes(readingData: Bool = false) async throws -> Set<String> {
    Set(
      try await check().run(readingData: readingData) { _ in }.report.findingCounts.keys)
  }
}

private func changed(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
  var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  change(&bytes)
  try Data(bytes).write(to: URL(filePath: path))
}

private let damages: [Damage] = [
  .payload("a payload is gone", ["blob.missing"]) {
    try FileManager.default.removeItem(atPath: $0)
  },
  .payload("a payload is cut off", ["blob.length"]) { try changed($0) { $0.removeLast(17) } },
  .payload("a payload has a byte more", ["blob.length"]) { try changed($0) { $0.append(0) } },
  .payload("a byte of a payload is another", ["payload.digest"], needsData: true) {
    try changed($0) { $0[$0.count / 2] ^= 1 }
  },
  .payload(
    "a payload is without its last chunk, and as long as before", ["payload.digest"],
    needsData: true
  ) {
    try changed($0) {
      $0.replaceSubrange(($0.count - 100)..., with: [UInt8](repeating: 0, count: 100))
    }
  },
  Damage(testDescription: "a payload has no row", found: ["blob.orphan", "database.older"]) {
    var generator = $0.world.clock.ambient.generator
    let writer = try await $0.world.blobs.create(BlobName(using: &generator))
    try await writer.append([1, 2, 3])
    try await writer.commit()
  },
  Damage(testDescription: "the newest payloads are gone", found: ["blob.missing", "blobs.older"]) {
    try await $0.world.run(
      "UPDATE design_file SET created_at = created_at + 1 WHERE name = 'a.stl'")
    try FileManager.default.removeItem(atPath: try await $0.payloadPath("a.stl"))
  },
  .sql(
    "wrapped keys of two rows are swapped", ["key.refused"],
    """
    UPDATE design_file SET wrapped_key = (
      SELECT other.wrapped_key FROM design_file AS other WHERE other.name <> design_file.name)
    """),
  .sql(
    "a row has another name", ["key.refused"],
    "UPDATE design_file SET name = 'c.stl' WHERE name = 'a.stl'"),
  .sql(
    "a row has another digest", ["key.refused"],
    "UPDATE design_file SET payload_sha256 = zeroblob(32) WHERE name = 'a.stl'"),
  .sql(
    "a row has another length", ["key.refused", "blob.length"],
    "UPDATE design_file SET payload_bytes = 5 WHERE name = 'a.stl'"),
  .sql(
    "a key is of a version that is not in the ring", ["key.version_unknown"],
    "UPDATE design_file SET key_version = 7 WHERE name = 'a.stl'"),
  .sql(
    "a file's row cannot be read", ["file.row", "key.refused"],
    "UPDATE design_file SET id = 'x' WHERE name = 'a.stl'"),
  .sql(
    "an upload was cut off", ["blob.unfinished"],
    "INSERT INTO blob VALUES ('00000000000000000000000000000001', 'receiving', 0)"),
  .sql(
    "a deletion was cut off", ["blob.unfinished"],
    "INSERT INTO blob VALUES ('00000000000000000000000000000001', 'abandoned', 0)"),
  .sql(
    "a live blob belongs to no file", ["blob.unused"],
    "INSERT INTO blob VALUES ('00000000000000000000000000000001', 'live', 0)"),
  .sql(
    "a file's blob is not live", ["file.blob_state", "blob.unfinished"],
    "UPDATE blob SET state = 'abandoned' WHERE name IN (SELECT blob_name FROM design_file WHERE name = 'a.stl')"
  ),
  .sql(
    "a licence has more consumed than was released", ["licence.counts"],
    "UPDATE licence SET consumed = consumed + 1"),
  .sql("a licence has fewer consumed", ["licence.counts"], "UPDATE licence SET consumed = 0"),
  .sql(
    "a licence allows more than was granted", ["licence.counts"],
    "UPDATE licence SET authorised = 100"),
  .sql(
    "a licence has units reserved for nobody", ["licence.counts", "licence.reserved"],
    "UPDATE licence SET reserved = reserved + 1"),
  .sql(
    "a licence has more scrap used", ["licence.counts"],
    "UPDATE licence SET scrap_allowance = 3, scrapped = 1"),
  .sql("a key release is gone", ["release.missing"], "DELETE FROM key_release"),
  .sql(
    "a key release has another's entry", ["release.missing", "release.unproved"],
    "UPDATE key_release SET ledger_id = (SELECT id FROM ledger_entry WHERE kind = 'licence.granted')"
  ),
  .sql(
    "a ledger entry is gone", ["ledger.gap", "licence.counts"],
    "DELETE FROM ledger_entry WHERE kind = 'licence.reserved'"),
  .sql(
    "an entry is of an unknown kind", ["ledger.entry", "licence.counts"],
    "UPDATE ledger_entry SET kind = 'licence.given' WHERE kind = 'licence.granted'"),
]

@Suite("A check of the vault")
struct CheckTests {
  @Test("finds nothing where nothing is wrong, and counts what it looked at")
  func clean() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.accept()
    let (report, orphans) = try await fixture.check().run(readingData: true) { _ in }
    #expect(report.isClean && orphans.isEmpty, "\(report.findings)")
    for (kind, count) in [
      "files": 2, "payloads": 2, "payloads_read": 2, "wrapped_keys": 2, "licences": 1,
      "ledger_entries": 3, "key_releases": 1,
    ] { #expect(report.counts[kind] == count, "\(kind): \(report.counts)") }
  }

  @Test("names each damage, and nothing else", arguments: damages)
  func finds(damage: Damage) async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.accept()
    try await damage.make(fixture)
    #expect(try await fixture.codes() == (damage.needsData ? [] : damage.found))
    if damage.needsData { #expect(try await fixture.codes(readingData: true) == damage.found) }
  }

  @Test("the segments of an open upload are held against their rows like files")
  func segments() async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let upload = try await uploads.begin(of: try await world.createDesign().id)
    try await uploads.send(0..<300_000, to: upload)
    let check = VaultCheck(
      database: world.database, blobs: world.blobs, keys: { world.ring.holder },
      sources: [WrappedFileKeys(), WrappedSegmentKeys()], isServing: false)
    let clean = try await check.run(readingData: true) { _ in }.report
    #expect(clean.isClean, "\(clean.findings)")
    #expect(clean.counts["upload_segments"] == 2)
    let blob = try #require(try await world.blobs.list().first).text
    try changed(world.directory.path("data/blobs/\(blob.prefix(2))/\(blob)")) { $0[20] ^= 1 }
    let codes = try await check.run(readingData: true) { _ in }.report.findings.map(\.code)
    #expect(codes == ["payload.digest"])
    try await world.run("UPDATE upload_segment SET first_byte = first_byte + 1")
    let counts = try await check.run(readingData: false) { _ in }.report.findingCounts
    #expect(Set(counts.keys) == ["key.refused"])
  }

  @Test("names design, brand and file of what it finds, and nothing of the content")
  func names() async throws {
    let fixture = try await ReleaseWorld()
    let path = try await fixture.payloadPath("a.stl")
    try changed(path) { $0[$0.count - 1] ^= 1 }
    try await fixture.world.run(
      "UPDATE design_file SET wrapped_key = zeroblob(length(wrapped_key)) WHERE name = 'b.stl'")
    let report = try await fixture.check().run(readingData: true) { _ in }.report
    #expect(Set(report.findings.map(\.code)) == ["payload.digest", "key.refused"])
    for finding in report.findings {
      #expect(finding.brand == fixture.world.brand.text)
      #expect(finding.design == fixture.design.id.text)
      #expect(fixture.design.files.contains { $0.id.text == finding.file })
      #expect(!"\(finding)".contains(".stl"), "a file's name is its brand's")
    }
  }

  @Test("a row that refers to none is a damage of the database")
  func foreignKey() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.world.database.checkpoint()
    let path = fixture.world.directory.path("data/everpart.sqlite")
    let child = Process()
    child.executableURL = URL(filePath: "/usr/bin/env")
    child.arguments = ["sqlite3", path, "UPDATE part SET licence_id = 'lic_gone'"]
    try child.run()
    child.waitUntilExit()
    try #require(child.terminationStatus == 0)
    #expect(try await fixture.codes() == ["database.damaged"])
  }

  @Test("what comes and goes while it looks is no finding", arguments: ["comes", "goes"])
  func underWay(what: String) async throws {
    let fixture = try await ReleaseWorld()
    let world = fixture.world
    let design = try await world.createDesign()
    if what == "goes" {
      // Listed, and then gone with its row, as a file that is deleted goes.
      var generator = world.clock.ambient.generator
      let name = BlobName(using: &generator)
      try await world.run("INSERT INTO blob VALUES ('\(name)', 'abandoned', 0)")
      let writer = try await world.blobs.create(name)
      try await writer.append([1])
      try await writer.commit()
      let store = ChangingBlobStore(world.blobs) {
        try await world.blobs.delete(name)
        try await world.run("DELETE FROM blob WHERE name = '\(name)'")
      }
      let result = try await fixture.check(isServing: true, blobs: store).run(readingData: true) {
        _ in
      }
      #expect(result.report.isClean && result.orphans.isEmpty, "\(result.report.findings)")
    } else {
      let store = ChangingBlobStore(world.blobs) {
        try await world.upload(SampleMesh.box(2, 2, 2), to: design.id, name: "late.stl")
      }
      let result = try await fixture.check(isServing: true, blobs: store).run(readingData: true) {
        _ in
      }
      #expect(result.report.isClean, "\(result.report.findings)")
      #expect(result.report.counts["files"] == 3)
    }
  }

  @Test("beside a server an upload that is under way is counted, and is no finding")
  func serving() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.world.run(
      "INSERT INTO blob VALUES ('00000000000000000000000000000001', 'receiving', 0)")
    let report = try await fixture.check(isServing: true).run(readingData: false) { _ in }.report
    #expect(report.isClean && report.counts["uploads_under_way"] == 1)
  }

  @Test("a file that was given up is no finding, takes no release, and may come back")
  func losses() async throws {
    let fixture = try await ReleaseWorld()
    let (database, blobs) = (fixture.world.database, fixture.world.blobs)
    let path = try await fixture.payloadPath("a.stl")
    let losses = Losses(database: database, blobs: blobs)
    #expect(try await losses.amongNewest().isEmpty)
    try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
    #expect(try await losses.amongNewest().count == 1)
    let (lost, _) = try await losses.all()
    #expect(lost.map(\.design) == [fixture.design.id.text])
    try await database.write { try Losses.settle($0, lost: lost, found: []) }
    #expect(try await losses.amongNewest().isEmpty)
    #expect(try await fixture.check().run(readingData: true) { _ in }.report.isClean)
    await #expect { try await fixture.record() } throws: {
      ($0 as? Problem)?.code == "release.payload_lost"
    }
    #expect(try await fixture.counts() == [2, 0])
    try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
    let (left, found) = try await losses.all()
    #expect(left.isEmpty && found.count == 1)
    try await database.write { try Losses.settle($0, lost: [], found: found) }
    try await fixture.accept()
    #expect(try await fixture.check().run(readingData: true) { _ in }.report.isClean)
  }
}

extension ReleaseWorld {
  /// The release with what goes with it in an acceptance.
  func accept() async throws {
    try await record()
    try await world.database.write { [job, ledger = world.ledger, clock = world.clock] in
      _ = try ledger.advance($0, job, by: .accept, at: clock.now)
    }
  }
}

/// Something happens once between the listing and everything after it.
private final class ChangingBlobStore: BlobStore {
  private let store: DirectoryBlobStore
  private let change: @Sendable () async throws -> Void

  init(_ store: DirectoryBlobStore, _ change: @escaping @Sendable () async throws -> Void) {
    (self.store, self.change) = (store, change)
  }

  func create(_ name: BlobName) async throws -> any BlobWriter { try await store.create(name) }
  func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    try await store.read(name, from: offset, maxLength: maxLength)
  }
  func identity(_ name: BlobName) async throws -> BlobIdentity { try await store.identity(name) }
  func size(_ name: BlobName) async throws -> Int { try await store.size(name) }
  func delete(_ name: BlobName) async throws { try await store.delete(name) }

  func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    let page = try await store.list(after: name, limit: limit)
    if page.isEmpty { try await change() }
    return page
  }
}
