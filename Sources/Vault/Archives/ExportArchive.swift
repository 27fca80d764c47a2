import BlobStore
import Crypto
import Database
public import Domain
import Ledger
import PrintPackage
import Sealing

extension Vault {
  /// A brand's whole vault as a portable archive: a tar of JSON documents and age files, which open with the
  /// brand's own identity and with nothing else. `Vault.md` has its layout.
  ///
  /// The rows are of one snapshot. No payload is encrypted anew: each gets another header, for the recipient
  /// that the brand's owner has registered. That the archive is made is in the audit trail, durably, before
  /// there is a byte of it; so is, for each design with a file in it, that its keys go to a classical recipient,
  /// if they do.
  ///
  /// - Throws: `not_found`, `archive.no_recipient`, `archive.key_type`, `archive.payload`.
  public func archive(of brand: BrandID) async throws -> VaultArchive {
    let now = ambient.now()
    let snapshot = try await database.read { try ArchiveSnapshot($0, of: brand, at: now) }
    // What a look at each payload's length finds is told before there is an audit entry.
    for file in snapshot.files {
      guard let identity = try? await blobs.identity(file.blob) else {
        throw Self.unreadable(file, "it is not there")
      }
      guard identity.bytes == file.payloadBytes else {
        throw Self.unreadable(file, "it has \(identity.bytes) bytes")
      }
    }
    let archive = try VaultArchive(self, snapshot, at: now)
    try await database.write { [ledger] transaction in
      for design in snapshot.exposed {
        try transaction.run(ReleaseStore.countClassical, design, brand)
      }
      try ledger.audit(
        transaction, .archiveExported, brand: brand, about: AuditSubject(),
        detail: "\(snapshot.designs.count) designs, \(snapshot.files.count) files, to "
          + snapshot.recipient.abbreviated, at: now)
    }
    return archive
  }

  /// A file's age header for the brand's recipient. The wrapped key is read again each time: since the
  /// snapshot it may have been wrapped anew, and the version before retired. Whether it may go out is asked in
  /// the same read, and once more after the payload, which may take long: a header is a key, and from the
  /// commit on that forbids it none is made.
  ///
  /// - Throws: `revision.shredded`, `archive.recipient`, `archive.key_type`, `auth.invalid`,
  ///   `archive.payload`.
  func archiveHeader(_ file: StoredFile, for recipient: Recipient) async throws -> [UInt8] {
    let (now, fileKey) = try await openable(file.id) { [self] in
      try permitted($0, file, to: recipient)
    }.orAbsent("file")
    guard now.keyContext == file.keyContext else { throw file.changed("its row has changed") }
    do {
      try await verifiedPayloads.require(file, in: blobs)
    } catch {
      throw try await unreadable(file, error)
    }
    _ = try await database.read { [self] in try permitted($0, file, to: recipient) }
    var generator = ambient.generator
    return try AgeHeader.make(fileKey: fileKey, for: .recipients([recipient]), using: &generator)
  }

  /// A file's row, if its key may go into an archive for this recipient now.
  private func permitted(
    _ transaction: Transaction, _ file: StoredFile, to recipient: Recipient
  ) throws -> Row {
    try ledger.requireKey(transaction)
    let row = try Self.keptRow(transaction, file.id, design: file.design, brand: file.brand)
    let rule = try transaction.row(ArchiveStore.rule, file.design, file.brand).orAbsent("design")
    guard try rule.textOrNil("archive_recipient") == recipient.description else {
      throw Self.recipientChanged
    }
    guard try recipient.isPostQuantum || !rule.bool("pq_only") else {
      throw ArchiveSnapshot.keyType(1, file.design)
    }
    return row
  }

  static var recipientChanged: Problem {
    Problem(
      .conflict, "archive.recipient",
      "The brand has said since that its archives are sealed to another key, or to nobody. What had not "
        + "been handed out by then was not: export again.")
  }

  /// What an export ends with whose payload cannot be read to its end. One that went with a shredding is
  /// not damaged.
  func unreadable(_ file: StoredFile, _ error: any Error) async throws -> any Error {
    _ = try await database.read {
      try Self.keptRow($0, file.id, design: file.design, brand: file.brand)
    }
    return Self.unreadable(file, error)
  }

  /// What a payload that is not what it was ends an export with; any other error stays what it is.
  static func unreadable(_ file: StoredFile, _ error: any Error) -> any Error {
    switch error {
    case let error as BlobError: unreadable(file, error.description)
    case let problem as Problem: unreadable(file, problem.privateDetail ?? problem.code)
    default: error
    }
  }

  static func unreadable(_ file: StoredFile, _ reason: String) -> Problem {
    Problem(
      .failed, "archive.payload",
      "The payload of \(file.id) is not what was stored at its upload, and nothing was exported. "
        + "`everpart vault check --read-data` says more; a lost one is given up with `everpart recover`, "
        + "and the archive then goes without it.",
      privateDetail: "\(file.id): \(reason)")
  }
}

/// The bytes of an archive, made as they are read: rows and a line for each file in memory, and of payloads
/// one piece.
public struct VaultArchive: AsyncSequence, Sendable {
  enum Part: Sendable {
    case document(name: String, bytes: [UInt8])
    case file(StoredFile)
    case index
    case sums
    case end
  }

  /// How many bytes there are in all.
  public let totalBytes: Int
  /// What a file of it may be called.
  public let suggestedName: String
  let vault: Vault
  let recipient: Recipient
  let parts: [Part]
  let headerBytes: Int
  let modified: Instant
  let exportedAt: Instant

