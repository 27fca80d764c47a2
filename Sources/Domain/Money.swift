/// An ISO 4217 alphabetic currency code.
public struct Currency: Hashable, Sendable, CustomStringConvertible, Codable {
  /// Three upper-case letters.
  public let code: String

  /// Reads three upper-case letters; `nil` for anything else.
  public init?(_ code: String) {
    guard code.utf8.count == 3,
      code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { return nil }
    self.code = code
  }

  /// The code.
  public var description: String { code }

  /// Decodes the code.
  public init(from decoder: any Decoder) throws {
    self = try decodeText(decoder, "an ISO 4217 currency code", Self.init(_:))
  }

  /// Encodes the code.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }
}

/// An amount of money in minor units (cents), never a floating-point number.
public struct Money: Hashable, Sendable, Codable {
  /// The amount in the currency's minor unit.
  public let minorUnits: Int64
  /// The currency.
  public let currency: Currency

  /// An amount in minor units of a currency.
  public init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// The amount that many times; `nil` when it does not fit 64 bits.
  public func times(_ quantity: Int) -> Money? {
    let (product, overflow) = minorUnits.multipliedReportingOverflow(by: Int64(quantity))
    return overflow ? nil : Money(minorUnits: product, currency: currency)
  }

  private enum CodingKeys: String, CodingKey {
    case minorUnits = "minor_units"
    case currency
  }
}
