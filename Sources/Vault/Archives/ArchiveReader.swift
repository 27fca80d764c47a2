import BlobStore
import Crypto
import Database
import Domain
import Ledger
import MeshFiles
import PrintPackage
import Sealing

/// Reads an archive once, from its first byte to its last, in the one order that an export writes. Documents
/// come before files, so that all rows are known, checked and found free before the first payload is stored;
/// the index comes at the end, and every member is held against it.
struct ArchiveReader {
  /// What the member is that is being read.
  private enum Member {
    case document(name: String, bytes: [UInt8])
    case file(ArchiveContent.Place, BlobName, ArchivedFileReceiver)
  }

  private enum Expecting { case head, readme, brand, designs, files, sums, nothing }

  private let vault: Vault
  private let identities: [Identity]
  private let checkPart: @Sendable (ArchivedPart, DesignID) throws -> Void
  private var tar = TarReader(
    limits: TarReader.Limits(
      entryCountMax: ArchiveFormat.designsMax + ArchiveFormat.filesMax + 5,
      contentBytesMax: ArchiveFormat.totalBytesMax, totalBytesMax: ArchiveFormat.totalBytesMax),
    sizes: .octalOrBinary, refusal: ArchiveFormat.refusal)
  private var expecting = Expecting.head
  private var member: Member?
  private var begun = (name: "", bytes: 0)
  private var digest = SHA256()
  private var read: [ArchiveIndex.Member] = []
  private var documentBytes = 0
  private var head: ArchiveHead?
  private var brand: ArchivedBrand?
  private var designs: [ArchivedDesign] = []
  private var content: ArchiveContent?
  private var files: [FileID: ImportedFile] = [:]
  private var blobs: [BlobName] = []
  /// No moment of it is after this one: now, and then that of the export.
  private var latest: Instant

  init(
    _ vault: Vault, identities: [Identity],
    checkingParts: @escaping @Sendable (ArchivedPart, DesignID) throws -> Void
  ) {
    (self.vault, self.identities, checkPart) = (vault, identities, checkingParts)
    latest = vault.ambient.now()
  }

  mutating func take(_ piece: [UInt8]) async throws {
    var events: [TarReader.Event] = []
    try tar.update(piece[...]) { events.append($0) }
    for event in events {
      switch event {
      case .file(let name, let bytes): try await begin(name, bytes)
      case .content(let bytes): try await takeContent(bytes)
      case .fileEnd: try await end()
      }
    }
  }

  /// Everything, after the last byte.
  func finish() throws -> (ArchiveContent, [FileID: ImportedFile]) {
    try tar.finish()
    guard expecting == .nothing, let content else {
      throw ArchiveFormat.refusal("Members are missing.")
    }
    return (content, files)
  }

  /// Nothing of it is needed in memory any more: the payloads are live.
  func leave() { for blob in blobs { vault.uploadsInProgress.end(blob) } }

  /// Gives up every payload that was stored.
  mutating func giveUp() async {
    if case .file(_, _, let receiver)? = member { await receiver.abort() }
    await vault.discard(blobs)
    leave()
  }

  // MARK: members

  private mutating func begin(_ name: String, _ bytes: Int) async throws {
    digest = SHA256()
    begun = (name, bytes)
    if expecting == .designs, !name.hasPrefix("designs/") { try await endDesigns() }
    if expecting == .files, name != ArchiveFormat.index {
      return try await beginFile(name, bytes)
    }
    guard try bytes <= documentLimit(name),
      documentBytes <= ArchiveFormat.documentsBytesMax - bytes
    else { throw ArchiveFormat.refusal("A document is larger than its limit.") }
    documentBytes += bytes
    member = .document(name: name, bytes: [])
  }

  /// How large the document may be whose turn it is; refuses every other.
  private func documentLimit(_ name: String) throws -> Int {
    switch expecting {
    case .head where name == ArchiveFormat.head: return 64 << 10
    case .readme where name == ArchiveFormat.readme: return 64 << 10
    case .brand where name == ArchiveFormat.brand: return ArchiveFormat.documentBytesMax
    case .designs:
      guard designs.count < head?.designs ?? 0 else {
        throw ArchiveFormat.refusal("It has more designs than it says.")
      }
      return ArchiveFormat.documentBytesMax
    case .files where files.count == content?.files.count, .sums where name == ArchiveFormat.sums:
      return 1024 + read.count * ArchiveFormat.indexEntryBytesMax
    default: throw ArchiveFormat.refusal("A member is not there, or not in its place.")
    }
  }

  /// All documents are there: what they say has to fit, and be free here.
  private mutating func endDesigns() async throws {
    guard let head, let brand else { throw ArchiveFormat.refusal("It has no brand.") }
    let content = try ArchiveContent(
      head: head, brand: brand, designs: designs, checkPart: checkPart)
    guard identities.contains(where: { "\($0.recipient)" == brand.settings.archiveRecipient })
    else {
      throw Problem(
        .invalid, "archive.identity",
        "The archive is sealed to another key than those that were given: name the brand's identity "
          + "with -i.")
    }
    try await vault.database.read { try content.requireFree($0) }
    self.content = content
    designs = []
    expecting = .files
  }

