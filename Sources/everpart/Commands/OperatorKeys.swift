import ArgumentParser

struct OperatorKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List the API keys of a brand, a bureau or the operators, without their secrets.")
  @OptionGroup var options: ClientOptions
  @Argument(help: "brd_…, bur_… or operator.") var tenant = "operator"

  func validate() throws { try Self.check(tenant) }

  func run() async throws {
    let keys = try await options.client().list(try Self.path(tenant))
    try options.show(.array(keys)) { BrandKeys.table(of: keys).print() }
  }

  static func isBrand(_ tenant: String) -> Bool { tenant.hasPrefix("brd_") }

  /// For a command's validation: whose keys it could be about.
  static func check(_ tenant: String) throws {
    guard tenant == "operator" || isBrand(tenant) || tenant.hasPrefix("bur_") else {
      throw ValidationError(
        "“\(Terminal.plain(tenant))” is nobody who has keys: brd_…, bur_… or operator.")
    }
  }

  /// Where the keys of a tenant are.
  static func path(_ tenant: String) throws -> String {
    if tenant == "operator" { return "/v1/operator/keys" }
    return "/v1/operator/\(isBrand(tenant) ? "brands" : "bureaus")/\(try escaped(tenant))/keys"
  }
}

struct OperatorRevokeKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke-key",
    abstract: "Revoke a key of a brand, a bureau or an operator: it is refused from now on.",
    discussion: "The last operator's key that works cannot be revoked.")
  @OptionGroup var options: ClientOptions
  @Argument(help: "brd_…, bur_… or operator.") var tenant: String
  @Argument(help: "key_….") var key: String

  func validate() throws { try OperatorKeys.check(tenant) }

  func run() async throws {
    let answer = try await options.client().send(
      "DELETE", "\(try OperatorKeys.path(tenant))/\(try escaped(key))")
    try options.show(answer) { Terminal.write("revoked") }
  }
}
