public import Database
public import Domain
public import Ledger

/// What brands sell.
public struct Catalogue: Sendable {
  private let database: Database
  private let ambient: Ambient

  /// A catalogue kept in a database.
  public init(database: Database, ambient: Ambient) {
    self.database = database
    self.ambient = ambient
  }

  /// Creates a part that prints the design's newest released revision under its newest licence, in the
  /// first of its print profiles or the one that is asked for.
  ///
  /// `not_found` for another brand's design or profile, `part.not_released` for a design without a
  /// released revision, `part.profile` for a profile of another revision, `part.sku_taken`, and the codes of what is out of its limits; `RepeatedRequest` for a
  /// request that has made one.
  public func createPart(
    brand: BrandID, _ new: NewPart, once request: IdempotentRequest? = nil
  ) async throws -> PartView {
    try new.check()
    let now = ambient.now()
    let id = ambient.identifier(PartID.self, at: now)
    let fits = try StoredJSON.text(new.fits)
    return try await database.write { transaction in
      try request?.claim(transaction, for: id, at: now)
      _ = try transaction.row(CatalogueStore.design, new.design, brand).orAbsent("design")
      guard
        let revision = try transaction.row(CatalogueStore.releasedRevision, new.design, brand),
        let licence = try transaction.row(CatalogueStore.licence, new.design, brand)
      else {
        throw Problem(
          .conflict, "part.not_released",
          "The design has no released revision: upload its files and release it first.")
      }
      let profile = try profile(
        transaction, new.profile, of: try revision.identifier("id"), brand: brand)
      let part = PartView(
        id: id, sku: new.sku, name: new.name, description: new.description, fits: new.fits,
        price: new.price, leadDays: new.leadDays, payout: new.payout, design: new.design,
        revision: try revision.identifier("id"), profile: profile.id, profileName: profile.name,
        licence: try licence.identifier("id"), isOrderable: true,
        version: 1, createdAt: now)
      do {
        try transaction.run(
          CatalogueStore.insert, brand, id, new.design, part.revision, part.profile, part.licence,
          new.sku,
          new.name, new.description, fits, new.price.minorUnits, new.payout.minorUnits,
          new.price.currency.code, new.leadDays, now)
      } catch let error as DatabaseError where error.isUniqueViolation(of: "part") {
        throw Problem(
          .conflict, "part.sku_taken", "Another part of this brand has the SKU \(new.sku).")
      }
      return part
    }
  }

  /// Changes what a part is called, fits, costs and takes, and in which profile of its revision it is made.
  /// Orders that were placed keep their price, days and profile.
  ///
  /// - Throws: `not_found`, `precondition.failed`, `part.profile`, and the codes of what is out of its
  ///   limits.
  public func changePart(
    brand: BrandID, _ id: PartID, _ change: PartChange, if condition: VersionCondition
  ) async throws -> PartView {
    try await database.write { transaction in
      let before = try PartView(
        row: transaction.row(CatalogueStore.select, id, brand).orAbsent("part"))
      try condition.check(before.version)
      let after = NewPart(
        sku: before.sku, name: change.name ?? before.name,
        description: change.description ?? before.description, fits: change.fits ?? before.fits,
        design: before.design, price: change.price ?? before.price,
        payout: change.payout ?? before.payout, leadDays: change.leadDays ?? before.leadDays)
      try after.check()
      let profile =
        try change.profile.map {
          try self.profile(transaction, $0, of: before.revision, brand: brand).id
        } ?? before.profile
      try transaction.run(
        CatalogueStore.change, after.name, after.description, try StoredJSON.text(after.fits),
        after.price.minorUnits, after.payout.minorUnits, after.price.currency.code, after.leadDays,
        profile, id, brand)
      return try PartView(
        row: transaction.row(CatalogueStore.select, id, brand).orAbsent("part"))
    }
  }

  /// The profile that was asked for, or the revision's first. One of another brand, which is absent, is
  /// told apart from one of another revision, for which the revision's own names are given.
  private func profile(
    _ transaction: Transaction, _ wanted: ProfileID?, of revision: RevisionID, brand: BrandID
  ) throws -> (id: ProfileID, name: String) {
    let profiles = try transaction.rows(CatalogueStore.profiles, revision, brand).map {
      (id: try $0.identifier("id", as: ProfileID.self), name: try $0.text("name"))
    }
    if let found = profiles.first(where: { wanted == nil || $0.id == wanted }) { return found }
    guard let wanted else { throw Problem.failed("revision \(revision) has no print profile") }
    _ = try transaction.row(CatalogueStore.profile, wanted, brand).orAbsent("print profile")
    let own = profiles.map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
    throw Problem(
      .conflict, "part.profile",
      "That print profile is not one of the revision that is sold, which has \(own).")
  }

  /// A brand's part; `not_found` for another's.
  public func part(brand: BrandID, _ id: PartID) async throws -> PartView {
    let row = try await database.read { transaction in
      try transaction.row(CatalogueStore.select, id, brand)
    }
    return try PartView(row: row.orAbsent("part"))
  }

  /// A brand's part of an SKU, if there is one, as a page of one.
  public func parts(brand: BrandID, sku: String) async throws -> Page<PartView> {
    let row = try await database.read { transaction in
      try transaction.row(CatalogueStore.bySKU, sku, brand)
    }
    return Page(data: try row.map { [try PartView(row: $0)] } ?? [], hasMore: false)
  }

  /// A brand's parts, newest first.
  public func parts(
    brand: BrandID, limit: Int = 20, after: PartID? = nil
  ) async throws -> Page<PartView> {
    let limit = try Page<PartView>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(CatalogueStore.list, brand, after.cursor, limit + 1)
    }
    return Page(try rows.map(PartView.init(row:)), limit: limit)
  }
}

extension PartView {
  init(row: Row) throws {
    self.init(
      id: try row.identifier("id"), sku: try row.text("sku"), name: try row.text("name"),
      description: try row.text("description"),
      fits: try row.json("fits"), price: try row.money("price_minor"),
      leadDays: try row.integer("lead_days"), payout: try row.money("payout_minor"),
      design: try row.identifier("design_id"), revision: try row.identifier("revision_id"),
      profile: try row.identifier("profile_id"), profileName: try row.text("profile_name"),
      licence: try row.identifier("licence_id"),
      isOrderable: try row.named("revision_state", as: RevisionState.self) == .released,
      version: try row.integer("version"),
      createdAt: try row.instant("created_at"))
  }
}
