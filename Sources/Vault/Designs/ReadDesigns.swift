import Database
public import Domain
import Ledger

extension Vault {
  /// A design of a brand; `not_found` for another's.
  public func design(brand: BrandID, _ id: DesignID) async throws -> DesignView {
    try await database.read { [self] in try view($0, id, brand: brand) }
  }

  /// A brand's designs, newest first. Throws `page.limit`.
  public func designs(
    brand: BrandID, limit: Int = 20, after: DesignID? = nil
  ) async throws -> Page<DesignView> {
    let limit = try Page<DesignView>.checked(limit: limit)
    return try await database.read { [self] transaction in
      // `~` is above every identifier.
      let rows = try transaction.rows(DesignStore.page, brand, after?.text ?? "~", limit + 1)
      return Page(
        data: try rows.prefix(limit).map { try view(transaction, row: $0, brand: brand) },
        hasMore: rows.count > limit)
    }
  }

  /// A licence of a brand with its counts and the entries that prove them, both of one moment;
  /// `not_found` for another's.
  public func licence(brand: BrandID, _ id: LicenceID) async throws -> LicenceAccount {
    try await database.read { [ledger] in
      LicenceAccount(
        LicenceView(try ledger.licence($0, id, brand: brand)),
        entries: try ledger.entries($0, licence: id, brand: brand))
    }
  }

  func view(_ transaction: Transaction, _ id: DesignID, brand: BrandID) throws -> DesignView {
    guard let row = try transaction.row(DesignStore.select, id, brand) else {
      throw Problem.absent("design")
    }
    return try view(transaction, row: row, brand: brand)
  }

  private func view(_ transaction: Transaction, row: Row, brand: BrandID) throws -> DesignView {
    let (revision, files) = try revisionView(transaction, row: row, brand: brand)
    return DesignView(
      id: try row.identifier("id"),
      name: try row.text("name"),
      version: try row.integer("version"),
      createdAt: try row.instant("created_at"),
      revision: revision,
      licence: LicenceView(
        try ledger.licence(transaction, try row.identifier("licence_id"), brand: brand)),
      files: files.map(\.view),
      shredding: try row.identifierOrNil("design_shredding_id"),
      isSold: try row.integer("sold") > 0,
      filesMax: limits.filesMax)
  }
}
