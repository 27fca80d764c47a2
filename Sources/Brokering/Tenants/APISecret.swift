import Crypto
import Domain

/// The secret that authenticates a key: `evp_live_`, 30 random base62 characters (178 bits) and the
/// CRC-32 of those 30 as 6 base62 characters, so that a mistyped or leaked one is recognised without
/// asking the database. The form is that of GitHub's and npm's tokens.
public struct APISecret: Sendable {
  static let prefix = "evp_live_"
  private static let alphabet = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  private static let randomCount = 30
  private static let checksumCount = 6

  /// The whole text: shown once, never stored.
  let text: String

  /// Draws a new secret.
  init(using generator: inout some RandomNumberGenerator) {
    let random = (0..<Self.randomCount).map { _ in
      Self.alphabet[Int.random(in: 0..<62, using: &generator)]
    }
    text = Self.prefix + String(decoding: random + Self.checksum(random), as: UTF8.self)
  }

  /// Takes a text of the right form with the right checksum; `nil` for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let prefix = Array(Self.prefix.utf8)
    guard bytes.count == prefix.count + Self.randomCount + Self.checksumCount,
      bytes.starts(with: prefix)
    else { return nil }
    let random = bytes[prefix.count...].prefix(Self.randomCount)
    guard random.allSatisfy(Self.alphabet.contains),
      bytes.suffix(Self.checksumCount).elementsEqual(Self.checksum(random))
    else { return nil }
    self.text = text
  }

  /// What is stored. A fast hash suffices: the secret has 178 random bits, which nobody guesses.
  var sha256: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  /// CRC-32 as 6 base62 characters, padded with zeros.
  static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var rest = crc32(bytes)
    var digits: [UInt8] = []
    for _ in 0..<checksumCount {
      digits.append(alphabet[Int(rest % 62)])
      rest /= 62
    }
    return digits.reversed()
  }

  /// CRC-32 as in ISO/IEC 8802-3 (reflected, polynomial 0x04C11DB7).
  private static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 {
        value = (value >> 1) ^ (value & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
    return ~value
  }
}
