/// Which addresses a client may connect to. It is asked with the address a name resolved to, just
/// before the socket is opened, so a name that changes its answer between check and use gains nothing.
public enum AddressPolicy: Sendable, Equatable {
  /// All. For addresses an operator chose.
  case any
  /// Only addresses of the public internet, and the ranges named. For addresses given by others
  /// (webhooks): a request to them must not reach the network behind this host.
  case publicOnly(allowing: [CIDR])

  /// Whether a client of this policy may connect to the address.
  public func permits(_ address: IPAddress) -> Bool {
    switch self {
    case .any:
      return true
    case .publicOnly(let allowed):
      return allowed.contains { $0.contains(address) } || Self.isPublic(address)
    }
  }

  /// Whether the address is one of the public internet: in none of the special-purpose ranges and,
  /// for IPv6, inside the global unicast space 2000::/3.
  ///
  /// Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 4291.
  public static func isPublic(_ address: IPAddress) -> Bool {
    if address.bytes.count == 16, !globalUnicast.contains(where: { $0.contains(address) }) {
      return false
    }
    return !specialRanges.contains { $0.contains(address) }
  }

  private static let globalUnicast = [CIDR("2000::/3")].compactMap(\.self)

  static let specialRanges = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
    "64:ff9b::/96", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
    "fc00::/7", "fe80::/10", "ff00::/8",
  ].compactMap { CIDR($0) }
}
