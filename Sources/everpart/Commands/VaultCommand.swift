import ArgumentParser
import Domain
import Vault

struct VaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault",
    abstract:
      "Check what is stored, look after the keys that it is wrapped under, and move brands.",
    discussion: """
      All but `check`, `passphrase` and `import` talk to a running broker and need an operator key. After a rotation the key \
      ring has another key: back it up again.
      """,
    subcommands: [
      Check.self, Status.self, Rotate.self, Retire.self, Passphrase.self, Export.self, Import.self,
    ])

  static let path = "/v1/operator/vault/key-versions"

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Show the versions of the wrapping key and what is wrapped under each.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let answer = try await options.client().get(VaultCommand.path)
      try options.show(answer) { showKeyVersions(answer) }
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rotate",
      abstract: "Add a version of the wrapping key and wrap everything anew under it.",
      discussion: """
        The broker goes on working meanwhile. It wraps on when this command is interrupted, and after \
        a restart.
        """)
    @OptionGroup var options: ClientOptions
    @Flag(help: "Return as soon as the version is there; `status` tells how far it is.")
    var noWait = false

    func run() async throws {
      let client = try options.client()
      let before = try await client.get(VaultCommand.path)
      let number = (before["newest"].integer ?? 0) + 1
      var answer = try await client.post(VaultCommand.path, ["number": .integer(number)])
      Terminal.hint("version \(number) is made")
      let total = answer["left"].integer ?? 0
      while !noWait, isUnfinished(answer) {
        try await Task.sleep(for: .milliseconds(300))
        answer = try await client.get(VaultCommand.path)
        let left = answer["left"].integer ?? 0
        Terminal.progress("\(total - left) of \(total) keys are wrapped anew")
      }
      Terminal.progress("")
      try options.show(answer) { [answer] in
        Terminal.write("Version \(number) is in the key ring: back the ring up now.")
        showRewrapping(answer)
        for old in answer["versions"].elements where old["retired_at"] == .null {
          guard let version = old["number"].integer, version < number,
            uses(of: old) == 0
          else { continue }
          Terminal.write(
            "Nothing is left under version \(version): `everpart vault retire \(version)` destroys it."
          )
        }
      }
    }

    /// Whether there is something left that can be wrapped anew. A round that began before tells
    /// nothing of what does not unwrap.
    private func isUnfinished(_ answer: JSONValue) -> Bool {
      (answer["left"].integer ?? 0) > (answer["unreadable_count"].integer ?? 0)
    }
  }

  struct Retire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retire",
      abstract: "Destroy a version of the wrapping key that nothing is wrapped under any more.",
      discussion: "Nobody can undo it. It says which backups need the version, and asks.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "The version's number.") var version: Int
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
      let client = try options.client()
      if !yes { try await confirm(client) }
      let answer = try await client.post("\(VaultCommand.path)/\(version)/retire")
      let retired = answer["versions"].elements.first { $0["number"].integer == Int64(version) }
      try options.show(answer) {
        Terminal.write("Version \(version) is retired, and its key is gone from the key ring.")
        Terminal.write(
          "Database backups taken before \(retired?["unused_since"].text ?? "now") need version "
            + "\(version) of the key ring: keep an old copy of the ring with them, or they cannot be "
            + "opened.")
      }
    }

    private func confirm(_ client: BrokerClient) async throws {
      let status = try await client.get(VaultCommand.path)
      let old = status["versions"].elements.first { $0["number"].integer == Int64(version) }
      // Of another one nothing is destroyed; the broker says so.
      guard let old, old["retired_at"] == .null else { return }
      let words =
        "This destroys version \(version) of the wrapping key for ever. Database backups taken before "
        + "\(old["unused_since"].string.map(Terminal.plain) ?? "now") need it: keep an old copy of the key "
        + "ring with them, or they cannot be opened."
      let question =
        Terminal.wrapped(words, first: 0, indent: 0, width: Terminal.width)
        + "\nRetire version \(version)?"
      guard try Question.isAgreed(question, code: "key_version.confirm") else {
        throw Problem(.conflict, "key_version.not_confirmed", "Nothing was changed.")
      }
    }
  }

  struct Passphrase: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "passphrase",
      abstract: "Seal the key ring with a passphrase, change it, or remove it.",
      discussion: """
        Works on the file, while no server does. A sealed ring is an age file: `age -d` opens it. \
        Without files it asks on the terminal.
        """)
    @Option(help: "The key ring.") var keyRing = "everpart-keys/key-ring.json"
    @Option(help: "A file with the passphrase that the ring has now, mode 0600.")
    var keyRingPassphraseFile: String?
    @Option(help: "A file with the new passphrase, mode 0600.")
    var newPassphraseFile: String?
    @Flag(help: "Leave the ring in the clear.")
    var remove = false

    func validate() throws {
      guard !remove || newPassphraseFile == nil else {
        throw ValidationError("Give either --new-passphrase-file or --remove.")
      }
    }

    func run() throws {
      let current = try Secrets.passphrase(ofKeyRing: keyRing, file: keyRingPassphraseFile)
      let new =
        remove ? nil : try Secrets.newPassphrase(ofKeyRing: keyRing, file: newPassphraseFile)
      Terminal.hint("working on the passphrase …")
      try KeyRingKeeper.seal(path: keyRing, from: current, with: new, ambient: .system)
      Terminal.write(
        remove
          ? "\(keyRing) is in the clear now: whoever can read it can open everything."
          : "\(keyRing) is sealed with the new passphrase. Copies that were made before are not; "
            + "back it up again.")
    }
  }
}

