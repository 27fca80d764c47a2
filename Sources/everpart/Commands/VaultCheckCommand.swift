import ArgumentParser
import BrokerServer
import Domain
import Vault

extension VaultCommand {
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Verify what is stored: rows, payloads, wrapped keys and licences against each other.",
      discussion: """
        Works on the files, also while a server does, and repairs nothing. Exit codes: 0 nothing found, \
        1 something found, 2 wrong usage. --read-data reads and opens every payload. What is found is \
        named by ids, never by content.
        """)

    @OptionGroup var installation: InstallationOptions
    @Flag(help: "Read every payload: its digest, and each chunk opened.") var readData = false
    @Flag(help: "Print JSON instead of a table.") var json = false
    @Flag(
      help:
        "Remove payloads that no row knows, and those of shredded files. Not while a server works."
    )
    var removeOrphans = false

    func run() async throws {
      let check = InstallationCheck(
        dataDirectory: installation.data, keyRingPath: installation.keyRing,
        passphrase: try installation.passphrase(), ambient: .system)
      var bar: ProgressBar?
      let outcome = try await check.run(readingData: readData, removingOrphans: removeOrphans) {
        switch $0 {
        case .step(let step): Terminal.progress("\(step) …")
        case .read(let bytes, let total):
          if bar == nil {
            Terminal.progress("")
            bar = ProgressBar("reading", total: total)
          }
          bar?.update(bytes)
        }
      }
      bar?.finish()
      Terminal.progress("")
      if json {
        Terminal.write(try jsonText(Answer(outcome)))
      } else {
        show(outcome)
      }
      // Orphans that were removed are no reason to fail; whatever else was found is.
      let left = outcome.report.findingCounts.keys.filter {
        outcome.orphansRemoved == nil
          || !["blob.orphan", "database.older", "shredding.payload"].contains($0)
      }
      if !left.isEmpty { throw Interrupted() }
    }

    private func show(_ outcome: InstallationCheck.Outcome) {
      let report = outcome.report
      let counts = report.counts.sorted { $0.key < $1.key }.map { kind, count in
        kind == "payload_bytes"
          ? "\(ProgressBar.size(count)) of payloads" : "\(count) \(words(kind))"
      }
      Terminal.write("Looked at  ", columns: 11, counts.joined(separator: ", "))
      if outcome.isServing { Terminal.write("A server works on these data.") }
      if !readData {
        Terminal.write(
          Terminal.paint("The payloads' bytes were not read: --read-data does that.", .dim))
      }
      if !report.isClean {
        var table = Table("finding", "brand", "about", "what")
        for finding in report.findings {
          table.add(
            finding.code, finding.brand ?? "–", finding.subject, Terminal.plain(finding.detail))
        }
        table.print()
        let listed = report.findings.count
        let total = report.findingCounts.values.reduce(0, +)
        if total > listed { Terminal.write("… and \(total - listed) more.") }
      }
      if let removed = outcome.orphansRemoved { Terminal.write("Orphans removed: \(removed)") }
      Terminal.write(
        report.isClean
          ? Terminal.paint("Nothing is wrong.", .green)
          : Terminal.paint("Found: ", .red)
            + report.findingCounts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            .joined(separator: ", "))
    }

    private func words(_ kind: String) -> String {
      kind.split(separator: "_").joined(separator: " ")
    }
  }
}

/// The answer as JSON.
private struct Answer: Encodable {
  let clean: Bool
  let serving: Bool
  let orphansRemoved: Int?
  let report: CheckReport

  init(_ outcome: InstallationCheck.Outcome) {
    (clean, serving) = (outcome.report.isClean, outcome.isServing)
    (orphansRemoved, report) = (outcome.orphansRemoved, outcome.report)
  }

  private enum CodingKeys: String, CodingKey {
    case clean, serving
    case orphansRemoved = "orphans_removed"
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(clean, forKey: .clean)
    try members.encode(serving, forKey: .serving)
    try members.encodeIfPresent(orphansRemoved, forKey: .orphansRemoved)
    try report.encode(to: encoder)
  }
}
