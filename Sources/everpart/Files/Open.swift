import ArgumentParser
import Sealing

struct Open: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open a sealed file (age format, armored or not).",
    discussion: """
      With --identity it uses the keys in that file, otherwise a passphrase. A failed open leaves \
      no output file; on standard output only authenticated bytes appear, and the exit code says \
      whether they are all.
      """)

  @Option(
    name: .shortAndLong,
    help: """
      A file with identities, as keygen writes it, or sealed with a passphrase; repeatable.
      """)
  var identity: [String] = []

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String?

  @Argument(help: "The file to open.")
  var file: String?

  func run() throws {
    let key: OpenKey =
      identity.isEmpty
      ? .passphrase(try Secrets.passphrase(confirming: false))
      : .identities(try identity.flatMap(Secrets.identities))
    let input = try InputFile(file)
    try checkOutput(output, isNot: file)
    let out = try OutputFile(output)
    if identity.isEmpty { Terminal.hint("working on the passphrase …") }
    var opener = AgeOpener(with: key)
    try input.flow("opening", into: out) { try opener.openAll(reading: $0, writing: $1) }
    try out.finish()
  }
}
