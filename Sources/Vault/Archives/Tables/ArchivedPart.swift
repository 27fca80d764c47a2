import Database
public import Domain

/// A row of `part`. What a part may be is not the vault's to say: an import is handed that
/// (``Vault/importArchive(_:identities:checkingParts:progress:)``).
public struct ArchivedPart: Codable, Hashable, Sendable {
  /// Its identifier.
  public let id: PartID
  /// The revision that is printed, one of the design whose document this is in.
  public let revision: RevisionID
  /// The print profile that it is made by, one of the revision's.
  public let profile: ProfileID
  /// The licence that prints count against, one of the same design.
  public let licence: LicenceID
  /// The brand's own number for it.
  public let sku: String
  /// What customers read.
  public let name: String
  /// What customers read further.
  public let description: String
  /// The product models that it fits.
  public let fits: [String]
  /// What a customer pays for one.
  public let price: Money
  /// What a bureau is paid for one.
  public let payout: Money
  /// Days from order to arrival.
  public let leadDays: Int
  /// When it was created.
  public let createdAt: Instant
  /// What its ETag is made of.
  public let version: Int

  private enum CodingKeys: String, CodingKey {
    case id, revision, profile, licence, sku, name, description, fits, price, payout, version
    case leadDays = "lead_days"
    case createdAt = "created_at"
  }
}

extension ArchivedPart {
  init(row: Row, until latest: Instant) throws {
    id = try row.identifier("id")
    revision = try row.identifier("revision_id")
    profile = try row.identifier("profile_id")
    licence = try row.identifier("licence_id")
    (sku, name) = (try row.text("sku"), try row.text("name"))
    (description, fits) = (try row.text("description"), try row.json("fits"))
    (price, payout) = (try row.money("price_minor"), try row.money("payout_minor"))
    leadDays = try row.integer("lead_days")
    createdAt = try row.instant("created_at", until: latest)
    version = try row.integer("version")
  }

  func insert(_ transaction: Transaction, brand: BrandID, design: DesignID) throws {
    try transaction.run(
      ArchiveStore.insertPart, id, brand, design, revision, profile, licence, sku, name,
      description,
      try StoredJSON.text(fits), price.minorUnits, payout.minorUnits, price.currency.code, leadDays,
      createdAt, version)
  }
}