  private mutating func beginFile(_ name: String, _ bytes: Int) async throws {
    guard let content, files.count < content.files.count else {
      throw ArchiveFormat.refusal("It has a member that no document names.")
    }
    let place = content.files[files.count]
    guard name == ArchiveFormat.file(place.file.id) else {
      throw ArchiveFormat.refusal("A file is not there, or not in its place.")
    }
    guard (1...AgeHeader.encodedBytesMax).contains(bytes - place.file.payloadBytes) else {
      throw ArchiveFormat.refusal("A file is not as large as its design's document says.")
    }
    var generator = vault.ambient.generator
    let blob = BlobName(using: &generator)
    blobs.append(blob)
    let writer = try await vault.begin(blob)
    member = .file(
      place, blob,
      ArchivedFileReceiver(
        place, memberBytes: bytes, identities: identities, into: writer, limits: vault.limits,
        using: &generator))
  }

  private mutating func takeContent(_ bytes: ArraySlice<UInt8>) async throws {
    digest.update(data: bytes)
    // Taken out and put back, so that a buffer is not copied by changing it.
    switch member.take() {
    case .document(let name, var document)?:
      document += bytes
      member = .document(name: name, bytes: document)
    case .file(let place, let blob, var receiver)?:
      do {
        try await receiver.take(bytes)
      } catch {
        await receiver.abort()
        throw error
      }
      member = .file(place, blob, receiver)
    case nil: break
    }
  }

  private mutating func end() async throws {
    read.append(
      ArchiveIndex.Member(
        name: begun.name, bytes: begun.bytes, sha256: ContentDigest(finishing: digest)))
    switch member.take() {
    case .document(let name, let bytes)?: try endDocument(name, bytes)
    case .file(let place, let blob, var receiver)?:
      do {
        try await endFile(place, blob, &receiver)
      } catch {
        await receiver.abort()
        throw error
      }
    case nil: break
    }
  }

  private mutating func endDocument(_ name: String, _ bytes: [UInt8]) throws {
    switch expecting {
    case .head:
      let head = try ArchiveDocument.decode(bytes, as: Format.self, name, isWhole: false)
      guard head.format == ArchiveFormat.name else {
        throw Problem(
          .invalid, "archive.format",
          "The archive is of another format than \(ArchiveFormat.name): import it with the version of "
            + "everpart that made it, or a newer one.")
      }
      let whole: ArchiveHead = try ArchiveDocument.decode(bytes, name)
      guard (0...ArchiveFormat.designsMax).contains(whole.designs),
        (0...ArchiveFormat.filesMax).contains(whole.files)
      else {
        throw ArchiveFormat.content(name, "it has more designs or files than an archive can.")
      }
      try ArchiveFormat.check([whole.exportedAt], until: latest, name)
      latest = whole.exportedAt
      (self.head, expecting) = (whole, .readme)
    case .readme: expecting = .brand
    case .brand:
      let brand: ArchivedBrand = try ArchiveDocument.decode(bytes, name)
      try brand.check(until: latest)
      (self.brand, expecting) = (brand, .designs)
    case .designs:
      let design: ArchivedDesign = try ArchiveDocument.decode(bytes, "A design's document")
      guard name == ArchiveFormat.design(design.id), designs.last.map({ $0.id < design.id }) ?? true
      else { throw ArchiveFormat.refusal("A design is not in its place.") }
      // At once, so that what is kept of the documents is within its limits.
      try design.check(filesMax: vault.limits.filesMax, until: latest)
      designs.append(design)
    case .files:
      // Nothing of it is kept, so that nothing can be lost.
      let index = try ArchiveDocument.decode(
        bytes, as: ArchiveIndex.self, name, isWhole: false,
        valuesMax: (read.count + 1) * ArchiveFormat.indexEntryValuesMax)
      guard index.format == ArchiveFormat.name, index.members == read.dropLast() else {
        throw ArchiveFormat.refusal("The index does not fit what comes before it.")
      }
      expecting = .sums
    case .sums:
      guard bytes == ArchiveFormat.sumsText(read.dropLast()) else {
        throw ArchiveFormat.refusal("SHA256SUMS does not fit what comes before it.")
      }
      expecting = .nothing
    case .nothing: throw ArchiveFormat.refusal("There is a member after its end.")
    }
  }

  private mutating func endFile(
    _ place: ArchiveContent.Place, _ blob: BlobName, _ receiver: inout ArchivedFileReceiver
  ) async throws {
    guard let brand else { throw ArchiveFormat.refusal("It has no brand.") }
    let (fileKey, measurement) = try await receiver.finish()
    let file = place.file.stored(
      as: blob,
      measurement: measurement ?? place.file.declaredSizes.map(MeshSummary.init(declared:)),
      brand: brand.id, design: place.design,
      revision: place.revision)
    let key = try await vault.wrap(fileKey, in: file.keyContext)
    files[file.id] = ImportedFile(file: file, key: key)
  }

  private struct Format: Codable { let format: String }
}
