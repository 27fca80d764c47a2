import Domain
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

/// What is wrong by itself.
let forgeries: [Forgery] = [
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
let contradictions: [Forgery] = [
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
let moments: [Forgery] = {
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
