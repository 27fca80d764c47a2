import Database
import Domain
import Ledger

/// A row of `licence`: its terms, which say how many units are authorised, and what was used of them.
struct ArchivedLicence: Codable, Hashable, Sendable {
  let id: LicenceID
  let terms: LicenceTerms
  /// Units that orders held which no bureau had accepted. An import counts them as consumed.
  let reserved: Int
  let consumed: Int
  let scrapped: Int
  let createdAt: Instant

  private enum CodingKeys: String, CodingKey {
    case id, terms, reserved, consumed, scrapped
    case createdAt = "created_at"
  }
}

extension ArchivedLicence {
  init(row: Row, until latest: Instant) throws {
    id = try row.identifier("id")
    terms = try row.json("terms")
    reserved = try row.integer("reserved")
    consumed = try row.integer("consumed")
    scrapped = try row.integer("scrapped")
    createdAt = try row.instant("created_at", until: latest)
  }

  var used: Int { reserved + consumed + scrapped }

  func check() throws {
    try terms.check()
    // Each within its limit first, so that no sum overflows.
    guard (0...terms.authorisedUnits).contains(consumed),
      (0...terms.authorisedUnits - consumed).contains(reserved),
      (0...terms.scrapAllowance).contains(scrapped)
    else {
      throw ArchiveFormat.content(
        "\(id)", "more of it is used than its terms authorise, or less than nothing.")
    }
  }

  func insert(
    _ transaction: Transaction, brand: BrandID, design: DesignID, ledger: Ledger, at now: Instant
  ) throws {
    try ledger.importLicence(
      transaction, id: id, brand: brand, design: design, terms: terms, reserved: reserved,
      consumed: consumed, scrapped: scrapped, grantedAt: createdAt, at: now)
  }
}
