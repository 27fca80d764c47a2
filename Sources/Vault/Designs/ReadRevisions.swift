import Crypto
import Database
public import Domain
import Ledger
import MeshFiles

extension Vault {
  /// A design's revisions, newest first; `not_found` for another brand's design. Throws `page.limit`.
  public func revisions(
    brand: BrandID, design: DesignID, limit: Int = 20, after: RevisionID? = nil
  ) async throws -> Page<RevisionView> {
    let limit = try Page<RevisionView>.checked(limit: limit)
    return try await database.read { [self] transaction in
      _ = try transaction.row(DesignStore.select, design, brand).orAbsent("design")
      let number: Int64 =
        try after.map {
          try transaction.row(RevisionStore.select, $0, design, brand).orAbsent("revision")
            .integer("number")
        } ?? .max
      let rows = try transaction.rows(RevisionStore.page, design, brand, number, limit + 1)
      return Page(
        data: try rows.prefix(limit).map { try revisionView(transaction, row: $0, brand: brand).0 },
        hasMore: rows.count > limit)
    }
  }

  /// A revision with its files; `not_found` for another brand's, or another design's.
  public func revision(
    brand: BrandID, design: DesignID, _ id: RevisionID
  ) async throws -> RevisionDetails {
    try await database.read { [self] in try details($0, id, of: design, brand: brand) }
  }

  func details(
    _ transaction: Transaction, _ id: RevisionID, of design: DesignID, brand: BrandID
  ) throws -> RevisionDetails {
    let row = try transaction.row(RevisionStore.select, id, design, brand).orAbsent("revision")
    let (revision, files) = try revisionView(transaction, row: row, brand: brand)
    return RevisionDetails(
      design: design, revision: revision, files: files.map(\.view), filesMax: limits.filesMax)
  }

  /// Reads a row with ``RevisionStore/columns``, and the revision's files.
  func revisionView(
    _ transaction: Transaction, row: Row, brand: BrandID
  ) throws -> (RevisionView, [StoredFile]) {
    let id: RevisionID = try row.identifier("revision_id")
    let state: RevisionState = try row.named("state")
    let profiles = try transaction.rows(ProfileStore.ofRevision, id, brand)
      .map(ProfileView.init(row:))
    let files = try transaction.rows(DesignStore.files, id, brand).map(StoredFile.init(row:))
    let content = try Self.contentDigest(id, profiles: profiles, files: files)
    var approvals: [RevisionView.Approval] = []
    for approval in try transaction.rows(RevisionStore.approvals, id, brand)
    where try approval.blob("content_sha256") == content
      && (state != .draft || approval.instantOrNil("revoked_at") == nil)
    {
      approvals.append(
        RevisionView.Approval(
          key: try approval.identifier("key_id"), at: try approval.instant("at")))
    }
    let revision = RevisionView(
      id: id, number: try row.integer("number"), state: state, profiles: profiles,
      createdAt: try row.instant("revision_created_at"),
      releasedAt: try row.instantOrNil("released_at"),
      withdrawnAt: try row.instantOrNil("withdrawn_at"),
      withdrawalReason: try row.textOrNil("withdrawal_reason"), approvals: approvals,
      approvalsRequired: state == .draft
        ? try approvalsRequired(transaction, of: brand) : nil,
      shredding: try row.identifierOrNil("shredding_id"),
      measurement: try files.first { $0.purpose == .geometry }.flatMap {
        try measurement(transaction, of: $0)
      })
    return (revision, files)
  }

  func approvalsRequired(_ transaction: Transaction, of brand: BrandID) throws -> Int {
    try transaction.row(RevisionStore.approvalsRequired, brand).orAbsent("brand")
      .integer("release_approvals")
  }

  /// What an approval is bound to: SHA-256 over the revision, its profiles with their names and all of its
  /// files with their payloads' digests, each with its length before it. Nothing of the plaintext is in it.
  ///
  /// One profile of the usual name is written as it was when a revision had one without a name: approvals
  /// from then still count, and every other set of profiles is written under another label.
  static func contentDigest(
    _ id: RevisionID, profiles: [ProfileView], files: [StoredFile]
  ) throws -> [UInt8] {
    var digest = SHA256()
    func add(_ bytes: some Collection<UInt8>) {
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { digest.update(bufferPointer: $0) }
      digest.update(data: Array(bytes))
    }
    if profiles.count == 1, profiles[0].name == NamedProfile.standardName {
      add("everpart/revision/v1".utf8)
      add(id.text.utf8)
      add(try StoredJSON.text(profiles[0].profile).utf8)
    } else {
      add("everpart/revision/v2".utf8)
      add(id.text.utf8)
      add(String(profiles.count).utf8)
      for named in profiles {
        add(named.name.utf8)
        add(try StoredJSON.text(named.profile).utf8)
      }
    }
    for file in files.sorted(by: { $0.id < $1.id }) {
      for text in [
        file.id.text, file.name, file.purpose.rawValue, file.mediaType, String(file.plaintextBytes),
      ] { add(text.utf8) }
      add(file.payloadSHA256)
      if let unit = file.unit { add("unit \(unit.rawValue)".utf8) }
      if let measurement = file.measurement, measurement.declared != nil {
        add("declared \(try StoredJSON.text(measurement))".utf8)
      }
    }
    return Array(digest.finalize())
  }
}
