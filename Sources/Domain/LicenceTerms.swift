/// The terms under which a revision may be printed.
public struct LicenceTerms: Hashable, Sendable, Codable {
  /// How many units may be printed in all.
  public var authorisedUnits: Int
  /// How many units may be printed again after a failed inspection, beyond the authorised ones.
  public var scrapAllowance: Int
  /// The countries where the part may be printed; empty means anywhere.
  public var territories: [Country]
  /// The first day on which it may be printed, if limited.
  public var validFrom: CalendarDay?
  /// The last day on which it may be printed, if limited.
  public var validUntil: CalendarDay?

  /// Terms; limits are checked by ``check()``.
  public init(
    authorisedUnits: Int, scrapAllowance: Int = 0, territories: [Country] = [],
    validFrom: CalendarDay? = nil, validUntil: CalendarDay? = nil
  ) {
    self.authorisedUnits = authorisedUnits
    self.scrapAllowance = scrapAllowance
    self.territories = territories
    self.validFrom = validFrom
    self.validUntil = validUntil
  }

  /// Refuses senseless terms (`licence.terms`).
  public func check() throws(Problem) {
    guard (0...1_000_000_000).contains(authorisedUnits),
      (0...1_000_000_000).contains(scrapAllowance), territories.count <= 300,
      (validFrom ?? validUntil).map({ $0 <= validUntil ?? $0 }) ?? true
    else {
      throw Problem(
        .invalid, "licence.terms",
        "Licence terms have 0 to 1,000,000,000 units, at most 300 territories, and end on or "
          + "after the day they begin.")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case territories
    case authorisedUnits = "authorised_units"
    case scrapAllowance = "scrap_allowance"
    case validFrom = "valid_from"
    case validUntil = "valid_until"
  }

  /// Decodes terms; what is left out has the value that ``init(authorisedUnits:scrapAllowance:territories:validFrom:validUntil:)`` gives it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      authorisedUnits: try container.decode(Int.self, forKey: .authorisedUnits),
      scrapAllowance: try container.decodeIfPresent(Int.self, forKey: .scrapAllowance) ?? 0,
      territories: try container.decodeIfPresent([Country].self, forKey: .territories) ?? [],
      validFrom: try container.decodeIfPresent(CalendarDay.self, forKey: .validFrom),
      validUntil: try container.decodeIfPresent(CalendarDay.self, forKey: .validUntil))
  }
}
