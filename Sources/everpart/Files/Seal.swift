import ArgumentParser
import Domain
import Sealing

struct Seal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "Seal a file to public keys or a passphrase (age format).",
    discussion: """
      Without FILE it reads standard input, without --output it writes standard output. \
      The result opens with `everpart open` and with the age command (1.3 or newer for \
      post-quantum keys).
      """)

  @Option(name: .shortAndLong, help: "A public key, age1…; may be given several times.")
  var recipient: [String] = []

  @Flag(name: .shortAndLong, help: "Seal with a passphrase instead.")
  var passphrase = false

  @Flag(name: .shortAndLong, help: "Write ASCII armor.")
  var armor = false

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String?

  @Argument(help: "The file to seal.")
  var file: String?

  func validate() throws {
    guard recipient.isEmpty == passphrase else {
      throw ValidationError("Give either --recipient (once or more) or --passphrase.")
    }
    if !armor, output == nil || output == "-", Terminal.isTerminal(.standardOutput) {
      throw ValidationError(
        "This would write binary data to the terminal. Use --output, --armor or a pipe.")
    }
  }

  func run() throws {
    let target: SealTarget =
      passphrase
      ? .passphrase(try Secrets.passphrase(confirming: true))
      : .recipients(try recipient.enumerated().map { try Self.parse($1, number: $0 + 1) })
    let input = try InputFile(file)
    try checkOutput(output, isNot: file)
    let out = try OutputFile(output)
    if passphrase { Terminal.hint("working on the passphrase …") }
    var generator = Ambient.system.generator
    var sealer = try AgeSealer(to: target, armor: armor, using: &generator)
    try input.flow("sealing", into: out) { try sealer.sealAll(reading: $0, writing: $1) }
    try out.finish()
  }

  /// Says which one is wrong, by its beginning and only if that looks like a public key's: what was given by
  /// mistake may be an identity.
  private static func parse(_ text: String, number: Int) throws -> Recipient {
    do {
      return try Recipient(parsing: text)
    } catch let error as AgeError {
      let beginning =
        text.hasPrefix("age1") ? " (\(Terminal.plain(String(text.prefix(20))))…)" : ""
      throw Problem(
        .invalid, error.code, "--recipient no. \(number)\(beginning): \(error.message).")
    }
  }
}
