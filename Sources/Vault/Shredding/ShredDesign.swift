import BlobStore
public import Database
public import Domain
public import Ledger

extension Vault {
  /// Shreds a revision, or a whole design: destroys the wrapped keys of its files, for ever.
  ///
  /// In one commit the keys are gone from the rows, the revisions are `shredded`, so that nothing releases,
  /// reads or sells them any more, the uploads into them are refused, their blobs are `abandoned`, and ledger
  /// and audit trail say so. When this returns, that is durable. What is left of the keys in the
  /// database's files, and the payloads, goes after it: see ``eraseShreddings()``, which this call begins.
  ///
  /// - Parameters:
  ///   - revision: the revision; nil is all of the design, which is over then.
  ///   - name: the design's name, so that a slip with an identifier destroys nothing.
  ///   - key: the brand's key that asks.
  ///   - condition: what the caller has seen of the design.
  ///   - request: claimed in the same commit, if the request may come again.
  ///   - removing: removes what else opens a revision's files, in this commit.
  /// - Throws: `not_found`, `shredding.name`, `shredding.sold` for a revision that is sold,
  ///   `shredding.orders_open` for one whose files an order may still need, `revision.shredded`,
  ///   `design.shredded`, `precondition.failed`; `RepeatedRequest`. Then nothing was changed.
  public func shred(
    brand: BrandID, design: DesignID, revision: RevisionID? = nil, named name: String,
    by key: APIKeyID, if condition: VersionCondition = .any, once request: IdempotentRequest? = nil,
    removing: @escaping @Sendable (Transaction, RevisionID) throws -> Void
  ) async throws -> ShreddingReport {
    let now = ambient.now()
    let id = ambient.identifier(ShreddingID.self, at: now)
    let held = try await heldVersions()
    let uploads = try await database.write { [self] transaction in
      try request?.claim(transaction, for: id, at: now)
      let row = try transaction.row(DesignStore.select, design, brand).orAbsent("design")
      let revisions = try shreddable(
        transaction, revision, of: design, isOver: row.bool("shredded"),
        brand: brand)
      try condition.check(try row.integer("version"))
      guard try row.text("name") == name else {
        throw Problem(
          .invalid, "shredding.name",
          "This is not the design's name: give it as the design has it, letter by letter.")
      }
      for each in revisions { try requireUnneeded(transaction, each, brand: brand) }
      var destroyed = Destroyed()
      for each in revisions { try destroy(transaction, each.id, brand: brand, &destroyed) }
      try keep(
        transaction,
        Shredding(
          id: id, brand: brand, design: design, revision: revision, key: key, held: held),
        revisions, destroyed, at: now)
      for each in revisions { try removing(transaction, each.id) }
      return destroyed.uploads
    }
    for upload in uploads {
      // Who is sending is told; what still comes is refused by the upload's state.
      _ = uploadHolds.interrupt(upload, silentFor: .zero, at: ambient.uptime())
    }
    // What fails here the duty tries again, and says why.
    try? await erase(id)
    return try await shredding(brand: brand, id)
  }

  /// What is to be shredded.
  private struct Shredding {
    let id: ShreddingID
    let brand: BrandID
    let design: DesignID
    let revision: RevisionID?
    let key: APIKeyID
    /// The versions of the wrapping key that the ring has. Asked before, as every question to a key holder.
    let held: Set<Int>
  }

  private struct Revision {
    let id: RevisionID
    let number: Int
    let state: RevisionState
  }

  /// What the commit takes away.
  private struct Destroyed {
    var files = 0
    var blobs: [BlobName] = []
    var versions: Set<Int> = []
    var uploads: [UploadID] = []
  }

  /// The revisions that are not shredded yet: the one, or all of the design.
  private func shreddable(
    _ transaction: Transaction, _ revision: RevisionID?, of design: DesignID, isOver: Bool,
    brand: BrandID
  ) throws -> [Revision] {
    let all = try transaction.rows(ShreddingStore.revisionsOfDesign, design, brand).map {
      Revision(
        id: try $0.identifier("id"), number: try $0.integer("number"),
        state: try $0.named("state"))
    }
    guard let revision else {
      guard !isOver else { throw Problem.shreddedDesign }
      return all.filter { $0.state != .shredded }
    }
    let one = try all.first { $0.id == revision }.orAbsent("revision")
    guard one.state != .shredded else { throw Problem.shredded }
    return [one]
  }

