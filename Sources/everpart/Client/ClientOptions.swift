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

  /// Fetches a binary body into a file and says what was written. A file that is there is kept, unless the
  /// command was told otherwise: what was fetched before may be the only copy.
  ///
  /// - Parameters:
  ///   - output: the file; `-` is standard output.
  ///   - label: what a progress bar says.
  func fetch(
    _ path: String, to output: String, force: Bool = false, label: String = "fetching",
    idleTimeoutSeconds: Double = 30, _ more: () -> Void = {}
  ) async throws {
    // Before the broker is asked, which may read a whole vault.
    let file = try OutputFile(output, replacing: force)
    let bytes = try await client().download(
      path, into: file, label: label, idleTimeoutSeconds: idleTimeoutSeconds)
    guard output != "-" else { return }
    try show(["output": .string(output), "bytes": .integer(Int64(bytes))]) {
      Terminal.write("Written  \(Terminal.plain(output))  \(ProgressBar.size(bytes))")
      more()
    }
  }

  /// Prints an answer: JSON where asked for, else what the closure writes.
  func show(_ value: JSONValue, _ human: () -> Void) throws {
    if json { Terminal.write(try jsonText(value)) } else { human() }
  }
}
