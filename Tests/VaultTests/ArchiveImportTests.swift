import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Vault

/// What somebody makes of an archive, and how it is refused.
struct Forgery: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let code: String
  /// Changes the members; index and sums are made to fit afterwards.
  let make: @Sendable (inout Archive, ArchiveWorld) throws -> Void

  /// Another text in the document of the design that is sold.
  static func sold(
    _ name: String, _ text: String, _ other: String, code: String = "archive.content"
  )
    -> Forgery
  {
    Forgery(testDescription: name, code: code) {
      $0.replace(text, with: other, in: "designs/\($1.sold).json")
    }
  }

  /// Another document of the design that is sold.
  static func content(
    _ name: String, _ make: @escaping @Sendable (inout Archive, String) throws -> Void
  ) -> Forgery {
    Forgery(testDescription: name, code: "archive.content") {
      try make(&$0, "designs/\($1.sold).json")
    }
  }

  static func reference(_ name: String, _ reference: String) -> Forgery {
    .sold(name, #""revisions" : ["#, #""reference" : "\#(reference)", "revisions" : ["#)
  }

  static func layout(
    _ name: String, _ make: @escaping @Sendable (inout Archive, ArchiveWorld) throws -> Void
  ) -> Forgery {
    Forgery(testDescription: name, code: "archive.layout", make: make)
  }
}

