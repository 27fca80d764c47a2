import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("An archive of a brand's vault")
struct ArchiveTests {
  @Test("comes back whole elsewhere: exported from there, it is the same but for its headers")
  func roundTrip() async throws {
    let fixture = try await ArchiveWorld()
    let first = try await fixture.archive()
    let there = try await VaultWorld.other()
    there.clock.advance(by: .seconds(86_400))
    let result = try await there.imported(try await fixture.exported(), [fixture.identity])
    #expect(result.brand == fixture.world.brand && result.name == "Brand")
    #expect([result.designs, result.revisions, result.files, result.parts] == [3, 6, 5, 1])
    #expect(result.unitsConsumed == 2 && result.unitsPresumed == 0)
    #expect(result.bytes == fixture.contents.values.reduce(0) { $0 + $1.count })
    #expect(try await there.findings() == [])
    #expect(try await there.leftovers() == [])

    let second = try Archive(try await there.exported(fixture.world.brand))
    #expect(first.members.map(\.name) == second.members.map(\.name))
    for (name, bytes) in first.members where name != "README.txt" {
      if name.hasPrefix("files/") {
        // Another header, and not a byte of the payload.
        #expect(bytes != second[name] && bytes.suffix(60) == second[name].suffix(60))
      } else if name.hasSuffix(".json"), !["archive.json", "index.json"].contains(name) {
        #expect(bytes == second[name], "\(name)")
      }
    }
    let heads = try [first, second].map { try $0.json("archive.json") }
    #expect(heads[0]["exported_at"] != heads[1]["exported_at"])
    for member in ["format", "brand", "designs", "files"] {
      #expect(heads[0][member] == heads[1][member])
    }
  }

  @Test("has every file as an age file that opens with the brand's identity, and no other secret")
  func files() async throws {
    let fixture = try await ArchiveWorld()
    let archive = try await fixture.archive()
    var names: [String] = []
    for design in archive.designs {
      for revision in try archive.json(design)["revisions"].items {
        for file in revision["files"].items {
          names.append(file["name"].text)
          let plain = try AgeOpener.open(
            archive["files/\(file["id"].text).age"], with: .identities([fixture.identity]),
            armor: .refused)
          #expect(plain == fixture.contents[file["name"].text], "\(file["name"].text)")
          #expect(file["bytes"].number == Double(plain.count))
        }
      }
    }
    #expect(Set(names) == Set(fixture.contents.keys) && names.count == archive.files.count)
    let documents = archive.members.filter { !$0.name.hasPrefix("files/") }
    let text = String(decoding: documents.flatMap(\.bytes), as: UTF8.self)
    let hidden = try await fixture.world.database.read { transaction in
      try transaction.rows(Statement("SELECT blob_name FROM design_file")).map {
        try $0.text("blob_name")
      }
        + transaction.rows(Statement("SELECT secret_sha256 FROM api_key")).map {
          try $0.blob("secret_sha256").hexadecimal
        }
        + transaction.rows(Statement("SELECT wrapped_key FROM design_file")).map {
          try $0.blob("wrapped_key").hexadecimal
        }
        + transaction.rows(Statement("SELECT id FROM customer_order UNION SELECT id FROM job")).map
      {
        try $0.text("id")
      }
    }
    #expect(hidden.count >= 14)
    for secret in hidden { #expect(!text.contains(secret)) }
  }

  @Test("keeps states, approvals, reasons and what was used of licences")
  func documents() async throws {
    let fixture = try await ArchiveWorld()
    let archive = try await fixture.archive()
    let sold = try archive.json("designs/\(fixture.sold).json")
    let states = { (design: JSON) in design["revisions"].items.map { $0["state"].text } }
    #expect(states(sold) == ["superseded", "released", "draft"])
    let withdrawn = try archive.json("designs/\(fixture.withdrawn).json")
    #expect(states(withdrawn) == ["withdrawn", "withdrawn"])
    #expect(
      withdrawn["revisions"][0]["withdrawal_reason"].text == "It breaks under load: äöü.")
    #expect(sold["revisions"].items.map { $0["approvals"].items.count } == [1, 1, 0])
    let approvers = try archive.json("brand.json")["approvers"].items.map { $0["id"] }
    #expect(Set(approvers).count == 2)
    #expect(approvers.contains(sold["revisions"][0]["approvals"][0]["key"]))
    #expect(sold["licences"][0]["consumed"] == 2 && sold["licences"][0]["reserved"] == 0)
    #expect(sold["parts"][0]["revision"] == sold["revisions"][1]["id"])
    #expect(sold["revisions"][1]["files"][0]["measurement"]["size_mm"] == [3, 5, 7])
    // The keys are there for their names alone.
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    let usable = try await there.database.read {
      try $0.rows(
        Statement("SELECT id FROM api_key WHERE tenant_id = $1 AND revoked_at IS NULL"),
        fixture.world.brand)
    }
    #expect(usable.isEmpty)
    let view = try await there.vault.revisions(brand: fixture.world.brand, design: fixture.sold)
    #expect(view.data.map(\.approvals.count) == [0, 1, 1])
  }

