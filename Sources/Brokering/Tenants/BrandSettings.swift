public import Database
public import Domain
import Ledger
import Sealing

/// What a brand's own people set for their brand.
public struct BrandSettings: Hashable, Sendable, Codable {
  /// Fewer approvals, as some keys want and not yet enough.
  public struct Pending: Hashable, Sendable, Codable {
    /// How many approvals a release would take.
    public var releaseApprovals: Int
    /// The keys that want it.
    public var keys: [APIKeyID]

    private enum CodingKeys: String, CodingKey {
      case keys
      case releaseApprovals = "release_approvals"
    }
  }

  /// The brand.
  public var id: BrandID
  /// Its name.
  public var name: String
  /// How many of the brand's keys the release of a revision takes: 1 or 2.
  public var releaseApprovals: Int
  /// The age recipient that archives of the brand's vault are sealed to; left out until one is registered.
  public var archiveRecipient: String?
  /// Grows with every change, and with every wish for one.
  public var version: Int
  /// A change that waits for another key.
  public var pending: Pending?

  private enum CodingKeys: String, CodingKey {
    case id, name, version, pending
    case releaseApprovals = "release_approvals"
    case archiveRecipient = "archive_recipient"
  }
}

extension Tenants {
  /// How many days a wish for fewer approvals waits for another key's.
  static let pendingDays: Int64 = 7

  /// What a brand has set.
  public func settings(of brand: BrandID) async throws -> BrandSettings {
    let now = ambient.now()
    return try await database.read { try Self.settings($0, of: brand, at: now) }
  }

  /// Sets how many keys a release takes.
  ///
  /// One key may raise the number, if the brand has so many keys that are not revoked. Lowering it takes as
  /// many keys as a release: otherwise whoever has one key could lower the number and then release alone.
  /// The first is noted for seven days; setting the number that holds takes such a note back.
  ///
  /// - Throws: `brand.release_approvals`, `brand.too_few_keys`, `precondition.failed`.
  public func set(
    releaseApprovals number: Int, of brand: BrandID, by key: APIKeyID,
    if condition: VersionCondition = .any
  ) async throws -> BrandSettings {
    guard (1...2).contains(number) else {
      throw Problem(
        .invalid, "brand.release_approvals", "A release takes 1 or 2 of the brand's keys.")
    }
    let now = ambient.now()
    return try await database.write { [ledger] transaction in
      let before = try Self.settings(transaction, of: brand, at: now)
      try condition.check(before.version)
      try transaction.run(BrandSettingsStore.touch, brand)
      var isAgreed = true
      if number > before.releaseApprovals {
        let keys: Int =
          try transaction.row(BrandSettingsStore.usableKeys, brand)?.integer("n") ?? 0
        guard keys >= number else {
          throw Problem(
            .conflict, "brand.too_few_keys",
            "A release by \(number) keys needs \(number) brand keys that are not revoked; there "
              + "\(keys == 1 ? "is" : "are") \(keys). Make another.")
        }
      } else if number < before.releaseApprovals {
        try transaction.run(BrandSettingsStore.approve, brand, key, number, now)
        let keys = try Self.settings(transaction, of: brand, at: now).pending?.keys ?? []
        isAgreed = keys.count >= before.releaseApprovals
      }
      if isAgreed {
        try transaction.run(BrandSettingsStore.forget, brand)
        try transaction.run(BrandSettingsStore.set, number, brand)
      }
      if number != before.releaseApprovals || before.pending != nil {
        try ledger.audit(
          transaction, .settingsChanged, brand: brand, about: AuditSubject(),
          detail: "release approvals \(number)" + (isAgreed ? "" : ", not agreed yet"), at: now)
      }
      return try Self.settings(transaction, of: brand, at: now)
    }
  }

  /// Registers whom archives of the brand's vault are sealed to, or, with nil, that nobody is. Only an
  /// archive that is sealed to this recipient is ever made, whoever asks for it.
  ///
  /// - Throws: `brand.archive_recipient`, `precondition.failed`.
  public func set(
    archiveRecipient text: String?, of brand: BrandID, if condition: VersionCondition
  ) async throws -> BrandSettings {
    let recipient: Recipient?
    do {
      recipient = try text.map { try Recipient(parsing: $0) }
    } catch {
      throw Problem(
        .invalid, "brand.archive_recipient",
        "An archive is sealed to an age recipient, age1pq1… or age1…: `everpart keygen -o FILE` makes a "
          + "key and prints its recipient.")
    }
    let now = ambient.now()
    return try await database.write { [ledger] transaction in
      let before = try Self.settings(transaction, of: brand, at: now)
      try condition.check(before.version)
      try transaction.run(BrandSettingsStore.touch, brand)
      try transaction.run(
        BrandSettingsStore.setArchiveRecipient, recipient?.description, brand)
      if recipient?.description != before.archiveRecipient {
        try ledger.audit(
          transaction, .settingsChanged, brand: brand, about: AuditSubject(),
          detail: recipient.map { "archive recipient \($0.abbreviated)" } ?? "no archive recipient",
          at: now)
      }
      return try Self.settings(transaction, of: brand, at: now)
    }
  }

  private static func settings(
    _ transaction: Transaction, of brand: BrandID, at now: Instant
  ) throws -> BrandSettings {
    let row = try transaction.row(BrandSettingsStore.select, brand).orAbsent("brand")
    let since = now + .seconds(-pendingDays * 86_400)
    let wishes = try transaction.rows(BrandSettingsStore.approvals, brand, since)
    return BrandSettings(
      id: brand, name: try row.text("name"),
      releaseApprovals: try row.integer("release_approvals"),
      archiveRecipient: try row.textOrNil("archive_recipient"),
      version: try row.integer("version"),
      pending: try wishes.first.map { first in
        BrandSettings.Pending(
          releaseApprovals: try first.integer("release_approvals"),
          keys: try wishes.map { try $0.identifier("key_id") })
      })
  }
}

/// The SQL of brands' settings. Every statement names the brand.
public enum BrandSettingsStore: StatementCatalogue {
  static let select = Statement(
    "SELECT name, release_approvals, version, archive_recipient FROM brand WHERE id = $1")
  static let set = Statement("UPDATE brand SET release_approvals = $1 WHERE id = $2")
  static let setArchiveRecipient = Statement(
    "UPDATE brand SET archive_recipient = $1 WHERE id = $2")
  static let touch = Statement("UPDATE brand SET version = version + 1 WHERE id = $1")
  /// How many keys may release.
  static let usableKeys = Statement(
    """
    SELECT COUNT(*) AS n FROM api_key
    WHERE role IN ('owner', 'engineer') AND tenant_id = $1 AND revoked_at IS NULL
    """)
  static let approve = Statement(
    """
    INSERT INTO brand_approval (brand_id, key_id, release_approvals, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (brand_id, key_id)
    DO UPDATE SET release_approvals = excluded.release_approvals, at = excluded.at
    """)
  /// Of keys that are not revoked, after a moment.
  static let approvals = Statement(
    """
    SELECT brand_approval.key_id, brand_approval.release_approvals
    FROM brand_approval JOIN api_key ON api_key.id = brand_approval.key_id
    WHERE brand_approval.brand_id = $1 AND brand_approval.at > $2
      AND api_key.role = 'owner' AND api_key.tenant_id = $1 AND api_key.revoked_at IS NULL
    ORDER BY brand_approval.key_id
    """)
  static let forget = Statement("DELETE FROM brand_approval WHERE brand_id = $1")

  /// All of them.
  public static let statements = [
    select, set, setArchiveRecipient, touch, usableKeys, approve, approvals, forget,
  ]
}
