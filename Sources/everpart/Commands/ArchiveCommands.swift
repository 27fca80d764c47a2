import ArgumentParser
import BrokerServer
import Domain
import HTTPClient
import Sealing
import Vault

/// Where an archive goes.
struct ArchiveOutput: ParsableArguments {
  @Option(name: .shortAndLong, help: "The file to write; `-` is standard output.")
  var output: String
  @Flag(help: "Replace a file that is there.") var force = false

  /// Fetches an archive and says what was written.
  func fetch(_ path: String, _ options: ClientOptions) async throws {
    do {
      try await options.fetch(
        path, to: output, force: force, label: "exporting", idleTimeoutSeconds: 600
      ) {
        Terminal.write(
          "It opens with the brand's own identity only. README.txt in it says how, with tar, sha256sum and "
            + "age; try that before you rely on it.")
      }
    } catch let error as HTTPClientError where error.code == .connectionLost {
      throw Problem(
        .unavailable, "archive.interrupted",
        "The archive broke off before its end"
          + (output == "-" ? ". " : ", and \(output) was not written. ")
          + "If the connection held, the broker ended it: a file was shredded meanwhile, the recipient or "
          + "the kinds of key that a design goes to were changed, or the key that asked was revoked. "
          + "Export again; if it breaks off at the same place, the broker's log says why.")
    }
  }
}

extension VaultCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Write a brand's whole vault as an archive, sealed to the brand's own key.",
      discussion: """
        The brand's owner has said whom it is sealed to (`everpart brand settings --archive-recipient`), \
        and can fetch it without the operator: `everpart brand export`. Takes no order or key from the \
        brand: the broker goes on working, and what comes after the beginning is not in the archive.
        """)
    @OptionGroup var options: ClientOptions
    @Option(help: "brd_….") var brand: String
    @OptionGroup var output: ArchiveOutput

    func run() async throws {
      try await output.fetch("/v1/operator/brands/\(try escaped(brand))/archive", options)
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Take a brand with its whole vault from an archive.",
      discussion: """
        Works on the files, while no server does; an installation that is not there yet is made. The \
        brand, its designs, licences and parts keep their identifiers, and what was used of a licence \
        stays used. Interrupted, it has changed nothing: run it again.
        """)
    @Argument(help: "The archive; `-` is standard input.") var file: String
    @Option(
      name: .shortAndLong,
      help: """
        A file with the brand's identity, as keygen writes it, or sealed with a passphrase; repeatable.
        """)
    var identity: [String] = []
    @OptionGroup var installation: InstallationOptions
    @Flag(help: "Print JSON instead of sentences.") var json = false

    func validate() throws {
      guard !identity.isEmpty else {
        throw ValidationError("Name a file with the brand's identity: --identity FILE.")
      }
    }

    func run() async throws {
      let identities = try identity.flatMap(Secrets.identities)
      let input = try InputFile(file)
      var bar = ProgressBar("importing", total: input.size)
      defer { bar.finish() }
      let archive = try await VaultImport(
        dataDirectory: installation.data, keyRingPath: installation.keyRing,
        passphrase: try installation.passphrase(), ambient: .system
      ).run(
        InputPieces(input: input), identities: identities, madeKeyRing: { tellOfKeyRing() },
        progress: { bar.update($0) })
      bar.finish()
      if json { return Terminal.write(try jsonText(archive)) }
      show(archive)
    }

    private func tellOfKeyRing() {
      Terminal.write(
        "Key ring made: \(installation.keyRing). Back it up now, apart from \(installation.data): "
          + "without it nothing in \(installation.data) opens again, and nobody can help.",
        to: json ? .standardError : .standardOutput)
    }

    private func show(_ archive: ImportedArchive) {
      Terminal.write("Brand     \(archive.brand)  \(Terminal.plain(archive.name))")
      Terminal.write(
        "Designs   \(archive.designs), revisions \(archive.revisions), parts \(archive.parts)")
      Terminal.write(
        "Files     \(archive.files), \(ProgressBar.size(archive.bytes))"
          + (archive.filesWithoutContent > 0
            ? "; \(archive.filesWithoutContent) without their content, as the archive says" : ""))
      Terminal.write(
        "Licences  \(archive.unitsConsumed) units are used"
          + (archive.unitsPresumed > 0
            ? ", \(archive.unitsPresumed) of them because orders held them where they come from"
            : ""))
      Terminal.write(
        """
        Start the server, and make the brand's first owner's key with an operator key:
            everpart operator add-key \(archive.brand) --role owner --label first
        Nothing may be ordered where the brand comes from any more: what is printed there is not counted here.
        """)
    }
  }
}

struct BrandExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the brand's whole vault as an archive, sealed to its own key (owner's key).",
    discussion: """
      `everpart brand settings --archive-recipient` says whom it is sealed to. `tar`, `sha256sum` and `age` \
      open it without Everpart, and `everpart vault import` brings it to another broker.
      """)
  @OptionGroup var options: ClientOptions
  @OptionGroup var output: ArchiveOutput

  func run() async throws { try await output.fetch("/v1/brand/archive", options) }
}
