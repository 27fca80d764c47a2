import Database
public import Domain
public import Ledger

extension Tenants {
  /// A brand's audit trail, newest first. An entry of another brand as `after` is `not_found`.
  public func audit(
    of brand: BrandID, _ filter: AuditFilter = AuditFilter(), limit: Int = 20,
    after: AuditEntryID? = nil
  ) async throws -> Page<AuditEntry> {
    let limit = try Page<AuditEntry>.checked(limit: limit)
    return try await database.read { [ledger] transaction in
      let below = try after.map {
        try ledger.auditNumber(transaction, of: $0, brand: brand).orAbsent("entry")
      }
      return Page(
        try ledger.auditEntries(
          transaction, brand: brand, filter, below: below ?? .max, limit: limit + 1),
        limit: limit)
    }
  }

  /// A brand's whole audit trail as it is now, oldest first, read page by page as it is asked for.
  public func auditExport(of brand: BrandID, _ filter: AuditFilter) async throws -> AuditExport {
    let last = try await database.read { [ledger] in
      try ledger.lastAuditNumber($0, brand: brand)
    }
    return AuditExport(
      database: database, ledger: ledger, brand: brand, filter: filter, last: last)
  }
}

/// Pages of an audit trail up to the entry that was the last one when the export began: what is
/// recorded while it is read does not lengthen it. No page is empty.
public struct AuditExport: AsyncSequence, Sendable {
  /// How many entries are in memory at once.
  public static let pageSize = 500

  let database: Database
  let ledger: Ledger
  let brand: BrandID
  let filter: AuditFilter
  let last: Int64

  /// Starts at the oldest entry.
  public func makeAsyncIterator() -> Iterator { Iterator(export: self) }

  /// Reads one page after another.
  public struct Iterator: AsyncIteratorProtocol {
    let export: AuditExport
    private var number: Int64 = 0

    init(export: AuditExport) { self.export = export }

    /// The next page, or nil at the end.
    public mutating func next() async throws -> [AuditEntry]? {
      guard number < export.last else { return nil }
      let (export, number) = (export, number)
      let page = try await export.database.read { transaction in
        try export.ledger.auditEntries(
          transaction, brand: export.brand, export.filter, above: number, through: export.last,
          limit: AuditExport.pageSize)
      }
      self.number = page.last?.number ?? export.last
      return page.isEmpty ? nil : page
    }
  }
}
