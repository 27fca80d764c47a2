import Database
import Domain
import Ledger
import Sealing

/// What the documents of an archive say, all of them, before any of its files is looked at. Each was checked
/// by itself when it was read.
struct ArchiveContent: Sendable {
  let head: ArchiveHead
  let brand: ArchivedBrand
  let designs: [ArchivedDesign]
  /// Those that are to follow, in the order of their identifiers.
  let files: [Place]

  /// A file of a revision of a design.
  struct Place: Sendable {
    let file: ArchivedFile
    let design: DesignID
    let revision: RevisionID
    /// Whether a classical header of it breaks a promise.
    let isPostQuantumOnly: Bool
  }

  /// Refuses what does not fit together (`archive.content`).
  ///
  /// - Parameter checkPart: says what a part may be.
  init(
    head: ArchiveHead, brand: ArchivedBrand, designs: [ArchivedDesign],
    checkPart: (ArchivedPart, DesignID) throws -> Void
  ) throws {
    (self.head, self.brand, self.designs) = (head, brand, designs)
    guard brand.id == head.brand, designs.count == head.designs else {
      throw ArchiveFormat.content(
        ArchiveFormat.head, "it names another brand, or another number of designs.")
    }
    guard let recipient = try? Recipient(parsing: brand.settings.archiveRecipient) else {
      throw ArchiveFormat.content(ArchiveFormat.brand, "its recipient is no age recipient.")
    }
    var (ids, skus, places): (Set<String>, Set<String>, [Place]) = ([], [], [])
    var references: Set<String> = []
    func take(_ id: String) throws {
      guard ids.insert(id).inserted else {
        throw ArchiveFormat.content(id, "it is in the archive twice.")
      }
    }
    let approvers = Set(brand.approvers.map(\.id))
    for approver in brand.approvers { try take(approver.id.text) }
    for design in designs {
      try take(design.id.text)
      guard recipient.isPostQuantum || !design.isPostQuantumOnly else {
        throw ArchiveFormat.content(
          "\(design.id)",
          "it goes to post-quantum keys only, and the archive is sealed to another kind.")
      }
      if let reference = design.reference, !references.insert(reference).inserted {
        throw ArchiveFormat.content("\(design.id)", "another design has its reference.")
      }
      for revision in design.revisions {
        try take(revision.id.text)
        for profile in revision.profiles { try take(profile.id.text) }
        guard revision.approvals.allSatisfy({ approvers.contains($0.key) }) else {
          throw ArchiveFormat.content(
            "\(revision.id)", "a key approved it that is not in brand.json.")
        }
        for file in revision.files {
          try take(file.id.text)
          places.append(
            Place(
              file: file, design: design.id, revision: revision.id,
              isPostQuantumOnly: design.isPostQuantumOnly))
        }
      }
      for licence in design.licences { try take(licence.id.text) }
      for part in design.parts {
        try take(part.id.text)
        try checkPart(part, design.id)
        guard skus.insert(part.sku).inserted else {
          throw ArchiveFormat.content("\(part.id)", "another part has its SKU.")
        }
      }
    }
    files = places.filter { $0.file.content == .archived }.sorted { $0.file.id < $1.file.id }
    guard files.count == head.files else {
      throw ArchiveFormat.content(ArchiveFormat.head, "it names another number of files.")
    }
  }

  /// Refuses a brand that is there already (`archive.brand_exists`), and an archive that claims what
  /// belongs to somebody else (`archive.id_taken`).
  func requireFree(_ transaction: Transaction) throws {
    if try transaction.row(ArchiveStore.brand, brand.id) != nil {
      throw Self.exists(brand.id)
    }
    func require(_ statement: Statement, _ id: some SQLConvertible & CustomStringConvertible) throws
    {
      if try transaction.row(statement, id) != nil { throw Self.taken("\(id)") }
    }
    for approver in brand.approvers { try require(ArchiveStore.key, approver.id) }
    for design in designs {
      try require(ArchiveStore.design, design.id)
      for revision in design.revisions {
        try require(ArchiveStore.revision, revision.id)
        for profile in revision.profiles { try require(ArchiveStore.profile, profile.id) }
        for file in revision.files { try require(ArchiveStore.file, file.id) }
      }
      for licence in design.licences { try require(ArchiveStore.licence, licence.id) }
      for part in design.parts { try require(ArchiveStore.part, part.id) }
    }
  }

  private static func exists(_ brand: BrandID) -> Problem {
    Problem(
      .conflict, "archive.brand_exists",
      "The brand \(brand) is there already, and nothing was changed. Its owner's key is made with "
        + "`everpart operator add-key \(brand) --role owner`.")
  }

  private static func taken(_ id: String) -> Problem {
    Problem(
      .conflict, "archive.id_taken",
      "The archive has \(id), which belongs to another brand here. Nothing was changed.")
  }

  /// All rows, in the caller's transaction.
  ///
  /// - Parameters:
  ///   - files: every file, with its wrapped key if its content came along.
  ///   - hashes: one for each approver, drawn.
  func insert(
    _ transaction: Transaction, files: [RevisionID: [ImportedFile]], hashes: [[UInt8]],
    ledger: Ledger, at now: Instant
  ) throws {
    try brand.insert(transaction, hashes: hashes, at: now)
    for design in designs {
      try design.insert(transaction, brand: brand.id)
      for revision in design.revisions {
        let files = files[revision.id] ?? []
        let content = try Vault.contentDigest(
          revision.id, profiles: revision.profiles, files: files.map(\.file))
        try revision.insert(transaction, brand: brand.id, design: design.id, content: content)
        for file in files { try file.insert(transaction, of: revision.state, at: now) }
      }
      for licence in design.licences {
        try licence.insert(
          transaction, brand: brand.id, design: design.id, ledger: ledger, at: now)
      }
      for part in design.parts {
        try part.insert(transaction, brand: brand.id, design: design.id)
      }
    }
  }
}
