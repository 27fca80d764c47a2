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

  /// A brand's design of a reference, if there is one, as a page of one.
  public func designs(brand: BrandID, reference: String) async throws -> Page<DesignView> {
    try await database.read { [self] transaction in
      let row = try transaction.row(DesignStore.byReference, reference, brand)
      return Page(
        data: try row.map { [try view(transaction, row: $0, brand: brand)] } ?? [], hasMore: false)
    }
  }

  /// A licence of a brand with its counts and the first entries that prove them, both of one moment;
  /// `not_found` for another's.
  public func licence(brand: BrandID, _ id: LicenceID) async throws -> LicenceAccount {
    try await database.read { [ledger] in
      let limit = Page<LicenceAccount.Entry>.limitMax
      return LicenceAccount(
        try ledger.licence($0, id, brand: brand),
        entries: Page(
          try ledger.entries($0, licence: id, brand: brand, limit: limit + 1)
            .map(LicenceAccount.Entry.init), limit: limit))
    }
  }

  /// All the entries that prove a licence's counts, oldest first; `not_found` for another brand's licence and
  /// for another licence's entry as `after`. Throws `page.limit`.
  public func licenceEntries(
    brand: BrandID, _ id: LicenceID, limit: Int = 20, after: LedgerEntryID? = nil
  ) async throws -> Page<LicenceAccount.Entry> {
    let limit = try Page<LicenceAccount.Entry>.checked(limit: limit)
    return try await database.read { [ledger] transaction in
      _ = try ledger.licence(transaction, id, brand: brand)
      let number = try after.map {
        try ledger.number(transaction, of: $0, licence: id, brand: brand).orAbsent("entry")
      }
      return Page(
        try ledger.entries(
          transaction, licence: id, brand: brand, after: number ?? 0, limit: limit + 1
        ).map(LicenceAccount.Entry.init), limit: limit)
    }
  }

  func view(_ transaction: Transaction, _ id: DesignID, brand: BrandID) throws -> DesignView {
    let row = try transaction.row(DesignStore.select, id, brand).orAbsent("design")
    return try view(transaction, row: row, brand: brand)
  }

  private func view(_ transaction: Transaction, row: Row, brand: BrandID) throws -> DesignView {
    let (revision, files) = try revisionView(transaction, row: row, brand: brand)
    return DesignView(
      id: try row.identifier("id"),
      name: try row.text("name"),
      reference: try row.textOrNil("reference"),
      version: try row.integer("version"),
      createdAt: try row.instant("created_at"),
      isPostQuantumOnly: try row.bool("pq_only"),
      isPreviewInOffers: try row.bool("preview_in_offers"),
      classicalReleases: try row.integer("classical_releases"),
      revision: revision,
      licence: try ledger.licence(transaction, row.identifier("licence_id"), brand: brand),
      files: files.map(\.view),
      shredding: try row.identifierOrNil("design_shredding_id"),
      isShredded: try row.bool("shredded"),
      isSold: try row.integer("sold") > 0,
      filesMax: limits.filesMax)
  }
}
