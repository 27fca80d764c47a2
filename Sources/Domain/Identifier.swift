/// What kind of thing an identifier names, and the prefix that shows it (`ord_…`).
public protocol IdentifierKind: Sendable {
  /// Three lower-case letters, without the underscore.
  static var prefix: String { get }
}

/// A typed identifier: a prefix, an underscore and the 32 lower-case hexadecimal digits of a
/// UUIDv7 (RFC 9562, section 5.7), so that identifiers of one kind sort by the time they were made.
public struct Identifier<Kind: IdentifierKind>: Hashable, Sendable, Comparable {
  /// The whole text, for example `ord_0194f6c2d1e97a3c8f00aa5512345678`.
  public let text: String

  /// Reads an identifier from outside; `nil` unless it has exactly the canonical form.
  public init?(_ text: String) {
    let utf8 = text.utf8
    let prefix = Kind.prefix.utf8
    guard utf8.count == prefix.count + 33, utf8.starts(with: prefix) else { return nil }
    let rest = utf8.dropFirst(prefix.count)
    guard rest.first == UInt8(ascii: "_") else { return nil }
    for byte in rest.dropFirst() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
      default: return nil
      }
    }
    self.text = text
  }

  /// Makes a new identifier: 48 bits of milliseconds, then 74 random bits.
  public init(at now: Instant, using generator: inout some RandomNumberGenerator) {
    let (first, second): (UInt64, UInt64) = (generator.next(), generator.next())
    let time = UInt64(truncatingIfNeeded: now.milliseconds)
    let high = (time << 16) | 0x7000 | (first & 0x0FFF)
    let low = (second & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    text = Kind.prefix + "_" + Self.hexadecimal(high) + Self.hexadecimal(low)
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Orders by text, which for one kind is the order of making.
  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension Identifier: CustomStringConvertible {
  /// The identifier's text.
  public var description: String { text }
}

extension Identifier: Codable {
  /// Decodes the text form and refuses any other.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not an identifier that begins with \(Kind.prefix)_")
    }
    self = value
  }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
