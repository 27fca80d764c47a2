import Database
import Domain
import Ledger
import Sealing

/// Everything of one brand that an archive has, read in one snapshot; of files the rows alone.
struct ArchiveSnapshot: Sendable {
  let brand: ArchivedBrand
  private(set) var designs: [ArchivedDesign]
  /// Those whose content is in the archive, in the order of their identifiers.
  let files: [StoredFile]
  let recipient: Recipient

  /// - Parameter now: no moment in the archive is after it, also where a clock that was ahead has left one:
  ///   no import would take that.
  /// - Throws: `not_found`, `archive.no_recipient`, `archive.key_type`.
  init(_ transaction: Transaction, of brand: BrandID, at now: Instant) throws {
    let row = try transaction.row(ArchiveStore.brand, brand).orAbsent("brand")
    guard let text = try row.textOrNil("archive_recipient"),
      let recipient = try? Recipient(parsing: text)
    else {
      throw Problem(
        .conflict, "archive.no_recipient",
        "The brand has not said whom its archive is sealed to. Its owner makes a key with `everpart "
          + "keygen -o FILE` and registers the recipient with `everpart brand settings "
          + "--archive-recipient RECIPIENT`.")
    }
    self.recipient = recipient
    let files = try Self.files(transaction, of: brand)
    let revisions = try Self.revisions(transaction, of: brand, with: files, at: now)
    let licences = try Self.byDesign(transaction.rows(ArchiveStore.licences, brand)) {
      try ArchivedLicence(row: $0, until: now)
    }
    let parts = try Self.byDesign(transaction.rows(ArchiveStore.parts, brand)) {
      try ArchivedPart(row: $0, until: now)
    }
    designs = try transaction.rows(ArchiveStore.designs, brand).map {
      var design = try ArchivedDesign(row: $0, until: now)
      design.revisions = revisions[design.id] ?? []
      design.licences = licences[design.id] ?? []
      design.parts = parts[design.id] ?? []
      return design
    }
    let approving = Set(designs.flatMap(\.revisions).flatMap(\.approvals).map(\.key))
    self.brand = try ArchivedBrand(
      row: row, recipient: recipient.description,
      approvers: transaction.rows(ArchiveStore.approvers, brand).filter {
        approving.contains(try $0.identifier("id"))
      }, until: now)
    self.files = files.values.joined().filter { $0.content == .archived }.map(\.file)
      .sorted { $0.id < $1.id }
    try checkRecipient()
    for index in designs.indices where exposed.contains(designs[index].id) {
      designs[index].classicalReleases += 1
    }
  }

  /// The designs of which keys go to a classical recipient with this archive.
  var exposed: Set<DesignID> { recipient.isPostQuantum ? [] : Set(files.map(\.design)) }

  /// A classical header on the same payload would expose what was promised to post-quantum keys alone.
  private func checkRecipient() throws(Problem) {
    guard !recipient.isPostQuantum else { return }
    let kept = designs.filter(\.isPostQuantumOnly)
    guard let first = kept.first else { return }
    throw Self.keyType(kept.count, first.id)
  }

  static func keyType(_ count: Int, _ first: DesignID) -> Problem {
    Problem(
      .conflict, "archive.key_type",
      "The brand's recipient is a classical key, and \(first)\(count > 1 ? " with \(count - 1) more" : "") "
        + "of its designs goes to post-quantum keys only. Register a recipient that `everpart keygen` makes, "
        + "without --x25519.")
  }

  private static func files(
    _ transaction: Transaction, of brand: BrandID
  ) throws -> [RevisionID: [(file: StoredFile, content: ArchivedFile.Content)]] {
    var files: [RevisionID: [(file: StoredFile, content: ArchivedFile.Content)]] = [:]
    for row in try transaction.rows(ArchiveStore.files, brand) {
      let file = try StoredFile(row: row)
      let isShredded = try row.named("revision_state", as: RevisionState.self) == .shredded
      let isLost = try row.blobState("blob_state") == .lost || row.blobOrNil("wrapped_key") == nil
      // One that is there is held against its payload before it goes out.
      let content: ArchivedFile.Content = isShredded ? .destroyed : isLost ? .lost : .archived
      files[file.revision, default: []].append((file, content))
    }
    return files
  }

  private static func revisions(
    _ transaction: Transaction, of brand: BrandID,
    with files: [RevisionID: [(file: StoredFile, content: ArchivedFile.Content)]],
    at now: Instant
  ) throws -> [DesignID: [ArchivedRevision]] {
    var approvals: [RevisionID: [Row]] = [:]
    for row in try transaction.rows(ArchiveStore.approvals, brand) {
      approvals[try row.identifier("revision_id"), default: []].append(row)
    }
    var profiles: [RevisionID: [ProfileView]] = [:]
    for row in try transaction.rows(ArchiveStore.profiles, brand) {
      profiles[try row.identifier("revision_id"), default: []].append(try ProfileView(row: row))
    }
    return try byDesign(transaction.rows(ArchiveStore.revisions, brand)) { row in
      var revision = try ArchivedRevision(row: row, until: now)
      revision.profiles = profiles[revision.id] ?? []
      let files = files[revision.id] ?? []
      revision.files = try files.map { try ArchivedFile($0.file, $0.content, until: now) }
      guard revision.releasedAt != nil else { return revision }
      let content = try Vault.contentDigest(
        revision.id, profiles: revision.profiles, files: files.map(\.file))
      revision.approvals = try (approvals[revision.id] ?? []).filter {
        try $0.blob("content_sha256") == content
      }.map {
        RevisionView.Approval(
          key: try $0.identifier("key_id"), at: try $0.instant("at", until: now))
      }
      return revision
    }
  }

  private static func byDesign<Value>(
    _ rows: [Row], _ make: (Row) throws -> Value
  ) throws -> [DesignID: [Value]] {
    try rows.reduce(into: [:]) {
      $0[try $1.identifier("design_id"), default: []].append(try make($1))
    }
  }
}

extension Row {
  /// A moment, or the latest that it may be.
  func instant(_ column: String, until latest: Instant) throws -> Instant {
    min(try instant(column), latest)
  }
}
