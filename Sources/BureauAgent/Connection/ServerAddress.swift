import Domain

/// Whether an API key may travel to an address: over TLS, or in plain text within this machine.
enum ServerAddress {
  /// - Throws: `agent.server_scheme`, `agent.insecure_server`.
  static func check(_ address: String) throws(Problem) {
    let lowered = address.lowercased()
    if lowered.hasPrefix("https://") { return }
    guard lowered.hasPrefix("http://") else {
      throw Problem(
        .invalid, "agent.server_scheme",
        "This is no broker's address: begin it with http:// or https://.")
    }
    guard isLoopback(lowered.dropFirst("http://".count)) else {
      throw Problem(
        .invalid, "agent.insecure_server",
        "The API key would cross the network in plain text: give an https:// address. Plain "
          + "http:// is taken for this machine alone (localhost, 127.0.0.1, [::1]).")
    }
  }

  /// Reads the authority letter by letter instead of parsing it, because what another parser makes of
  /// an odd one (`localhost@elsewhere`, a backslash) does not matter then: it is refused.
  private static func isLoopback(_ rest: Substring) -> Bool {
    var authority = rest.prefix { $0 != "/" }
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      let port = authority[authority.index(after: colon)...]
      guard UInt16(port) != nil, port.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        return false
      }
      authority = authority[..<colon]
    }
    if authority == "localhost" || authority == "[::1]" { return true }
    let parts = authority.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { UInt8($0) != nil && $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }
}
