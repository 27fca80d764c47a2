public import Database
public import Domain

extension Ledger {
  /// Stores a new licence and its grant, which is audited.
  public func grantLicence(
    _ transaction: Transaction, id: LicenceID, brand: BrandID, design: DesignID,
    terms: LicenceTerms, at now: Instant
  ) throws {
    try transaction.run(
      LicenceStore.insert, id, brand, design, try StoredJSON.text(terms), terms.authorisedUnits,
      terms.scrapAllowance, now)
    try append(
      transaction, kind: .licenceGranted, brand: brand, licence: id,
      body: Grant(design: design, terms: terms), at: now)
    try audit(
      transaction, .licenceGranted, brand: brand, about: AuditSubject(design: design, licence: id),
      detail: "\(terms.authorisedUnits) units", at: now)
  }

  /// Stores a licence that comes from another installation, with the units that were used there. What
  /// orders hold there counts as consumed: their keys may be released there at any time, and a unit that
  /// both installations had would be printed twice.
  public func importLicence(
    _ transaction: Transaction, id: LicenceID, brand: BrandID, design: DesignID,
    terms: LicenceTerms, reserved: Int, consumed: Int, scrapped: Int, grantedAt: Instant,
    at now: Instant
  ) throws {
    try transaction.run(
      LicenceStore.insertImported, id, brand, design, try StoredJSON.text(terms),
      terms.authorisedUnits, reserved + consumed, terms.scrapAllowance, scrapped, grantedAt)
    try append(
      transaction, kind: .licenceImported, brand: brand, licence: id,
      body: Import(
        design: design, terms: terms, consumed: reserved + consumed, scrapped: scrapped), at: now)
  }

  /// A licence with its counts; `not_found` for another brand's.
  public func licence(
    _ transaction: Transaction, _ id: LicenceID, brand: BrandID
  ) throws -> LicenceRecord {
    try LicenceRecord(row: transaction.row(LicenceStore.select, id, brand).orAbsent("licence"))
  }

  /// Reserves units for a job, or refuses with `licence.count_exhausted`. A job that goes to another
  /// bureau reserves them once more: what the bureau before consumed stays consumed, because it has
  /// the key and could print.
  public func reserve(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, units: Int, job: JobID,
    at now: Instant
  ) throws {
    guard try transaction.run(LicenceStore.reserve, units, licence, brand) == 1 else {
      throw Problem(
        .conflict, "licence.count_exhausted",
        "The licence does not have \(units) authorised units left.")
    }
    try append(
      transaction, kind: .licenceReserved, brand: brand, licence: licence, job: job,
      json: Self.unitsJSON(units), at: now)
  }

  /// Gives the units that a job reserved and no key was released for back to the licence.
  public func giveBack(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, units: Int, job: JobID,
    at now: Instant
  ) throws {
    guard try transaction.run(LicenceStore.giveBack, units, licence, brand) == 1 else {
      throw Problem.failed("licence \(licence) has no \(units) reserved units to give back")
    }
    try append(
      transaction, kind: .licenceReturned, brand: brand, licence: licence, job: job,
      json: Self.unitsJSON(units), at: now)
  }

  /// Turns a job's reserved units into consumed ones and records the key release.
  public func consume(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, units: Int, job: JobID,
    bureau: BureauID, at now: Instant
  ) throws -> LedgerEntryID {
    guard try transaction.run(LicenceStore.consume, units, licence, brand) == 1 else {
      throw Problem.failed("licence \(licence) has no \(units) reserved units to consume")
    }
    return try append(
      transaction, kind: .keyReleased, brand: brand, licence: licence, job: job, bureau: bureau,
      json: Self.unitsJSON(units), at: now)
  }