private let forgeries: [Forgery] = [
  .sold("units are given back below zero", #""consumed" : 2"#, #""consumed" : -1"#),
  .sold("more units are consumed than authorised", #""consumed" : 2"#, #""consumed" : 6"#),
  .sold("counts that overflow", #""consumed" : 2"#, #""consumed" : 9223372036854775807"#),
  .sold(
    "reserved and consumed together exceed the licence", #""reserved" : 0"#, #""reserved" : 4"#),
  .sold("more scrap is used than allowed", #""scrapped" : 0"#, #""scrapped" : 3"#),
  .sold(
    "more units than a licence can have", #""authorised_units" : 5"#,
    #""authorised_units" : 1000000001"#, code: "licence.terms"),
  .sold("two revisions are sold", #""state" : "superseded""#, #""state" : "released""#),
  .sold(
    "a superseded revision that none follows", #""state" : "released""#, #""state" : "superseded""#),
  .sold("a draft that is sold", #""state" : "draft""#, #""state" : "released""#),
  .sold("an unknown state", #""state" : "draft""#, #""state" : "sold""#),
  .sold("revision numbers with a gap", #""number" : 3"#, #""number" : 4"#),
  .sold(
    "a name with an escape sequence", #""name" : "Leg cap""#, #""name" : "Leg\u001b[2J""#,
    code: "design.name"),
  .sold("a name with NUL", #""name" : "Leg cap""#, #""name" : "Leg\u0000""#, code: "design.name"),
  .sold(
    "a file name that leaves the folder", #""name" : "sheet.pdf""#, #""name" : "../sheet.pdf""#,
    code: "file.name"),
  .sold("two files of one name", #""name" : "sheet.pdf""#, #""name" : "one.stl""#),
  .sold("a document as geometry", #""purpose" : "drawing""#, #""purpose" : "geometry""#),
  .sold(
    "a media type that its purpose does not take", "application/pdf", "text/html",
    code: "file.media_type"),
  .sold("a member that nobody knows", #""scrapped" : 0"#, #""scrapped" : 0, "unlimited" : true"#),
  .sold("an identifier of another kind", #""parts" : ["#, #""parts" : [{}, "#),
  .sold("no JSON", #""parts" : ["#, #""parts" : ]"#),
  .sold("a version below one", #""version" : "#, #""version" : -"#),
  Forgery(testDescription: "an identifier of another kind", code: "archive.content") {
    let id = $1.world.brand.text
    $0.replace(id, with: "dsn_" + id.dropFirst(4), in: "brand.json")
  },
  Forgery(testDescription: "JSON that is nested too deeply", code: "archive.content") {
    archive, _ in
    archive["brand.json"] = Array(String(repeating: "[", count: 100_000).utf8)
  },
  Forgery(testDescription: "a brand whose name moves the cursor", code: "archive.content") {
    archive, _ in
    archive.replace(#""name" : "Brand""#, with: #""name" : "Br\u009b2Jand""#, in: "brand.json")
  },
  Forgery(testDescription: "three approvals of a release", code: "archive.content") { archive, _ in
    archive.replace(
      #""release_approvals" : 1"#, with: #""release_approvals" : 3"#, in: "brand.json")
  },
  Forgery(testDescription: "a key with an operator's role", code: "archive.content") { archive, _ in
    archive.replace(#""role" : "owner""#, with: #""role" : "operator""#, in: "brand.json")
  },
  Forgery(testDescription: "another recipient than the identity's", code: "archive.identity") {
    var generator = SeededGenerator(seed: 5)
    let other = try Identity.generate(using: &generator).recipient.description
    $0.replace($1.identity.recipient.description, with: other, in: "brand.json")
  },
  Forgery(testDescription: "a format of the future", code: "archive.format") { archive, _ in
    archive.replace("everpart-archive-1", with: "everpart-archive-2", in: "archive.json")
  },
  Forgery(testDescription: "another number of files", code: "archive.content") { archive, _ in
    archive.replace(#""files" : 5"#, with: #""files" : 6"#, in: "archive.json")
  },
  Forgery(testDescription: "a licence that is in two designs", code: "archive.content") {
    let ids = try ($0.json("designs/\($1.sold).json"), $0.json("designs/\($1.empty).json"))
    $0.replace(
      ids.1["licences"][0]["id"].text, with: ids.0["licences"][0]["id"].text,
      in: "designs/\($1.empty).json")
  },
  Forgery(testDescription: "a licence used without a release", code: "archive.content") {
    $0.replace(#""consumed" : 0"#, with: #""consumed" : 1"#, in: "designs/\($1.empty).json")
  },
  .sold("a length that no payload has", #""payload_bytes" : "#, #""payload_bytes" : 9"#),
  Forgery(testDescription: "a payload digest that lies", code: "archive.file") {
    let digest = try $0.json("designs/\($1.sold).json")["revisions"][0]["files"][0][
      "payload_sha256"]
    $0.replace(
      digest.text, with: String(repeating: "0", count: 64), in: "designs/\($1.sold).json")
  },
  Forgery(testDescription: "a byte of a payload", code: "archive.file") { archive, _ in
    let name = archive.files[0]
    let last = archive[name].count - 1
    archive[name][last] ^= 1
  },
  Forgery(testDescription: "a byte of a header", code: "archive.file") { archive, _ in
    let name = archive.files[0]
    archive[name][1700] ^= 1
  },
  Forgery(testDescription: "two files exchanged", code: "archive.layout") { archive, _ in
    let (one, two) = (archive[archive.files[0]], archive[archive.files[1]])
    archive[archive.files[0]] = two
    archive[archive.files[1]] = one
  },
  .layout("a file is missing") { archive, _ in
    let last = archive.files[4]
    archive.members.removeAll { $0.name == last }
  },
  .layout("a file too many") { archive, _ in
    let place = archive.members.count - 2
    archive.members.insert(("files/fil_\(String(repeating: "f", count: 32)).age", [1]), at: place)
  },
  Forgery(testDescription: "a member that nobody expects", code: "archive.content") { archive, _ in
    archive.members.insert(("notes.txt", [1]), at: 3)
  },
  .layout("a file twice") { archive, _ in
    let place = archive.members.firstIndex { $0.name.hasPrefix("files/") }!
    archive.members.insert(archive.members[place], at: place)
  },
  .layout("a design twice") { archive, _ in archive.members.insert(archive.members[3], at: 3) },
  .layout("designs in another order") { archive, _ in archive.members.swapAt(3, 4) },
  .layout("no index") { archive, _ in archive.members.removeLast(2) },
  .layout("a design under another's name") {
    $0.members[3].name = "designs/\($1.world.brand).json"
  },
  .layout("a design's document that is too large") {
    $0["designs/\($1.sold).json"] += [UInt8](repeating: 0x20, count: ArchiveFormat.documentBytesMax)
  },
  .layout("a document that is too large") { archive, _ in
    archive["archive.json"] = [UInt8](repeating: 0x20, count: 70 << 10)
  },
]

/// What no installation would have written, although each value could be there by itself.
private let contradictions: [Forgery] = [
  .content("an approval by a key that the brand's document does not have") {
    try $0.set("key", to: #""key_\#(String(repeating: "e", count: 32))""#, in: $1)
  },
  .content("two parts with one SKU") { archive, name in
    let part = try archive.between(#""parts" : ["#, #"],\#n  "pq_only""#, in: name)
    let id = try archive.json(name)["parts"][0]["id"].text
    let other = part.replacing(
      #""id" : "\#(id)""#, with: #""id" : "prt_\#(String(repeating: "e", count: 32))""#)
    archive.replace(#""parts" : ["#, with: #""parts" : [\#(other),"#, in: name)
  },
  .content("a part of a revision that was never released") { archive, name in
    let draft = try archive.json(name)["revisions"][2]
    try archive.set(
      "profile", to: #""\#(draft["profiles"][0]["id"].text)""#, in: name, after: "parts")
    try archive.set("revision", to: #""\#(draft["id"].text)""#, in: name, after: "parts")
  },
  Forgery(testDescription: "a part with another design's licence", code: "archive.content") {
    let other = try $0.json("designs/\($1.empty).json")["licences"][0]["id"].text
    try $0.set("licence", to: #""\#(other)""#, in: "designs/\($1.sold).json", after: "parts")
  },
  .content("a withdrawal of a revision that is superseded") {
    $0.replace(
      #""state" : "superseded""#,
      with: #""state" : "superseded", "withdrawn_at" : "2026-03-01T09:00:01.000Z""#, in: $1)
  },
  Forgery(testDescription: "a withdrawn revision that nobody withdrew", code: "archive.content") {
    try $0.set("withdrawn_at", to: "null", in: "designs/\($1.withdrawn).json")
  },
  .content("two approvals by one key") { archive, name in
    let approval = try archive.between(#""approvals" : ["#, "]", in: name)
    archive.replace(#""approvals" : ["#, with: #""approvals" : [\#(approval),"#, in: name)
  },
  Forgery(testDescription: "a shredded revision whose content is there", code: "archive.content") {
    $0.replace(
      #""state" : "withdrawn""#, with: #""state" : "shredded""#,
      in: "designs/\($1.withdrawn).json")
  },
  .content("a destroyed file of a revision that is superseded") { archive, name in
    let file = try archive.json(name)["revisions"][0]["files"][0]
    try archive.takeContent(of: file, saying: "destroyed", in: name)
  },
  .content("a destroyed file of a revision that is sold") { archive, name in
    let file = try archive.json(name)["revisions"][1]["files"][0]
    try archive.takeContent(of: file, saying: "destroyed", in: name)
  },
  .content("a destroyed file of a draft") { archive, name in
    let file = try archive.json(name)["revisions"][2]["files"][0]
    try archive.takeContent(of: file, saying: "destroyed", in: name)
  },
  Forgery(testDescription: "a design whose version cannot grow", code: "archive.content") {
    try $0.set("version", to: "9223372036854775807", in: "designs/\($1.empty).json")
  },
  Forgery(testDescription: "a design whose version no reader has exactly", code: "archive.content")
  {
    try $0.set("version", to: "9007199254740993", in: "designs/\($1.empty).json")
  },
  Forgery(testDescription: "a brand whose version cannot grow", code: "archive.content") {
    archive, _ in
    try archive.set("version", to: "9223372036854775807", in: "brand.json")
  },
  .content("a part whose version cannot grow") {
    try $0.set("version", to: "9223372036854775807", in: $1, after: "parts")
  },
  .content("a count of releases that cannot grow") {
    try $0.set("classical_releases", to: "9223372036854775807", in: $1)
  },
  .reference("an empty reference", ""),
  .reference("a reference that moves the cursor", #"A\u001b[2J"#),
  .reference("a reference of a megabyte", String(repeating: "A", count: 1 << 20)),
  Forgery(testDescription: "two designs of one reference", code: "archive.content") {
    for design in [$1.sold, $1.empty] {
      $0.replace(
        #""revisions" : ["#, with: #""reference" : "A-1", "revisions" : ["#,
        in: "designs/\(design).json")
    }
  },
]

/// Moments that have not been yet, or that came before there were any brokers.
private let moments: [Forgery] = {
  let members: [(what: String, member: String, after: String)] = [
    ("a design", "created_at", ""), ("a licence", "created_at", "licences"),
    ("a part", "created_at", "parts"), ("an approval", "at", "approvals"),
    ("a file", "created_at", #""files" : ["#), ("a revision", "created_at", "profiles"),
    ("a release", "released_at", ""),
  ]
  var forgeries: [Forgery] = []
  for (what, member, anchor) in members {
    // The second is after the export, and before the import.
    for time in [
      "2999-01-01T00:00:00.000Z", "2026-03-01T09:30:00.000Z", "1969-12-31T23:59:59.999Z",
    ] {
      forgeries.append(
        .content("\(what) of \(time)") {
          try $0.set(member, to: "\"\(time)\"", in: $1, after: anchor)
        })
    }
  }
  return forgeries + [
    Forgery(testDescription: "an archive of the future", code: "archive.content") { archive, _ in
      try archive.set("exported_at", to: #""2999-01-01T00:00:00.000Z""#, in: "archive.json")
    },
    Forgery(testDescription: "a brand of the future", code: "archive.content") { archive, _ in
      try archive.set("created_at", to: #""2999-01-01T00:00:00.000Z""#, in: "brand.json")
    },
    Forgery(testDescription: "a withdrawal of the future", code: "archive.content") {
      try $0.set(
        "withdrawn_at", to: #""2999-01-01T00:00:00.000Z""#, in: "designs/\($1.withdrawn).json")
    },
  ]
}()

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
