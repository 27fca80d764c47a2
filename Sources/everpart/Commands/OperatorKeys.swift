import ArgumentParser
import Domain

struct OperatorKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List the API keys of a brand, a bureau or the operators, without their secrets.")
  @OptionGroup var options: ClientOptions
  @Argument(help: "brd_…, bur_… or operator.") var tenant = "operator"

  func validate() throws { _ = try Self.path(tenant) }

  func run() async throws {
    let keys = try await options.client().list(try Self.path(tenant))
    try options.show(.array(keys)) { BrandKeys.table(of: keys).print() }
  }

  /// Where the keys of a tenant are; for a command to ask while it is validated.
  static func path(_ tenant: String) throws -> String {
    if tenant == "operator" { return "/v1/operator/keys" }
    if BrandID(tenant) != nil { return "/v1/operator/brands/\(tenant)/keys" }
    if BureauID(tenant) != nil { return "/v1/operator/bureaus/\(tenant)/keys" }
    throw ValidationError(
      "“\(Terminal.plain(tenant))” is nobody who has keys: brd_…, bur_… or operator.")
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

  func validate() throws { _ = try OperatorKeys.path(tenant) }

  func run() async throws {
    let answer = try await options.client().send(
      "DELETE", "\(try OperatorKeys.path(tenant))/\(try escaped(key))")
    try options.show(answer) { Terminal.write("revoked") }
  }
}
