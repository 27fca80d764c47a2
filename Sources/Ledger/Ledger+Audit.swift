public import Database
public import Domain

extension Ledger {
  /// Appends an entry to a brand's audit trail, in the transaction of what it records. What is shown to
  /// somebody is recorded in a transaction that has committed before the first byte.
  ///
  /// The number is the brand's highest one plus one, read and written in the same serializable
  /// transaction, as for ``append(_:kind:brand:licence:job:bureau:body:at:)``.
  ///
  /// Nothing is recorded, and so nothing done, with a key that was revoked meanwhile: `auth.invalid`.
  ///
  /// - Parameters:
  ///   - actor: whose doing it is, where that is known better here than by who asked.
  ///   - detail: a name or a number that helps a reader; never personal data, a secret, or what a file
  ///     holds.
  public func audit(
    _ transaction: Transaction, _ action: AuditAction, brand: BrandID, by actor: AuditActor? = nil,
    about subject: AuditSubject, detail: String = "", at now: Instant
  ) throws {
    try requireKey(transaction)
    let actor = actor ?? self.actor
    try transaction.run(
      AuditStore.append, brand, ambient.identifier(AuditEntryID.self, at: now), now,
      action.rawValue, actor.kind.rawValue, actor.id, actor.role, subject.design?.text,
      subject.revision?.text, subject.file?.text, subject.licence?.text, subject.order?.text,
      subject.job?.text, subject.bureau?.text, subject.key?.text, detail)
  }

  /// A brand's entries below a number, newest first.
  public func auditEntries(
    _ transaction: Transaction, brand: BrandID, _ filter: AuditFilter, below number: Int64,
    limit: Int
  ) throws -> [AuditEntry] {
    try transaction.rows(
      AuditStore.newest, brand, number, filter.since, filter.until, filter.action?.rawValue ?? "",
      filter.design?.text ?? "", filter.job?.text ?? "", filter.key?.text ?? "", limit
    ).map(AuditEntry.init(row:))
  }

  /// A brand's entries with numbers in a range, oldest first.
  public func auditEntries(
    _ transaction: Transaction, brand: BrandID, _ filter: AuditFilter, above number: Int64,
    through last: Int64, limit: Int
  ) throws -> [AuditEntry] {
    try transaction.rows(
      AuditStore.oldest, brand, number, filter.since, filter.until, filter.action?.rawValue ?? "",
      filter.design?.text ?? "", filter.job?.text ?? "", filter.key?.text ?? "", limit, last
    ).map(AuditEntry.init(row:))
  }

  /// The number of a brand's last entry; 0 before the first.
  public func lastAuditNumber(_ transaction: Transaction, brand: BrandID) throws -> Int64 {
    try transaction.row(AuditStore.last, brand)?.integer("number") ?? 0
  }

  /// The number of an entry; nil for another brand's.
  public func auditNumber(
    _ transaction: Transaction, of entry: AuditEntryID, brand: BrandID
  ) throws -> Int64? {
    try transaction.row(AuditStore.number, entry, brand)?.integer("number")
  }
}

/// Which entries: those that fit everything that is asked for.
public struct AuditFilter: Sendable, Hashable {
  /// Not before this moment.
  public var since: Instant
  /// Before this moment.
  public var until: Instant
  /// Of this action alone.
  public var action: AuditAction?
  /// About this design.
  public var design: DesignID?
  /// About this job.
  public var job: JobID?
  /// By or about this key.
  public var key: APIKeyID?

  /// A filter; what is left out lets everything pass.
  public init(
    since: Instant = Instant(milliseconds: .min), until: Instant = Instant(milliseconds: .max),
    action: AuditAction? = nil, design: DesignID? = nil, job: JobID? = nil, key: APIKeyID? = nil
  ) {
    (self.since, self.until, self.action) = (since, until, action)
    (self.design, self.job, self.key) = (design, job, key)
  }
}

/// The audit trail's SQL. Entries are added and read; there is no other statement, and a test holds
/// every source to that.
public enum AuditStore: StatementCatalogue {
  private static let columns = """
    id, number, at, action, actor, actor_id, actor_role, design_id, revision_id, file_id, licence_id,
    order_id, job_id, bureau_id, key_id, detail
    """
  private static let filter = """
    at >= $3 AND at < $4
      AND ($5 = '' OR action = $5) AND ($6 = '' OR design_id = $6) AND ($7 = '' OR job_id = $7)
      AND ($8 = '' OR key_id = $8 OR actor_id = $8)
    """
  static let keyInForce = Statement(
    "SELECT 1 FROM api_key WHERE id = $1 AND revoked_at IS NULL")
  static let append = Statement(
    """
    INSERT INTO audit_entry (
      brand_id, number, id, at, action, actor, actor_id, actor_role, design_id, revision_id, file_id,
      licence_id, order_id, job_id, bureau_id, key_id, detail)
    VALUES (
      $1, (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_entry WHERE brand_id = $1), $2, $3, $4, $5,
      $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """)
  static let newest = Statement(
    """
    SELECT \(columns) FROM audit_entry WHERE brand_id = $1 AND number < $2 AND \(filter)
    ORDER BY number DESC LIMIT CAST($9 AS BIGINT)
    """)
  static let oldest = Statement(
    """
    SELECT \(columns) FROM audit_entry
    WHERE brand_id = $1 AND number > $2 AND number <= $10 AND \(filter)
    ORDER BY number LIMIT CAST($9 AS BIGINT)
    """)
  static let last = Statement(
    "SELECT COALESCE(MAX(number), 0) AS number FROM audit_entry WHERE brand_id = $1")
  static let number = Statement("SELECT number FROM audit_entry WHERE id = $1 AND brand_id = $2")

  /// All of them.
  public static let statements = [keyInForce, append, newest, oldest, last, number]
}
