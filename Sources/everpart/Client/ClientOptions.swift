import ArgumentParser
import Domain
import Glibc

/// How a command reaches a broker.
struct ClientOptions: ParsableArguments {
  @Option(help: "The broker's address (or EVERPART_SERVER).")
  var server: String?

  @Option(help: "A file with the API key (or the key itself in EVERPART_KEY).")
  var keyFile: String?

  @Option(help: "A PEM file of certificate authorities to trust for TLS.")
  var trustedRoots: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  /// The client, or a word on how to name the key.
  func client() throws -> BrokerClient {
    let address =
      server ?? getenv("EVERPART_SERVER").map { String(cString: $0) } ?? "http://127.0.0.1:8787"
    guard ["http://", "https://"].contains(where: address.lowercased().hasPrefix) else {
      throw Problem(
        .invalid, "cli.server",
        "“\(address)” is no broker's address: begin it with http:// or https://.")
    }
    return BrokerClient(
      server: address, key: try Secrets.apiKey(file: keyFile), trustedRoots: trustedRoots)
  }

  /// Prints an answer: JSON where asked for, else what the closure writes.
  func show(_ value: JSONValue, _ human: () -> Void) throws {
    if json { Terminal.write(try jsonText(value)) } else { human() }
  }
}
