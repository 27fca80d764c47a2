import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("An import of an archive")
struct ArchiveImportTests {
  private static let prepared = Task {
    let fixture = try await ArchiveWorld()
    return (fixture, try await fixture.archive())
  }

  @Test(
    "refuses what was forged, with a code, and nothing of it stays",
    arguments: forgeries + contradictions + moments)
  func forged(forgery: Forgery) async throws {
    let (fixture, prepared) = try await Self.prepared.value
    var archive = prepared
    try forgery.make(&archive, fixture)
    let bytes = try archive.packed()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    await expectProblem(forgery.code) { try await there.imported(bytes, [fixture.identity]) }
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
  }

  @Test("counts a document's values before it decodes one: each costs more than it is long")
  func values() async throws {
    let name = "A document"
    let many = { (count: Int) in
      Array(#"{"format": "x", "list": ["#.utf8)
        + Array(repeatElement("0", count: count).joined(separator: ",").utf8) + Array("]}".utf8)
    }
    struct Format: Codable { let format: String }
    await expectProblem("archive.content") {
      try ArchiveDocument.decode(many(200_000), as: Format.self, name, isWhole: false)
    }
    let most = try ArchiveDocument.decode(many(199_000), as: Format.self, name, isWhole: false)
    #expect(most.format == "x")
  }

  @Test("takes a design with thousands of parts")
  func thousands() async throws {
    let fixture = try await ArchiveWorld()
    var archive = try await fixture.archive()
    let name = "designs/\(fixture.sold).json"
    let part = try archive.between(#""parts" : ["#, #"],\#n  "pq_only""#, in: name)
    // Its SKU is its identifier.
    let id = try archive.json(name)["parts"][0]["id"].text
    let parts = (0..<2500).map { part.replacing(id, with: "prt_" + String(format32: $0)) }
    archive.replace(
      #""parts" : ["#, with: #""parts" : [\#(parts.joined(separator: ",")),"#, in: name)
    let bytes = try archive.packed()
    let there = try await VaultWorld.other()
    #expect(try await there.imported(bytes, [fixture.identity]).parts == 2501)
  }

  @Test("takes no classical header of a design that goes to post-quantum keys only")
  func classical() async throws {
    let open = try await ArchiveWorld(identity: .x25519, postQuantumOnly: false)
    var archive = try await open.archive()
    archive.replace(#""pq_only" : false"#, with: #""pq_only" : true"#, in: archive.designs[0])
    let bytes = try archive.packed()
    let there = try await VaultWorld.other()
    await expectProblem("archive.content") { try await there.imported(bytes, [open.identity]) }
    // Said in one file's header alone.
    let fixture = try await ArchiveWorld()
    var other = try await fixture.archive()
    let name = other.files[0]
    let header = try #require(try AgeHeader.parse(other[name]))
    var generator = SeededGenerator(seed: 3)
    let exchanged = try AgeHeader.make(
      fileKey: header.unwrap(with: .identities([fixture.identity])),
      for: .recipients([open.identity.recipient]), using: &generator)
    other[name] = exchanged + other[name].dropFirst(header.encodedByteCount)
    let forged = try other.packed()
    await expectProblem("archive.file") {
      try await there.imported(forged, [fixture.identity, open.identity])
    }
    #expect(try await there.leftovers() == [])
  }

  @Test("takes what was put together again unchanged, in pieces of any size")
  func fair() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.archive().packed()
    for (seed, size) in [(1, 511), (2, 1 << 30)] {
      let there = try await VaultWorld.other(seed: UInt64(seed))
      try await there.imported(bytes, [fixture.identity], pieceBytes: size)
      #expect(try await there.findings() == [])
    }
  }

  @Test("refuses an index or sums that do not fit, whichever member they are wrong about")
  func index() async throws {
    let fixture = try await ArchiveWorld()
    let archive = try await fixture.archive()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    for name in ["README.txt", "index.json", "SHA256SUMS"] {
      var changed = archive
      let digest = sha256(archive["README.txt"]).hexadecimal
      if name == "README.txt" {
        changed[name].append(0x0A)
      } else {
        changed.replace(digest, with: String(digest.reversed()), in: name)
      }
      let bytes = try changed.packed(sealing: false)
      await expectProblem("archive.layout") {
        try await there.imported(bytes, [fixture.identity])
      }
    }
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
  }

  @Test("refuses an archive that is cut off, wherever, and one with a byte more")
  func cutOff() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    var generator = SeededGenerator(seed: 9)
    let cuts =
      [0, 1, 511, 512, bytes.count - 1, bytes.count - 512, bytes.count - 1024, bytes.count - 2000]
      + (0..<12).map { _ in Int.random(in: 0..<bytes.count, using: &generator) }
    for cut in cuts {
      await expectProblem("archive.layout") {
        try await there.imported(Array(bytes.prefix(cut)), [fixture.identity])
      }
    }
    await expectProblem("archive.layout") {
      try await there.imported(bytes + [0], [fixture.identity])
    }
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
  }

  @Test("never takes an archive of which any bit is another")
  func flipped() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<60 {
      var changed = bytes
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      await #expect(throws: Problem.self, "byte \(place)") {
        try await there.imported(changed, [fixture.identity])
      }
    }
    #expect(try await there.counts() == before)
    #expect(try await there.leftovers() == [])
  }

