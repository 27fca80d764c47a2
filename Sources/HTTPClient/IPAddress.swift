import Glibc

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:a.b.c.d`) is the IPv4 address:
/// that is where the system connects to.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address in network order: 4 bytes, or 16.
  let bytes: [UInt8]

  /// Takes 4 or 16 bytes in network order; nil for any other count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let mapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
    self.bytes = mapped ? Array(bytes[12...]) : bytes
  }

  /// Reads the usual text form, dotted or with colons. Hexadecimal, octal and shortened IPv4 are not
  /// read, nor is a zone after `%`.
  public init?(_ text: String) {
    var v4 = [UInt8](repeating: 0, count: 4)
    var v6 = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(bytes: v4)
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      self.init(bytes: v6)
    } else {
      return nil
    }
  }

  /// The usual text form.
  public var description: String {
    var text = [CChar](repeating: 0, count: 64)
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    _ = inet_ntop(family, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
}

/// A range of addresses written `address/bits`, such as `10.1.0.0/16`.
public struct CIDR: Sendable, Hashable, CustomStringConvertible {
  /// Any address of the range; the bits after the prefix do not matter.
  let network: IPAddress
  /// How many leading bits all addresses of the range share.
  let prefixBits: Int

  /// Reads `address/bits`, or an address alone for a range of one. Nil when it is neither. An IPv6
  /// range of mapped IPv4 addresses is the IPv4 range.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let network = IPAddress(String(first)) else {
      return nil
    }
    var bits = network.bytes.count * 8
    if parts.count == 2 {
      let digits = parts[1]
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let given = Int(digits) else {
        return nil
      }
      // Written with 128 bits although the address inside is IPv4.
      let mapped = first.contains(":") && network.bytes.count == 4
      bits = mapped ? given - 96 : given
    }
    guard (0...network.bytes.count * 8).contains(bits) else { return nil }
    self.network = network
    self.prefixBits = bits
  }

  /// Whether the address lies in the range.
  public func contains(_ address: IPAddress) -> Bool {
    guard address.bytes.count == network.bytes.count else { return false }
    let whole = prefixBits / 8
    guard address.bytes.prefix(whole) == network.bytes.prefix(whole) else { return false }
    let rest = prefixBits % 8
    guard rest > 0 else { return true }
    return (address.bytes[whole] ^ network.bytes[whole]) >> (8 - rest) == 0
  }

  /// The form `address/bits`.
  public var description: String { "\(network)/\(prefixBits)" }
}
