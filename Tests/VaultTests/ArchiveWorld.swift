import BlobStore
import Crypto
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Vault

/// A brand with revisions in every state, documents, and licences of which units are used; and a key of its
/// own that archives are sealed to.
struct ArchiveWorld {
  let world: VaultWorld
  let identity: Identity
  /// Superseded, released and a draft, with one unit of two consumed.
  let sold: DesignID
  /// Released and withdrawn, with a withdrawn draft after it.
  let withdrawn: DesignID
  /// A draft without files.
  let empty: DesignID
  /// What was uploaded, by the names of files.
  private(set) var contents: [String: [UInt8]] = [:]

  var vault: Vault { world.vault }

  init(
    identity kind: KeyKind = .mlkem768x25519, postQuantumOnly: Bool = true,
    wrapping: (DirectoryBlobStore) -> any BlobStore = { $0 }
  ) async throws {
    world = try await VaultWorld(limits: VaultLimits(filesMax: 2), wrapping: wrapping)
    let (vault, brand, key) = (world.vault, world.brand, world.key)
    var generator = SeededGenerator(seed: 77)
    identity = try Identity.generate(kind, using: &generator)
    try await world.register(identity.recipient)
    let terms = LicenceTerms(
      authorisedUnits: 5, scrapAllowance: 2, territories: [Country("DE")!, Country("CH")!],
      validUntil: CalendarDay("2030-12-31"))
    let named = {
      [clock = world.clock] (contents: inout [String: [UInt8]], name: String, bytes: [UInt8]) in
      clock.advance(by: .seconds(7))
      contents[name] = bytes
    }

    let draft = try await world.createDesign(
      terms: terms, isPostQuantumOnly: postQuantumOnly)
    for (name, bytes) in [("one.stl", SampleMesh.noise(facets: 3000, seed: 1))] {
      named(&contents, name, bytes)
      try await world.upload(bytes, to: draft.id, name: name)
    }
    named(&contents, "sheet.pdf", SampleDocument.pdf)
    try await world.upload(
      SampleDocument.pdf, to: draft.id, name: "sheet.pdf", purpose: .drawing,
      mediaType: "application/pdf")
    let released = try await ReleaseWorld(world, releasing: draft.id, contents: [:])
    try await released.accept()
    _ = try await vault.openRevision(brand: brand, design: draft.id)
    named(&contents, "two.stl", SampleMesh.box(3, 5, 7))
    try await world.upload(contents["two.stl"]!, to: draft.id, name: "two.stl")
    _ = try await vault.releaseRevision(brand: brand, design: draft.id, by: world.addKey())
    _ = try await vault.openRevision(brand: brand, design: draft.id)
    named(&contents, "plan.csv", SampleDocument.csv)
    try await world.upload(
      SampleDocument.csv, to: draft.id, name: "plan.csv", purpose: .inspectionPlan,
      mediaType: "text/csv")
    sold = draft.id

    let second = try await world.createDesign(
      terms: terms, isPostQuantumOnly: postQuantumOnly)
    named(&contents, "three.stl", SampleMesh.box(1, 2, 3))
    try await world.upload(contents["three.stl"]!, to: second.id, name: "three.stl")
    let view = try await vault.releaseRevision(brand: brand, design: second.id, by: key)
    _ = try await vault.withdrawRevision(
      brand: brand, design: second.id, view.revision.id, reason: "It breaks under load: äöü."
    ) { _, _, _ in }
    let opened = try await vault.openRevision(brand: brand, design: second.id)
    _ = try await vault.withdrawRevision(
      brand: brand, design: second.id, opened.revision.id, reason: "Given up."
    ) { _, _, _ in }
    withdrawn = second.id
    empty = try await world.createDesign(
      terms: terms, isPostQuantumOnly: postQuantumOnly
    ).id
  }

  /// The brand's archive as it is now.
  func exported() async throws -> [UInt8] { try await world.exported(world.brand) }

  func archive() async throws -> Archive { try Archive(try await exported()) }
}

extension VaultWorld {
  func register(_ recipient: Recipient, of brand: BrandID? = nil) async throws {
    let brand = brand ?? self.brand
    try await database.write {
      _ = try $0.run(
        Statement("UPDATE brand SET archive_recipient = $1 WHERE id = $2"), recipient.description,
        brand)
    }
  }

  func addBrandWithRecipient(_ recipient: Recipient) async throws -> BrandID {
    let brand = try await addBrand()
    try await register(recipient, of: brand)
    return brand
  }

  func exported(_ brand: BrandID) async throws -> [UInt8] {
    let archive = try await vault.archive(of: brand)
    var bytes: [UInt8] = []
    for try await piece in archive { bytes += piece }
    #expect(bytes.count == archive.totalBytes)
    return bytes
  }

  /// An installation that knows nothing of the others', an hour later.
  static func other(
    seed: UInt64 = 4711, wrapping: (DirectoryBlobStore) -> any BlobStore = { $0 }
  ) async throws -> VaultWorld {
    let world = try await VaultWorld(limits: VaultLimits(), seed: seed, wrapping: wrapping)
    world.clock.advance(by: .seconds(3600))
    return world
  }

  @discardableResult
  func imported(
    _ bytes: [UInt8], _ identities: [Identity], pieceBytes: Int = 100_003
  ) async throws -> ImportedArchive {
    try await vault.importArchive(
      Pieced(bytes: bytes, size: pieceBytes), identities: identities, checkingParts: { _, _ in })
  }