  /// Turns a job's reserved units into consumed ones although no key release is known: one may have
  /// happened in a time that a restored database has lost, and would otherwise be licensed twice.
  public func presumeConsumed(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, units: Int, job: JobID,
    at now: Instant
  ) throws {
    guard try transaction.run(LicenceStore.consume, units, licence, brand) == 1 else {
      throw Problem.failed("licence \(licence) has no \(units) reserved units to consume")
    }
    try append(
      transaction, kind: .licencePresumed, brand: brand, licence: licence, job: job,
      json: Self.unitsJSON(units), at: now)
  }

  /// Uses the scrap allowance for a reprint, or refuses with `licence.scrap_exhausted`.
  public func useScrap(
    _ transaction: Transaction, licence: LicenceID, brand: BrandID, units: Int, job: JobID,
    at now: Instant
  ) throws {
    guard try transaction.run(LicenceStore.useScrap, units, licence, brand) == 1 else {
      throw Problem(
        .conflict, "licence.scrap_exhausted",
        "The licence's scrap allowance does not cover \(units) more units. Reassign the order, which "
          + "takes new units of the licence for another bureau, or abandon it.")
    }
    try append(
      transaction, kind: .scrapUsed, brand: brand, licence: licence, job: job,
      json: Self.unitsJSON(units), at: now)
  }

  private struct Grant: Encodable {
    let design: DesignID
    let terms: LicenceTerms
  }

  private struct Import: Encodable {
    let design: DesignID
    let terms: LicenceTerms
    let consumed: Int
    let scrapped: Int
  }

  /// By hand: an order writes it while every other writer waits.
  private static func unitsJSON(_ units: Int) -> String { "{\"units\":\(units)}" }
}

/// A licence with its counts, as it is stored and as its brand sees it. Always
/// `reserved + consumed ≤ authorised`.
public struct LicenceRecord: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: LicenceID
  /// The design that it is for.
  public let design: DesignID
  /// The terms.
  public let terms: LicenceTerms
  /// Units that may be printed in all.
  public let authorised: Int
  /// Units that orders hold.
  public let reserved: Int
  /// Units whose keys were released, once for each bureau that got them.
  public let consumed: Int
  /// Reprints used of the scrap allowance.
  public let scrapped: Int

  init(row: Row) throws {
    id = try row.identifier("id")
    design = try row.identifier("design_id")
    terms = try row.json("terms")
    authorised = try row.integer("authorised")
    reserved = try row.integer("reserved")
    consumed = try row.integer("consumed")
    scrapped = try row.integer("scrapped")
  }
}

/// The licences' SQL: counters move only by conditional updates.
public enum LicenceStore: StatementCatalogue {
  static let insert = Statement(
    """
    INSERT INTO licence (
      id, brand_id, design_id, terms, authorised, reserved, consumed, scrap_allowance, scrapped,
      created_at)
    VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 0, $7)
    """)
  static let insertImported = Statement(
    """
    INSERT INTO licence (
      id, brand_id, design_id, terms, authorised, reserved, consumed, scrap_allowance, scrapped,
      created_at)
    VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)
    """)
  static let select = Statement(
    """
    SELECT id, design_id, terms, authorised, reserved, consumed, scrapped FROM licence
    WHERE id = $1 AND brand_id = $2
    """)
  static let reserve = Statement(
    """
    UPDATE licence SET reserved = reserved + $1
    WHERE id = $2 AND brand_id = $3 AND reserved + consumed + $1 <= authorised
    """)
  static let giveBack = Statement(
    """
    UPDATE licence SET reserved = reserved - $1
    WHERE id = $2 AND brand_id = $3 AND reserved >= $1
    """)
  static let consume = Statement(
    """
    UPDATE licence SET reserved = reserved - $1, consumed = consumed + $1
    WHERE id = $2 AND brand_id = $3 AND reserved >= $1
    """)
  static let useScrap = Statement(
    """
    UPDATE licence SET scrapped = scrapped + $1
    WHERE id = $2 AND brand_id = $3 AND scrapped + $1 <= scrap_allowance
    """)

  /// All of them.
  public static let statements = [
    insert, insertImported, select, reserve, giveBack, consume, useScrap,
  ]
}
