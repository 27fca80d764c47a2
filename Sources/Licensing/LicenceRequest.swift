public import Domain

/// What is asked of a licence: to print so many units, there, on that day.
public struct LicenceRequest: Hashable, Sendable {
  /// How many units.
  public var units: Int
  /// The country of the site that would print them.
  public var country: Country
  /// The day of production.
  public var day: CalendarDay

  /// A request.
  public init(units: Int, country: Country, day: CalendarDay) {
    self.units = units
    self.country = country
    self.day = day
  }
}

/// Why a licence does not permit a request. The raw value is the stable code.
public enum LicenceRefusal: String, Hashable, Sendable, CaseIterable {
  /// No units were asked for, or more than the licence authorises in all.
  case units = "licence.units"
  /// The site is outside the licensed territories.
  case territory = "licence.territory"
  /// The day is before the first or after the last licensed one.
  case dates = "licence.dates"

  /// The stable code.
  public var code: String { rawValue }

  /// In words, for the brand and the operator.
  public var message: String {
    switch self {
    case .units: "The licence does not authorise that number of units."
    case .territory: "The licence does not permit printing in the site's country."
    case .dates: "The licence does not permit printing on the production day."
    }
  }
}
