import ArgumentParser
import Vault

/// Where an installation is, for a command that works on its files.
struct InstallationOptions: ParsableArguments {
  @Option(help: "Where database and sealed files are.")
  var data = "everpart-data"

  @Option(help: "The key ring, outside the data directory, with the state file beside it.")
  var keyRing = "everpart-keys/key-ring.json"

  @Option(
    help: """
      A file with the key ring's passphrase, mode 0600. A ring that is made is sealed with it.
      """)
  var keyRingPassphraseFile: String?

  /// The ring's passphrase; nil where none is needed, or there is nobody to ask.
  func passphrase() throws -> KeyRingPassphrase? {
    try Secrets.passphrase(ofKeyRing: keyRing, file: keyRingPassphraseFile)
  }
}
