import ArgumentParser
import Brokering

struct BrandKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "List the brand's API keys, without their secrets (owner's key)."
  )
  @OptionGroup var options: ClientOptions
  @Option(
    help: "Only those of a role: owner, engineer, sales or storefront.", transform: brandKeyRole)
  var role: String?

  func run() async throws {
    let filter = role.map { "?role=\(percentEncoded($0))" } ?? ""
    let keys = try await options.client().list("/v1/brand/keys" + filter)
    try options.show(.array(keys)) { Self.table(of: keys).print() }
  }

  static func table(of keys: [JSONValue]) -> Table {
    var table = Table("id", "role", "label", "made", "last used", "revoked")
    for key in keys {
      table.add(
        key["id"].text, key["role"].text, key["label"].text, key["created_at"].text,
        key["last_used_at"].text, key["revoked_at"].text)
    }
    return table
  }
}

struct BrandKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make or revoke one of the brand's API keys (owner's key).",
    subcommands: [Create.self, Revoke.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Make a key and print it.",
      discussion: """
        An owner may do everything; an engineer works on designs, files and releases; sales has parts, \
        prices and orders. The key is shown this once, and stands alone on standard output.
        """)
    @OptionGroup var options: ClientOptions
    @Option(help: "owner, engineer, sales or storefront.", transform: brandKeyRole)
    var role: String
    @Option(help: "Whose key it is, or what it is for.") var label: String

    func run() async throws {
      let key = try await options.client().post(
        "/v1/brand/keys", ["role": .string(role), "label": .string(label)])
      try options.show(key) { showNewKey(key) }
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Revoke a key: it is refused from now on.",
      discussion: "The last owner's key that works cannot be revoked so.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "key_….") var key: String

    func run() async throws {
      let answer = try await options.client().send(
        "DELETE", "/v1/brand/keys/\(try escaped(key))")
      try options.show(answer) { Terminal.write("revoked") }
    }
  }
}

/// Shows a key that was made: the secret alone on standard output, for whoever keeps it in a variable or a
/// file, and on standard error what it is.
func showNewKey(_ key: JSONValue) {
  Terminal.write(
    "\(key["id"].text)  \(key["role"].text)  \(key["label"].text)", to: .standardError)
  Terminal.write(key["key"].text)
  Terminal.write(
    Terminal.paint("The key is shown this once.", .dim, on: .standardError), to: .standardError)
}

/// Reads an option that names one of the roles which a brand's keys have.
func brandKeyRole(_ text: String) throws -> String {
  let roles = BrandRole.allCases.map(\.rawValue) + ["storefront"]
  guard roles.contains(text) else {
    throw ValidationError("A role is one of \(roles.joined(separator: ", ")).")
  }
  return text
}