private func uses(of version: JSONValue) -> Int64 {
  guard case .object(let kinds) = version["uses"] else { return 0 }
  return kinds.values.reduce(0) { $0 + ($1.integer ?? 0) }
}

func showKeyVersions(_ answer: JSONValue) {
  Terminal.write(
    "Key ring  " + (answer["passphrase"] == true ? "sealed with a passphrase" : "in the clear"))
  keyVersionTable(answer).print()
  showRewrapping(answer)
}

/// A line for each version, a column for each kind of secret that the broker counts: whatever keeps a version
/// from being retired is seen.
func keyVersionTable(_ answer: JSONValue) -> Table {
  let known = [
    ("design_file", "file keys"), ("upload_segment", "upload keys"), ("ship_to", "ship-to keys"),
    ("key_ring_check", "checks"),
  ]
  var kinds: Set<String> = []
  for version in answer["versions"].elements {
    if case .object(let uses) = version["uses"] { kinds.formUnion(uses.keys) }
  }
  let others = kinds.subtracting(known.map(\.0)).sorted().map {
    ($0, Terminal.plain($0.split(separator: "_").joined(separator: " ")))
  }
  let columns = known.filter { kinds.contains($0.0) } + others
  var table = Table(
    header: ["version", "made", "last use ended", "retired"] + columns.map(\.1))
  for version in answer["versions"].elements {
    table.add(
      row: [
        version["number"].text + (version["number"] == answer["newest"] ? " newest" : ""),
        version["created_at"].text, version["unused_since"].text,
        version["retired_at"].text
          + (version["retired_at"] != .null && version["in_ring"] == true
            ? " (key still there)" : ""),
      ] + columns.map { version["uses"][$0.0].text })
  }
  return table
}

private func showRewrapping(_ answer: JSONValue) {
  let (left, newest) = (answer["left"].integer ?? 0, answer["newest"].text)
  if left == 0 {
    Terminal.write("Everything is wrapped under version \(newest).")
  } else {
    Terminal.write("\(left) keys are left to be wrapped under version \(newest).")
  }
  let unreadable = answer["unreadable_count"].integer ?? 0
  guard unreadable > 0 else { return }
  Terminal.write(
    Terminal.paint("\(unreadable) of them do not open", .red)
      + ": their rows were changed, or the ring lacks their version. Restore them from a backup.")
  for secret in answer["unreadable"].elements {
    Terminal.write(
      "  \(secret["kind"].text)  \(secret["id"].text)  version \(secret["version"].text)  "
        + secret["code"].text)
  }
}