  @Test("wants the brand's identity, and says so before it stores a payload")
  func identities() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    var generator = SeededGenerator(seed: 5)
    let other = try Identity.generate(using: &generator)
    let there = try await VaultWorld.other()
    await expectProblem("archive.identity") { try await there.imported(bytes, [other]) }
    try await there.imported(bytes, [other, fixture.identity])
    // A file that was sealed to somebody else on the way.
    var archive = try await fixture.archive()
    let name = archive.files[0]
    let header = try #require(try AgeHeader.parse(archive[name]))
    let key = try header.unwrap(with: .identities([fixture.identity]))
    let exchanged = try AgeHeader.make(
      fileKey: key, for: .recipients([other.recipient]), using: &generator)
    archive[name] = exchanged + archive[name].dropFirst(header.encodedByteCount)
    let forged = try archive.packed()
    let third = try await VaultWorld.other(seed: 3)
    await expectProblem("archive.identity") {
      try await third.imported(forged, [fixture.identity])
    }
    #expect(try await third.leftovers() == [])
  }

  @Test("says that a brand is there already, and takes no identifier that is another brand's")
  func taken() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    let neighbour = try await there.createDesign()
    try await there.imported(bytes, [fixture.identity])
    let before = try await there.counts()
    await expectProblem("archive.brand_exists") {
      try await there.imported(bytes, [fixture.identity])
    }
    await expectProblem("archive.brand_exists") {
      try await fixture.world.imported(bytes, [fixture.identity])
    }
    // As another brand, with what belongs to the first one.
    var archive = try await fixture.archive()
    let (mine, other) = (fixture.world.brand.text, "brd_" + String(repeating: "e", count: 32))
    for name in ["archive.json", "brand.json"] { archive.replace(mine, with: other, in: name) }
    let claimed = try archive.packed()
    await expectProblem("archive.id_taken") {
      try await there.imported(claimed, [fixture.identity])
    }
    #expect(try await there.counts() == before)
    // And one that claims a licence of a brand that was there before.
    let third = try await VaultWorld.other()
    let licence = try await third.createDesign().licence.id
    #expect(licence == neighbour.licence.id)
    var theft = try await fixture.archive()
    let own = try theft.json("designs/\(fixture.empty).json")["licences"][0]["id"].text
    theft.replace(own, with: licence.text, in: "designs/\(fixture.empty).json")
    let stolen = try theft.packed()
    await expectProblem("archive.id_taken") {
      try await third.imported(stolen, [fixture.identity])
    }
  }

  @Test("takes only the parts that whoever knows parts takes")
  func parts() async throws {
    let fixture = try await ArchiveWorld()
    let bytes = try await fixture.exported()
    let there = try await VaultWorld.other()
    let before = try await there.counts()
    await expectProblem("part.price") {
      try await there.vault.importArchive(
        Pieced(bytes: bytes, size: 4096), identities: [fixture.identity],
        checkingParts: { part, design in
          #expect(design == fixture.sold && part.price.minorUnits == 1)
          throw Problem(.invalid, "part.price", "Too cheap.")
        })
    }
    #expect(try await there.counts() == before)
  }
}

extension String {
  /// A number as an identifier has it.
  fileprivate init(format32 number: Int) {
    let digits = String(number, radix: 16)
    self = String(repeating: "0", count: 32 - digits.count) + digits
  }
}
