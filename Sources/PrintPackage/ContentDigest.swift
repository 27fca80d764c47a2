public import Crypto
import Domain

/// A SHA-256 digest; in JSON 64 lower-case hexadecimal digits.
public struct ContentDigest: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Takes exactly 32 bytes, or is nil.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The digest of bytes in memory.
  public init(of content: some Collection<UInt8>) {
    bytes = Array(SHA256.hash(data: Array(content)))
  }

  /// The digest that a hash function has come to.
  public init(finishing hash: SHA256) {
    bytes = Array(hash.finalize())
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { bytes.hexadecimal }

  /// Reads the hexadecimal form and refuses any other.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = Array(try container.decode(String.self).utf8)
    let values = text.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard text.count == 64, values.count == 64 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not 64 lower-case hexadecimal digits")
    }
    bytes = (0..<32).map { values[2 * $0] << 4 | values[2 * $0 + 1] }
  }

  /// Writes the hexadecimal form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