  init(_ vault: Vault, _ snapshot: ArchiveSnapshot, at now: Instant) throws {
    (self.vault, recipient) = (vault, snapshot.recipient)
    suggestedName = "\(snapshot.brand.id).tar"
    // The same data make the same bytes, but for the headers and the head.
    (modified, exportedAt) = (snapshot.brand.createdAt, now)
    let head = ArchiveHead(
      format: ArchiveFormat.name, brand: snapshot.brand.id, exportedAt: now,
      designs: snapshot.designs.count, files: snapshot.files.count)
    parts =
      [
        .document(name: ArchiveFormat.head, bytes: try ArchiveFormat.json(head)),
        .document(name: ArchiveFormat.readme, bytes: ArchiveFormat.readmeText(head)),
        .document(name: ArchiveFormat.brand, bytes: try ArchiveFormat.json(snapshot.brand)),
      ]
      + (try snapshot.designs.map {
        .document(name: ArchiveFormat.design($0.id), bytes: try ArchiveFormat.json($0))
      }) + snapshot.files.map { .file($0) } + [.index, .sums, .end]
    // Every header for one recipient is as long as the next.
    var generator = vault.ambient.generator
    headerBytes = try AgeHeader.make(
      fileKey: .generate(using: &generator), for: .recipients([recipient]), using: &generator
    ).count
    totalBytes = try Self.totalBytes(parts, headerBytes: headerBytes)
  }

  /// Starts at the first byte.
  public func makeAsyncIterator() -> Iterator { Iterator(archive: self) }

  private static func totalBytes(_ parts: [Part], headerBytes: Int) throws -> Int {
    // As long as any other.
    let unknown = ContentDigest(of: [])
    var members: [ArchiveIndex.Member] = []
    for part in parts {
      switch part {
      case .document(let name, let bytes):
        members.append(.init(name: name, bytes: bytes.count, sha256: unknown))
      case .file(let file):
        members.append(
          .init(
            name: ArchiveFormat.file(file.id), bytes: headerBytes + file.payloadBytes,
            sha256: unknown))
      case .index:
        let bytes = try ArchiveFormat.json(ArchiveIndex(members)).count
        members.append(.init(name: ArchiveFormat.index, bytes: bytes, sha256: unknown))
      case .sums:
        let bytes = ArchiveFormat.sumsText(members).count
        members.append(.init(name: ArchiveFormat.sums, bytes: bytes, sha256: unknown))
      case .end: break
      }
    }
    return members.reduce(TarWriter.end.count) {
      $0 + TarWriter.entryBytes(contentBytes: $1.bytes)
    }
  }
}

extension VaultArchive {
  /// Makes one piece after another.
  public struct Iterator: AsyncIteratorProtocol {
    /// The file that is under way.
    private struct Current {
      let file: StoredFile
      var payload: CheckedPayload
      var digest = SHA256()
    }

    let archive: VaultArchive
    private var place = 0
    private var members: [ArchiveIndex.Member] = []
    private var current: Current?

    init(archive: VaultArchive) { self.archive = archive }

    /// The next bytes, or nil at the end. A payload that is not what was stored at its upload ends it
    /// with `archive.payload`, before the end of the archive; so does what forbids the next file's key, with
    /// a code of its own.
    public mutating func next() async throws -> [UInt8]? {
      try Task.checkCancellation()
      if current != nil { return try await goOn() }
      guard place < archive.parts.count else { return nil }
      defer { place += 1 }
      switch archive.parts[place] {
      case .document(let name, let bytes): return try member(name, bytes)
      case .file(let file): return try await begin(file)
      case .index:
        return try member(
          ArchiveFormat.index, try ArchiveFormat.json(ArchiveIndex(members)))
      case .sums: return try member(ArchiveFormat.sums, ArchiveFormat.sumsText(members))
      case .end: return TarWriter.end
      }
    }

    private mutating func member(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
      members.append(
        .init(name: name, bytes: bytes.count, sha256: ContentDigest(of: bytes)))
      return try header(name, bytes.count) + bytes + TarWriter.padding(contentBytes: bytes.count)
    }

    private func header(_ name: String, _ bytes: Int, modified: Instant? = nil) throws -> [UInt8] {
      try TarWriter.header(
        name: name, contentBytes: bytes, modified: modified ?? archive.modified,
        sizes: .octalOrBinary)
    }

    /// The payload was read once by then, and found right.
    private mutating func begin(_ file: StoredFile) async throws -> [UInt8] {
      let ageHeader = try await archive.vault.archiveHeader(file, for: archive.recipient)
      guard ageHeader.count == archive.headerBytes else {
        throw Problem.failed("a header of \(ageHeader.count) bytes, not \(archive.headerBytes)")
      }
      var started = Current(
        file: file, payload: CheckedPayload(file: file, blobs: archive.vault.blobs))
      started.digest.update(data: ageHeader)
      current = started
      return try header(
        ArchiveFormat.file(file.id), bytes(of: file),
        modified: Swift.min(file.createdAt, archive.exportedAt)) + ageHeader
    }

    private func bytes(of file: StoredFile) -> Int { archive.headerBytes + file.payloadBytes }

    /// The next piece of a payload, which is held against its digest once more on its way.
    private mutating func goOn() async throws -> [UInt8] {
      guard var file = current.take() else { return [] }
      do {
        if let piece = try await file.payload.next() {
          file.digest.update(data: piece)
          current = file
          return piece
        }
      } catch {
        throw try await archive.vault.unreadable(file.file, error)
      }
      members.append(
        .init(
          name: ArchiveFormat.file(file.file.id), bytes: bytes(of: file.file),
          sha256: ContentDigest(finishing: file.digest)))
      return TarWriter.padding(contentBytes: bytes(of: file.file))
    }
  }
}