  @Test("units that orders hold count as consumed elsewhere: both would print them")
  func reserved() async throws {
    let fixture = try await ArchiveWorld()
    let (world, now) = (fixture.world, fixture.world.clock.now)
    let design = try await fixture.vault.design(brand: world.brand, fixture.sold)
    try await world.database.write { [ledger = world.ledger, ambient = world.clock.ambient] in
      try ledger.reserve(
        $0, licence: design.licence.id, brand: world.brand, units: 2,
        job: ambient.identifier(at: now), at: now)
    }
    let there = try await VaultWorld.other()
    let result = try await there.imported(try await fixture.exported(), [fixture.identity])
    #expect(result.unitsConsumed == 4 && result.unitsPresumed == 2)
    let account = try await there.vault.licence(brand: world.brand, design.licence.id)
    let licence = account.licence
    #expect([licence.reserved, licence.consumed, licence.authorised] == [0, 4, 5])
    #expect(account.entries.map(\.kind) == [.licenceImported])
    #expect(try await there.findings() == [])
    await expectProblem("licence.count_exhausted") {
      try await there.database.write { [ledger = there.ledger, ambient = there.clock.ambient] in
        try ledger.reserve(
          $0, licence: design.licence.id, brand: world.brand, units: 2,
          job: ambient.identifier(at: now), at: now)
      }
    }
  }

  @Test("is made for the recipient that the brand has registered, and for no classical one")
  func recipients() async throws {
    let classical = try await ArchiveWorld(identity: .x25519)
    let before = try await classical.world.counts()
    await expectProblem("archive.key_type") { try await classical.exported() }
    await expectProblem("archive.no_recipient") {
      try await classical.vault.archive(of: try await classical.world.addBrand())
    }
    await expectProblem("not_found") {
      let (ambient, now) = (classical.world.clock.ambient, classical.world.clock.now)
      _ = try await classical.vault.archive(of: ambient.identifier(at: now))
    }
    #expect(try await classical.world.counts()[7] == before[7], "nothing of it is in a trail")
    let allowed = try await ArchiveWorld(identity: .x25519, postQuantumOnly: false)
    let there = try await VaultWorld.other()
    try await there.imported(try await allowed.exported(), [allowed.identity])
    #expect(try await there.findings() == [])
  }

  @Test("of a brand without designs is one, too")
  func empty() async throws {
    let fixture = try await ArchiveWorld()
    let brand = try await fixture.world.addBrand()
    try await fixture.world.register(fixture.identity.recipient, of: brand)
    let there = try await VaultWorld.other()
    let result = try await there.imported(
      try await fixture.world.exported(brand), [fixture.identity])
    #expect(result.brand == brand && result.designs == 0)
  }

  @Test("is in the audit trail before its first byte, here and there")
  func audit() async throws {
    let fixture = try await ArchiveWorld()
    _ = try await fixture.vault.acting(for: .operator).archive(of: fixture.world.brand)
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    let trails = try await [fixture.world, there].asyncMap { world in
      try await world.database.read {
        try world.ledger.auditEntries(
          $0, brand: fixture.world.brand, AuditFilter(), below: .max, limit: 100)
      }
    }
    let exports = trails[0].filter { $0.action == .archiveExported }
    #expect(exports.map(\.actor.kind) == [.broker, .operator])
    #expect(exports[0].detail.hasPrefix("3 designs, 5 files, to age1pq1"))
    #expect(trails[1].map(\.action) == [.archiveImported])
  }

