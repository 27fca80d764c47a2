import Database
import Domain

/// A row of `brand`, with the rows of `api_key` that its released revisions name: without any secret or hash
/// of one.
struct ArchivedBrand: Codable, Hashable, Sendable {
  struct Settings: Codable, Hashable, Sendable {
    let releaseApprovals: Int
    let archiveRecipient: String

    private enum CodingKeys: String, CodingKey {
      case releaseApprovals = "release_approvals"
      case archiveRecipient = "archive_recipient"
    }
  }

  struct Approver: Codable, Hashable, Sendable {
    let id: APIKeyID
    let role: String
    let label: String
    let createdAt: Instant

    private enum CodingKeys: String, CodingKey {
      case id, role, label
      case createdAt = "created_at"
    }
  }

  let id: BrandID
  let name: String
  let createdAt: Instant
  let version: Int
  let settings: Settings
  let approvers: [Approver]

  private enum CodingKeys: String, CodingKey {
    case id, name, version, settings, approvers
    case createdAt = "created_at"
  }
}

extension ArchivedBrand {
  init(row: Row, recipient: String, approvers: [Row], until latest: Instant) throws {
    id = try row.identifier("id")
    name = try row.text("name")
    createdAt = try row.instant("created_at", until: latest)
    version = try row.integer("version")
    settings = Settings(
      releaseApprovals: try row.integer("release_approvals"), archiveRecipient: recipient)
    self.approvers = try approvers.map {
      Approver(
        id: try $0.identifier("id"), role: try $0.text("role"), label: try $0.text("label"),
        createdAt: try $0.instant("created_at", until: latest))
    }
  }

  func check(until latest: Instant) throws(Problem) {
    try ArchiveFormat.check(
      [createdAt] + approvers.map(\.createdAt), until: latest, ArchiveFormat.brand)
    guard name.isPlainText(maximumBytes: 200), (1...ArchiveFormat.countMax).contains(version),
      (1...2).contains(settings.releaseApprovals), approvers.count <= 10_000,
      approvers.allSatisfy({
        ["owner", "engineer"].contains($0.role) && $0.label.isPlainText(maximumBytes: 200)
      })
    else { throw ArchiveFormat.content(ArchiveFormat.brand, "a value is out of its limits.") }
  }

  /// The approvers' keys are revoked from the beginning, and no secret has their hash, which is drawn.
  func insert(_ transaction: Transaction, hashes: [[UInt8]], at now: Instant) throws {
    try transaction.run(
      ArchiveStore.insertBrand, id, name, createdAt, settings.releaseApprovals, version,
      settings.archiveRecipient)
    for (approver, hash) in zip(approvers, hashes) {
      try transaction.run(
        ArchiveStore.insertKey, approver.id, hash, approver.role, id, approver.label,
        approver.createdAt, now)
    }
  }
}
