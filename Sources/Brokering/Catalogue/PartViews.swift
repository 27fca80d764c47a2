public import Domain

/// A part to sell, as its brand describes it.
public struct NewPart: Hashable, Sendable, Codable {
  /// The brand's own number for it; unique within the brand.
  public var sku: String
  /// What customers read.
  public var name: String
  /// What customers read further, if anything.
  public var description: String
  /// The product models that it fits.
  public var fits: [String]
  /// The design behind it, which needs a released revision.
  public var design: DesignID
  /// The print profile in which it is made, one of the design's released revision; the first if left out.
  public var profile: ProfileID?
  /// What a customer pays for one.
  public var price: Money
  /// What a bureau is paid for one; in the price's currency.
  public var payout: Money
  /// Days from order to arrival, 1 to 365.
  public var leadDays: Int

  /// A part to sell.
  public init(
    sku: String, name: String, description: String = "", fits: [String] = [], design: DesignID,
    profile: ProfileID? = nil, price: Money, payout: Money, leadDays: Int
  ) {
    self.sku = sku
    self.name = name
    self.description = description
    self.fits = fits
    self.design = design
    self.profile = profile
    self.price = price
    self.payout = payout
    self.leadDays = leadDays
  }

  private enum CodingKeys: String, CodingKey {
    case sku, name, description, fits, design, profile, price, payout
    case leadDays = "lead_days"
  }

  /// Decodes a part; a description and a list of models may be left out.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      sku: try container.decode(String.self, forKey: .sku),
      name: try container.decode(String.self, forKey: .name),
      description: try container.decodeIfPresent(String.self, forKey: .description) ?? "",
      fits: try container.decodeIfPresent([String].self, forKey: .fits) ?? [],
      design: try container.decode(DesignID.self, forKey: .design),
      profile: try container.decodeIfPresent(ProfileID.self, forKey: .profile),
      price: try container.decode(Money.self, forKey: .price),
      payout: try container.decode(Money.self, forKey: .payout),
      leadDays: try container.decode(Int.self, forKey: .leadDays))
  }

  /// The highest price of one part in minor units.
  static let priceMax: Int64 = 1_000_000_000_000

  /// Refuses texts, amounts and days out of their limits (`part.sku`, `part.name`,
  /// `part.description`, `part.fits`, `part.price`, `part.lead_days`).
  public func check() throws(Problem) {
    try Brokering.check(sku, "part.sku", "SKU", maximumBytes: 64)
    try Brokering.check(name, "part.name", "name")
    if !description.isEmpty {
      try Brokering.check(description, "part.description", "description", maximumBytes: 4000)
    }
    guard fits.count <= 200, fits.allSatisfy({ $0.isPlainText(maximumBytes: 200) }) else {
      throw Problem(
        .invalid, "part.fits", "A part fits at most 200 models, each 1 to 200 bytes of plain text.")
    }
    guard price.currency == payout.currency, (0...Self.priceMax).contains(price.minorUnits),
      (0...Self.priceMax).contains(payout.minorUnits)
    else {
      throw Problem(
        .invalid, "part.price",
        "Price and payout are in one currency, each 0 to 1,000,000,000,000 minor units.")
    }
    guard (1...365).contains(leadDays) else {
      throw Problem(.invalid, "part.lead_days", "The lead time is 1 to 365 days.")
    }
  }
}

/// What of a part is to be another; what is left out stays as it is.
public struct PartChange: Hashable, Sendable, Codable {
  /// What customers read.
  public var name: String?
  /// What customers read further.
  public var description: String?
  /// The product models that it fits.
  public var fits: [String]?
  /// What a customer pays for one, in the payout's currency.
  public var price: Money?
  /// What a bureau is paid for one, in the price's currency.
  public var payout: Money?
  /// Days from order to arrival, 1 to 365.
  public var leadDays: Int?
  /// The print profile in which it is made, one of the revision that it is sold from.
  public var profile: ProfileID?

  /// A change.
  public init(
    name: String? = nil, description: String? = nil, fits: [String]? = nil, price: Money? = nil,
    payout: Money? = nil, leadDays: Int? = nil, profile: ProfileID? = nil
  ) {
    self.name = name
    self.description = description
    self.fits = fits
    self.price = price
    self.payout = payout
    self.leadDays = leadDays
    self.profile = profile
  }

  private enum CodingKeys: String, CodingKey {
    case name, description, fits, price, payout, profile
    case leadDays = "lead_days"
  }
}

/// A part as its brand sees it.
public struct PartView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: PartID
  /// The brand's own number for it.
  public var sku: String
  /// What customers read.
  public var name: String
  /// What customers read further.
  public var description: String
  /// The product models that it fits.
  public var fits: [String]
  /// What a customer pays for one.
  public var price: Money
  /// Days from order to arrival.
  public var leadDays: Int
  /// What a bureau is paid for one.
  public var payout: Money
  /// The design behind it.
  public var design: DesignID
  /// The revision that is printed.
  public var revision: RevisionID
  /// The revision's print profile in which it is made. The next revision's of the same name takes its place.
  public var profile: ProfileID
  /// That profile's name.
  public var profileName: String
  /// The licence that prints count against.
  public var licence: LicenceID
  /// Whether it can be ordered: not while its revision is withdrawn.
  public var isOrderable: Bool
  /// Grows with every change that a person makes.
  public var version: Int
  /// When it was created.
  public var createdAt: Instant

  /// The part without what is between the brand and its bureaus.
  public var storefront: StorefrontPart {
    StorefrontPart(
      id: id, sku: sku, name: name, description: description, fits: fits, price: price,
      leadDays: leadDays, isOrderable: isOrderable)
  }

  private enum CodingKeys: String, CodingKey {
    case id, sku, name, description, fits, price, payout, design, revision, profile, licence
    case version
    case profileName = "profile_name"
    case isOrderable = "orderable"
    case leadDays = "lead_days"
    case createdAt = "created_at"
  }
}

/// A part as a storefront sells it.
public struct StorefrontPart: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: PartID
  /// The brand's own number for it.
  public var sku: String
  /// What customers read.
  public var name: String
  /// What customers read further.
  public var description: String
  /// The product models that it fits.
  public var fits: [String]
  /// What a customer pays for one.
  public var price: Money
  /// Days from order to arrival.
  public var leadDays: Int
  /// Whether it can be ordered now.
  public var isOrderable: Bool

  private enum CodingKeys: String, CodingKey {
    case id, sku, name, description, fits, price
    case isOrderable = "orderable"
    case leadDays = "lead_days"
  }
}