  @Test("goes on when the key version that a file was wrapped under is retired meanwhile")
  func rotation() async throws {
    let fixture = try await ArchiveWorld()
    let world = fixture.world
    let rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: world.ring.holder,
      sources: [WrappedFileKeys()], ambient: world.clock.ambient)
    try await rotation.start()
    let archive = try await fixture.vault.archive(of: world.brand)
    _ = try await rotation.add(2)
    _ = try await rotation.rewrap()
    _ = try await rotation.retire(1)
    var bytes: [UInt8] = []
    for try await piece in archive { bytes += piece }
    try await VaultWorld.other().imported(bytes, [fixture.identity])
  }

  @Test("says which files have no content, and they stay known elsewhere")
  func withoutContent() async throws {
    let fixture = try await ArchiveWorld()
    try await fixture.world.run(
      """
      UPDATE blob SET state = 'lost' WHERE name IN (
        SELECT blob_name FROM design_file WHERE name = 'one.stl')
      """)
    try await fixture.world.run(
      """
      UPDATE revision SET state = 'shredded' WHERE id IN (
        SELECT revision_id FROM design_file WHERE name = 'three.stl')
      """)
    try await fixture.world.run(
      "UPDATE design_file SET wrapped_key = NULL WHERE name = 'three.stl'")
    let archive = try await fixture.archive()
    #expect(archive.files.count == 3)
    let there = try await VaultWorld.other()
    let result = try await there.imported(try await fixture.exported(), [fixture.identity])
    #expect(result.filesWithoutContent == 2 && result.files == 3)
    #expect(try await there.findings() == [])
    let view = try await there.vault.design(brand: fixture.world.brand, fixture.withdrawn)
    #expect(view.revision.number == 2)
    let old = try await there.vault.revisions(brand: fixture.world.brand, design: fixture.withdrawn)
    let first = try await there.vault.revision(
      brand: fixture.world.brand, design: fixture.withdrawn, old.data[1].id)
    await expectProblem("revision.shredded") {
      try await there.vault.original(
        brand: fixture.world.brand, design: fixture.withdrawn, first.files[0].id)
    }
    let again = try Archive(try await there.exported(fixture.world.brand))
    #expect(again.files == archive.files)
  }
}

@Suite("What an archive takes along")
struct ArchiveStateTests {
  @Test("a mesh of a draft is measured where it comes to, before its revision is released")
  func measuring() async throws {
    let fixture = try await ArchiveWorld()
    let mesh = try await fixture.world.upload(
      SampleMesh.box(), to: fixture.empty, name: "four.stl")
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    let brand = fixture.world.brand
    let draft = try await there.vault.design(brand: brand, fixture.empty)
    #expect(draft.revision.measurement?.state == .pending)
    await expectProblem("mesh.measuring") {
      try await there.vault.releaseRevision(brand: brand, design: fixture.empty, by: there.key)
    }
    // What was released before is not measured again, as after an update.
    let asked = try await there.database.read {
      try $0.rows(Statement("SELECT file_id FROM measuring")).map { try $0.text("file_id") }
    }
    #expect(asked == [mesh.id.text])
  }