  /// Shredding strands nobody: what is sold is withdrawn first, which stops its orders and says why, and
  /// orders are ended or delivered first.
  private func requireUnneeded(
    _ transaction: Transaction, _ revision: Revision, brand: BrandID
  ) throws {
    guard revision.state != .released else {
      throw Problem(
        .conflict, "shredding.sold",
        "Revision \(revision.number) is sold. Withdraw it first, which stops its orders; then shred it. "
          + "Nothing was changed.")
    }
    var jobs = try ledger.unfinishedJobs(transaction, of: revision.id, brand: brand)
    // Of a withdrawn revision nothing is printed again: printed parts go to their customers.
    if revision.state == .withdrawn { (jobs[.printed], jobs[.inspected]) = (nil, nil) }
    guard jobs.isEmpty else {
      let states = jobs.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
      throw Problem(
        .conflict, "shredding.orders_open",
        "Orders of revision \(revision.number) may still need its files (\(states)). Wait until they are "
          + "delivered, or withdraw the revision and cancel or abandon them. Nothing was changed.")
    }
  }

  private func destroy(
    _ transaction: Transaction, _ revision: RevisionID, brand: BrandID,
    _ destroyed: inout Destroyed
  ) throws {
    for row in try transaction.rows(ShreddingStore.openUploads, brand, revision) {
      let upload: UploadID = try row.identifier("id")
      for row in try transaction.rows(ShreddingStore.segmentVersions, upload, brand) {
        destroyed.versions.insert(try row.integer("key_version"))
      }
      destroyed.blobs += try ResumingStore.refuse(
        transaction, upload, brand: brand, with: .shredded)
      destroyed.uploads.append(upload)
    }
    // Without the files' keys nobody can see the pictures any more; their rows are of no use.
    try transaction.run(PreviewStore.deleteOfRevision, revision, brand)
    for row in try transaction.rows(ShreddingStore.destroyKeys, revision, brand) {
      destroyed.files += 1
      destroyed.versions.insert(try row.integer("key_version"))
      guard let blob = BlobName(try row.text("blob_name")) else { continue }
      try transaction.run(BlobStateStore.abandonKept, blob.text)
      destroyed.blobs.append(blob)
    }
  }

  /// The rows that say so.
  private func keep(
    _ transaction: Transaction, _ shredding: Shredding, _ revisions: [Revision],
    _ destroyed: Destroyed, at now: Instant
  ) throws {
    let (brand, design) = (shredding.brand, shredding.design)
    let entry = try ledger.append(
      transaction, kind: .shredded, brand: brand,
      licence: view(transaction, design, brand: brand).licence.id,
      body: Entry(
        shredding: shredding.id, design: design, revisions: revisions.map(\.id),
        isWhole: shredding.revision == nil), at: now)
    try transaction.run(
      ShreddingStore.insert, shredding.id, brand, design, shredding.revision?.text,
      destroyed.uploads.count, shredding.key, entry, now)
    for version in try versions(transaction, destroyed, held: shredding.held).sorted() {
      try transaction.run(ShreddingStore.addVersion, shredding.id, version)
    }
    for blob in Set(destroyed.blobs) {
      try transaction.run(ShreddingStore.addBlob, shredding.id, blob.text)
    }
    for revision in revisions {
      try transaction.run(
        ShreddingStore.shredRevision, try revision.state.after(.shred).rawValue, shredding.id,
        revision.id, brand, revision.state.rawValue)
    }
    if shredding.revision == nil {
      try transaction.run(ShreddingStore.shredDesign, shredding.id, design, brand)
    }
    try transaction.run(DesignStore.touch, design, brand)
    try ledger.audit(
      transaction, .designShredded, brand: brand,
      about: AuditSubject(design: design, revision: shredding.revision),
      detail: "\(shredding.id), \(destroyed.files) file\(destroyed.files == 1 ? "" : "s")", at: now)
  }

  /// The versions that a backup could be opened with: all that are not destroyed, and those that the keys are
  /// under now. Nothing is left out because of when a revision was opened or a version was last used: a clock
  /// that was ahead says that wrongly, and so may an archive. Some too many do no harm; one too few would be a
  /// lie.
  private func versions(
    _ transaction: Transaction, _ destroyed: Destroyed, held: Set<Int>
  ) throws -> Set<Int> {
    try KeyVersions.all(transaction).reduce(into: destroyed.versions) { versions, version in
      if version.retiredAt == nil || held.contains(version.number) {
        versions.insert(version.number)
      }
    }
  }

  private struct Entry: Encodable {
    let shredding: ShreddingID
    let design: DesignID
    let revisions: [RevisionID]
    let isWhole: Bool

    private enum CodingKeys: String, CodingKey {
      case shredding, design, revisions
      case isWhole = "whole_design"
    }
  }
}

extension Problem {
  /// What is asked of a design that is over.
  static var shreddedDesign: Problem {
    Problem(
      .gone, "design.shredded",
      "The design is shredded: nothing of it can be read, sold or continued. Create a new one.")
  }
}
