/// An ISO 3166-1 alpha-2 country code that is assigned: `XX` and `UK` are none.
public struct Country: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
  /// Two upper-case letters.
  public let code: String

  /// Reads an assigned code in upper-case letters; `nil` for anything else.
  public init?(_ code: String) {
    guard Self.assigned.contains(code) else { return nil }
    self.code = code
  }

  /// The code.
  public var description: String { code }

  /// Orders by code.
  public static func < (left: Self, right: Self) -> Bool { left.code < right.code }

  /// Decodes the code.
  public init(from decoder: any Decoder) throws {
    self = try decodeText(
      decoder, "an assigned ISO 3166-1 alpha-2 country code", Self.init(_:))
  }

  /// Encodes the code.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }
}

/// A place on the Earth in degrees (WGS 84).
public struct Coordinates: Hashable, Sendable, Codable {
  /// Degrees north, −90…90.
  public let latitude: Double
  /// Degrees east, −180…180.
  public let longitude: Double

  /// A place; `nil` outside the ranges or when not a number.
  public init?(latitude: Double, longitude: Double) {
    guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
    self.latitude = latitude
    self.longitude = longitude
  }

  /// The same place rounded to a tenth of a degree (about 11 km): coarse enough to be kept
  /// outside the sealed address.
  public var coarse: Coordinates {
    Coordinates(
      uncheckedLatitude: (latitude * 10).rounded() / 10,
      longitude: (longitude * 10).rounded() / 10)
  }

  private init(uncheckedLatitude latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }

  private enum CodingKeys: String, CodingKey { case latitude, longitude }

  /// Decodes and checks the ranges.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let latitude = try container.decode(Double.self, forKey: .latitude)
    let longitude = try container.decode(Double.self, forKey: .longitude)
    guard let value = Self(latitude: latitude, longitude: longitude) else {
      throw DecodingError.dataCorruptedError(
        forKey: .latitude, in: container,
        debugDescription: "latitude is −90…90 and longitude −180…180 degrees")
    }
    self = value
  }
}

/// Where a part goes. Personal data: outside a sealed ticket and the sealed order it exists in
/// memory only.
public struct ShipTo: Hashable, Sendable, Codable {
  /// Who receives the parcel.
  public var name: String
  /// Street, house number and what else the carrier needs, a line each.
  public var lines: [String]
  /// Postal code.
  public var postalCode: String
  /// City.
  public var city: String
  /// Country.
  public var country: Country
  /// Where that is, for the distance.
  public var coordinates: Coordinates
  /// How the carrier reaches the receiver, if wanted.
  public var contact: String?

  /// An address; limits are checked by ``check()``.
  public init(
    name: String, lines: [String], postalCode: String, city: String, country: Country,
    coordinates: Coordinates, contact: String? = nil
  ) {
    self.name = name
    self.lines = lines
    self.postalCode = postalCode
    self.city = city
    self.country = country
    self.coordinates = coordinates
    self.contact = contact
  }

  /// Refuses an address that is empty, overlong or has control characters (`order.ship_to`).
  public func check() throws(Problem) {
    let texts = [name, postalCode, city, contact ?? "-"] + lines
    guard (1...5).contains(lines.count),
      texts.allSatisfy({ $0.isPlainText(maximumBytes: 200) })
    else {
      throw Problem(
        .invalid, "order.ship_to",
        "A ship-to address has a name, 1 to 5 lines, a postal code and a city, "
          + "each 1 to 200 bytes without control characters.")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, lines, city, country, coordinates, contact
    case postalCode = "postal_code"
  }
}

extension String {
  /// Whether the text is not empty, within a number of UTF-8 bytes, and free of control
  /// characters (C0, DEL, C1, line and paragraph separators) and of what is not seen but changes what
  /// is (general category Cf: bidirectional marks and overrides, zero-width space, tags), so that it
  /// may reach a terminal or a log and two different texts look different there. Of Cf, the joiners
  /// pass: Persian and Indic scripts and emoji are written with them.
  public func isPlainText(maximumBytes: Int) -> Bool {
    guard !isEmpty, utf8.count <= maximumBytes else { return false }
    return unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: false
      case 0x20..<0x7F, 0x200C, 0x200D: true
      default: scalar.properties.generalCategory != .format
      }
    }
  }
}
