import ArgumentParser
import BureauProtocol
import Domain
import Glibc
import PrintPackage
import Sealing

struct PackageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package", abstract: "Verify or open a print package, offline.",
    subcommands: [Verify.self, Unpack.self])

  /// What both take.
  struct PackageOptions: ParsableArguments {
    @Argument(help: "The package, a .tar file.")
    var package: String

    @Option(help: "The trust document, as GET /v1/trust answers it.")
    var trust: String

    @Flag(help: "Print JSON.")
    var json = false

    func packageTrust() throws -> PackageTrust {
      let document = try readJSON(trust, as: TrustDocument.self, what: "a trust document")
      return try PackageTrust(texts: document.keys(for: .broker))
    }

    func show(_ manifest: Manifest) throws {
      guard !json else { return Terminal.write(try jsonText(manifest)) }
      Terminal.write(Terminal.paint("verified", .green) + "  job \(manifest.job)")
      Terminal.write("  for       \(manifest.bureau)")
      Terminal.write("  order     \(manifest.order), \(manifest.quantity) pieces")
      Terminal.write("  licence   \(manifest.licence), release \(manifest.release)")
      Terminal.write("  expires   \(manifest.expiresAt)")
      for file in manifest.files {
        Terminal.write(
          "  file      \(Terminal.plain(file.name))  \(file.purpose.rawValue)  "
            + ProgressBar.size(file.payloadBytes))
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Check signatures, digests and expiry; opens nothing.")
    @OptionGroup var options: PackageOptions

    func run() throws {
      var verifier = PackageVerifier(
        trust: try options.packageTrust(),
        expecting: PackageExpectation(now: Ambient.system.now()))
      try InputFile(options.package).forEachPiece("verifying") { try verifier.update($0) }
      try options.show(try verifier.finish().predicate)
    }
  }

  struct Unpack: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "open", abstract: "Verify a package and write its ticket and files.",
      discussion: """
        The plaintext of a design then lies on this disk. The agent never does this: it opens \
        packages in memory.
        """)
    @OptionGroup var options: PackageOptions

    @Option(name: .shortAndLong, help: "The file with the bureau's identity.")
    var identity: String

    @Option(name: .shortAndLong, help: "A new folder for ticket.json and the files.")
    var output: String

    func run() throws {
      guard let identity = try Secrets.identities(in: identity).first else {
        throw Problem(.invalid, "cli.identity", "There is no identity in that file.")
      }
      var opener = PackageOpener(
        identity: identity, trust: try options.packageTrust(),
        expecting: PackageExpectation(
          now: Ambient.system.now(), recipient: identity.recipient.description))
      try InputFile(options.package).forEachPiece("opening") { try opener.update($0) }
      let opened = try opener.finish()
      guard mkdir(output, 0o700) == 0 else { throw SystemFailure(output) }
      try write("ticket.json", Array(try jsonText(opened.ticket).utf8))
      for file in opened.files { try write(file.manifest.name, file.content) }
      try options.show(opened.manifest)
    }

    private func write(_ name: String, _ content: [UInt8]) throws {
      // The manifest's names passed the package's own check: no separators, no leading dot.
      let file = try OutputFile("\(output)/\(name)")
      try file.write(content)
      try file.finish()
    }
  }
}