  func findings() async throws -> [String] {
    try await VaultCheck(
      database: database, blobs: blobs, keys: { ring.holder }, sources: [WrappedFileKeys()],
      isServing: false
    ).run(readingData: true) { _ in }.report.findings.map { "\($0)" }
  }

  /// What there is of brands: nothing of one that was refused may stay.
  func counts() async throws -> [Int] {
    try await database.read { transaction in
      try [
        "brand", "design", "revision", "design_file", "licence", "part", "ledger_entry",
        "audit_entry", "api_key", "blob",
      ].map {
        try transaction.row(Statement("SELECT COUNT(*) AS n FROM \($0)"))?.integer("n") ?? 0
      }
    }
  }
}

/// An archive taken apart, to be put together again with other members.
struct Archive {
  var members: [(name: String, bytes: [UInt8])] = []

  init(_ bytes: [UInt8]) throws {
    var reader = TarReader(
      limits: .init(entryCountMax: 1000, contentBytesMax: 1 << 30, totalBytesMax: 1 << 30),
      sizes: .octalOrBinary)
    try reader.update(bytes[...]) { event in
      switch event {
      case .file(let name, _): members.append((name, []))
      case .content(let bytes): members[members.count - 1].bytes += bytes
      case .fileEnd: break
      }
    }
    try reader.finish()
  }

  subscript(_ name: String) -> [UInt8] {
    get { members.first { $0.name == name }?.bytes ?? [] }
    set {
      guard let place = members.firstIndex(where: { $0.name == name }) else {
        Issue.record("no member \(name)")
        return
      }
      members[place].bytes = newValue
    }
  }

  func json(_ name: String) throws -> JSON { try JSON(self[name]) }

  /// Changes a document's text.
  mutating func replace(_ text: String, with other: String, in name: String) {
    let before = String(decoding: self[name], as: UTF8.self)
    #expect(before.contains(text), "\(name) has no \(text)")
    self[name] = Array(before.replacing(text, with: other, maxReplacements: 1).utf8)
  }

  /// Gives the first member of a name another value, JSON as it is written: the first after a text, if one
  /// is given.
  mutating func set(
    _ member: String, to value: String, in name: String, after anchor: String = ""
  ) throws {
    let text = String(decoding: self[name], as: UTF8.self)
    let start =
      anchor.isEmpty ? text.startIndex : try #require(text.firstRange(of: anchor)).upperBound
    let mark = try #require(text[start...].firstRange(of: "\"\(member)\" : "), "no \(member)")
    var end = try #require(text[mark.upperBound...].firstIndex(of: "\n"))
    if text[text.index(before: end)] == "," { end = text.index(before: end) }
    self[name] = Array((text[..<mark.upperBound] + value + text[end...]).utf8)
  }

  /// What stands between two texts of a document.
  func between(_ start: String, _ end: String, in name: String) throws -> String {
    let text = String(decoding: self[name], as: UTF8.self)
    let from = try #require(text.firstRange(of: start)).upperBound
    return String(text[from..<(try #require(text[from...].firstRange(of: end)).lowerBound)])
  }

  /// Takes a file's content away, and has its design's document say why.
  mutating func takeContent(of file: JSON, saying content: String, in name: String) throws {
    let id = file["id"].text
    // Members are sorted: what says where the content is comes before the identifier.
    let text = String(decoding: self[name], as: UTF8.self)
    let place = try #require(text.firstRange(of: id)).lowerBound
    let mark = "\"content\" : \"archived\""
    let last = try #require(text[..<place].ranges(of: mark).last)
    self[name] = Array(
      (text[..<last.lowerBound] + "\"content\" : \"\(content)\"" + text[last.upperBound...]).utf8)
    members.removeAll { $0.name == "files/\(id).age" }
    try set("files", to: "\(files.count)", in: "archive.json")
  }

  var designs: [String] { members.map(\.name).filter { $0.hasPrefix("designs/") } }
  var files: [String] { members.map(\.name).filter { $0.hasPrefix("files/") } }

  /// With an index and sums that fit the members, as whoever changes an archive would write them.
  func packed(sealing: Bool = true) throws -> [UInt8] {
    var archive = self
    if sealing {
      let rest = members.filter { !["index.json", "SHA256SUMS"].contains($0.name) }
      let listed = rest.map { Self.entry($0) }
      if members.contains(where: { $0.name == "index.json" }) {
        archive["index.json"] = try ArchiveFormat.json(ArchiveIndex(listed))
        archive["SHA256SUMS"] = ArchiveFormat.sumsText(
          listed + [Self.entry(("index.json", archive["index.json"]))])
      }
    }
    return try archive.members.reduce(into: []) { bytes, member in
      bytes += try TarWriter.header(
        name: member.name, contentBytes: member.bytes.count, modified: Instant(milliseconds: 0))
      bytes += member.bytes + TarWriter.padding(contentBytes: member.bytes.count)
    } + TarWriter.end
  }

  private static func entry(_ member: (name: String, bytes: [UInt8])) -> ArchiveIndex.Member {
    ArchiveIndex.Member(
      name: member.name, bytes: member.bytes.count, sha256: ContentDigest(of: member.bytes))
  }
}

/// Bytes in pieces of one size.
struct Pieced: AsyncSequence {
  let bytes: [UInt8]
  let size: Int

  func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes[...], size: size) }

  struct Iterator: AsyncIteratorProtocol {
    var bytes: ArraySlice<UInt8>
    let size: Int

    mutating func next() async throws -> [UInt8]? {
      guard !bytes.isEmpty else { return nil }
      defer { bytes = bytes.dropFirst(size) }
      return Array(bytes.prefix(size))
    }
  }
}