  @Test("a mesh whose sizes only a worker finds keeps its unit, and is measured where it comes to")
  func formats() async throws {
    let fixture = try await ArchiveWorld()
    let (world, brand) = (fixture.world, fixture.world.brand)
    try await world.upload(
      SampleMesh.boxOBJ(), to: fixture.empty, name: "four.obj", mediaType: "model/obj", unit: .inch)
    // As a worker leaves it.
    let sizes = try StoredJSON.text(SampleMesh.measurement(508, 762, 127))
    try await world.database.write {
      _ = try $0.run(
        Statement("UPDATE design_file SET measurement = $1 WHERE name = 'four.obj'"), sizes)
    }
    let released = try await world.vault.releaseRevision(
      brand: brand, design: fixture.empty, by: world.key)
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    let design = try await there.vault.design(brand: brand, fixture.empty)
    #expect(design.revision.state == .released && design.revision.measurement?.state == .pending)
    #expect(design.revision.approvals == released.revision.approvals)
    let file = try #require(design.files.first)
    #expect(file.unit == .inch && file.measurement == nil)
    #expect(
      try await there.vault.original(brand: brand, design: fixture.empty, file.id).totalBytes
        == SampleMesh.boxOBJ().count)
  }

  @Test("a design that is shredded stays so, and its next archive says the same")
  func shredded() async throws {
    let fixture = try await ArchiveWorld()
    let (brand, design) = (fixture.world.brand, fixture.withdrawn)
    _ = try await fixture.vault.shred(
      brand: brand, design: design, named: "Leg cap", by: fixture.world.key
    ) { _, _ in }
    let first = try await fixture.archive()
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    #expect(try await there.vault.design(brand: brand, design).actions == [])
    await expectProblem("design.shredded") {
      try await there.vault.openRevision(brand: brand, design: design)
    }
    await expectProblem("design.shredded") {
      _ = try await there.vault.shred(
        brand: brand, design: design, named: "Leg cap", by: there.key
      ) { _, _ in }
    }
    let second = try Archive(try await there.exported(brand))
    let name = "designs/\(design).json"
    #expect(first[name] == second[name])
    let file = try second.json(name)["revisions"][0]["files"][0]
    #expect(file["content"] == "destroyed")
    #expect(try await there.findings() == [])
  }

  @Test("of a revision that is shredded, and not its design, the next can be opened")
  func shreddedRevision() async throws {
    let fixture = try await ArchiveWorld()
    let (brand, design) = (fixture.world.brand, fixture.withdrawn)
    for revision in try await fixture.vault.revisions(brand: brand, design: design).data {
      _ = try await fixture.vault.shred(
        brand: brand, design: design, revision: revision.id, named: "Leg cap",
        by: fixture.world.key
      ) { _, _ in }
    }
    var archive = try await fixture.archive()
    let there = try await VaultWorld.other()
    try await there.imported(try archive.packed(), [fixture.identity])
    #expect(try await there.vault.openRevision(brand: brand, design: design).revision.number == 3)
    // Over is a design of which nothing is left.
    archive.replace(
      #""revisions" : ["#, with: #""shredded" : true, "revisions" : ["#,
      in: "designs/\(fixture.sold).json")
    let forged = try archive.packed()
    await expectProblem("archive.content") {
      try await VaultWorld.other().imported(forged, [fixture.identity])
    }
  }

  @Test("keys that go to a classical recipient with it are counted, there and here")
  func classical() async throws {
    let fixture = try await ArchiveWorld(identity: .x25519, postQuantumOnly: false)
    let brand = fixture.world.brand
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    try await there.imported(bytes, [fixture.identity])
    for world in [fixture.world, there] {
      let counts = try await [fixture.sold, fixture.withdrawn, fixture.empty].asyncMap {
        try await world.vault.design(brand: brand, $0).classicalReleases
      }
      #expect(counts == [1, 1, 0], "of the design without files nothing went out")
    }
    _ = try await fixture.exported()
    #expect(try await fixture.vault.design(brand: brand, fixture.sold).classicalReleases == 2)
    let other = try await ArchiveWorld()
    _ = try await other.exported()
    #expect(
      try await other.vault.design(brand: other.world.brand, other.sold).classicalReleases == 0)
  }

  @Test("a moment that a clock which was ahead has left is that of the export, and can be imported")
  func ahead() async throws {
    let fixture = try await ArchiveWorld()
    for table in ["brand", "design", "revision", "design_file", "licence", "part"] {
      // In 2999, beyond what a tar's header holds in octal.
      try await fixture.world.run("UPDATE \(table) SET created_at = 32472144000000")
    }
    try await fixture.world.run("UPDATE revision_approval SET at = 32472144000000")
    let there = try await VaultWorld.other()
    try await there.imported(try await fixture.exported(), [fixture.identity])
    let design = try await there.vault.design(brand: fixture.world.brand, fixture.sold)
    #expect(design.createdAt == fixture.world.clock.now)
  }
}

extension Sequence {
  func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
