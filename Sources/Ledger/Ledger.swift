public import Database
public import Domain

/// What several use cases write in one transaction: licence counts, the append-only entries that
/// prove them, a job's state with its events, and the audit trail. Every method works inside the
/// caller's transaction and has no other effect, so that what it records and the record commit
/// together.
public struct Ledger: Sendable {
  let ambient: Ambient
  let orderSignals: Signals<OrderID>?
  /// Wakes who waits for a change of a bureau's offers and jobs.
  public let bureauSignals = Signals<BureauID>()
  /// Whose doing is what this ledger is told to record in the audit trail.
  public private(set) var actor = AuditActor.broker
  /// With which key they asked; nil where nobody did.
  private var key: APIKeyID?

  /// A ledger that takes identifiers from an ambient and, after the commit of an order's event,
  /// wakes who waits for that order or for the bureaus that have to do with it. It acts for the broker
  /// itself. One process has one, and copies of it.
  public init(ambient: Ambient, orderSignals: Signals<OrderID>? = nil) {
    self.ambient = ambient
    self.orderSignals = orderSignals
  }

  /// The same ledger, acting for somebody who asked with a key.
  public func acting(for actor: AuditActor, with key: APIKeyID? = nil) -> Ledger {
    var ledger = self
    (ledger.actor, ledger.key) = (actor, key)
    return ledger
  }

  /// Refuses what was asked with a key that has been revoked since: a request may have been hours on its
  /// way. Asked in the transaction of the effect, so that none is committed after the revocation.
  ///
  /// - Throws: `auth.invalid`.
  public func requireKey(_ transaction: Transaction) throws {
    guard let key, try transaction.row(AuditStore.keyInForce, key) == nil else { return }
    throw Problem(
      .unauthenticated, "auth.invalid", "This API key is not known here, or was revoked.")
  }

  /// Appends an entry and numbers it.
  ///
  /// The number is the highest one plus one, read and written in the same serializable transaction:
  /// numbers are without gaps, and a reader never sees one that is filled later.
  ///
  /// - Parameters:
  ///   - brand: whose entry it is; nil for what belongs to no brand, such as an enrolment.
  ///   - body: what is said, as JSON with sorted keys; identifiers and counts only, never
  ///     personal data, keys or digests of plaintext.
  @discardableResult
  public func append(
    _ transaction: Transaction, kind: LedgerKind, brand: BrandID?, licence: LicenceID? = nil,
    job: JobID? = nil, bureau: BureauID? = nil, body: some Encodable, at now: Instant
  ) throws -> LedgerEntryID {
    try append(
      transaction, kind: kind, brand: brand, licence: licence, job: job, bureau: bureau,
      json: try StoredJSON.text(body), at: now)
  }

  @discardableResult
  func append(
    _ transaction: Transaction, kind: LedgerKind, brand: BrandID?, licence: LicenceID?,
    job: JobID?, bureau: BureauID? = nil, json: String, at now: Instant
  ) throws -> LedgerEntryID {
    let id = ambient.identifier(LedgerEntryID.self, at: now)
    try transaction.run(
      EntryStore.append, id, brand?.text, kind.rawValue, licence?.text, job?.text, bureau?.text,
      json, now)
    return id
  }

  /// A licence's entries in the order of their numbers, those after a number.
  public func entries(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, after number: Int64 = 0,
    limit: Int = 1000
  ) throws -> [LedgerEntry] {
    try transaction.rows(EntryStore.ofLicence, licence, brand, number, limit)
      .map(LedgerEntry.init(row:))
  }

  /// The number of an entry of a licence; nil for another's.
  public func number(
    _ transaction: Transaction, of entry: LedgerEntryID, licence: LicenceID, brand: BrandID
  ) throws -> Int64? {
    try transaction.row(EntryStore.numberOfLicence, entry, licence, brand)?.integer("number")
  }
}

/// What an entry records.
public enum LedgerKind: String, Sendable, Codable, CaseIterable {
  /// A brand authorised units.
  case licenceGranted = "licence.granted"
  /// An order reserved units.
  case licenceReserved = "licence.reserved"
  /// An order that ended gave its units back.
  case licenceReturned = "licence.returned"
  /// A key release consumed units.
  case keyReleased = "key.released"
  /// A failed inspection used the scrap allowance.
  case scrapUsed = "licence.scrap_used"
  /// A bureau's completion was accepted.
  case completed = "job.completed"
  /// A brand withdrew a revision.
  case revisionWithdrawn = "revision.withdrawn"
  /// A brand shredded a revision or a whole design; the body says which revisions.
  case shredded = "design.shredded"
  /// A bureau's keys were enrolled.
  case bureauEnrolled = "bureau.enrolled"
  /// Units of an order whose keys may have been released in a time that a restored database does not
  /// know: they count as consumed.
  case licencePresumed = "licence.presumed_consumed"
  /// A licence came from another installation, with what was used of it there.
  case licenceImported = "licence.imported"
  /// The database was restored from an older copy; the body says which entries are lost.
  case recovered = "installation.recovered"
}

/// One entry as stored.
public struct LedgerEntry: Sendable, Hashable, Codable {
  /// Its place, counted from 1 without gaps.
  public let number: Int64
  /// Its identifier.
  public let id: LedgerEntryID
  /// What it records.
  public let kind: LedgerKind
  /// The job that caused it, if one did.
  public let job: JobID?
  /// The bureau that it concerns, if one.
  public let bureau: BureauID?
  /// What it says, as JSON.
  public let body: String
  /// When.
  public let at: Instant

  init(row: Row) throws {
    number = try row.integer("number")
    id = try row.identifier("id")
    kind = try row.named("kind")
    job = try row.identifierOrNil("job_id")
    bureau = try row.identifierOrNil("bureau_id")
    body = try row.text("body")
    at = try row.instant("at")
  }
}

/// The entries' SQL.
public enum EntryStore: StatementCatalogue {
  static let append = Statement(
    """
    INSERT INTO ledger_entry (number, id, brand_id, kind, licence_id, job_id, bureau_id, body, at)
    VALUES (
      (SELECT COALESCE(MAX(number), 0) + 1 FROM ledger_entry), $1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let ofLicence = Statement(
    """
    SELECT number, id, kind, job_id, bureau_id, body, at FROM ledger_entry
    WHERE licence_id = $1 AND brand_id = $2 AND number > $3
    ORDER BY number LIMIT CAST($4 AS BIGINT)
    """)
  static let numberOfLicence = Statement(
    "SELECT number FROM ledger_entry WHERE id = $1 AND licence_id = $2 AND brand_id = $3")

  /// All of them.
  public static let statements = [append, ofLicence, numberOfLicence]
}
