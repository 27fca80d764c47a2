public import ArgumentParser
public import BureauAgent
import Dispatch
import Domain
import Glibc
import Logging
import Sealing

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Work for a bureau: fetch jobs, hand parts over, report.",
    subcommands: [Enrol.self, Run.self, Workshop.self])

  struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "enrol", abstract: "Make the bureau's keys and pin the broker's.",
      discussion: """
        Needs the bureau's API key, in EVERPART_KEY or a file. It can be run again: keys that are \
        there are kept. Without --trust the broker's keys are those that it answers with at first; \
        compare them with what its operator tells you. Later they change only with --trust.
        """)

    @Option(help: "The broker's address (or EVERPART_SERVER).")
    var server: String?

    @Option(help: "A folder for keys and journal; made with mode 0700.")
    var data: String

    @Option(help: "A file with the API key (or the key itself in EVERPART_KEY).")
    var keyFile: String?

    @Flag(help: "Make a classical X25519 key; designs are post-quantum unless a brand says not.")
    var x25519 = false

    @Option(help: "The broker's trust document, from a safe source.")
    var trust: String?

    @Option(help: "A PEM file of certificate authorities to trust for TLS.")
    var trustedRoots: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      guard let server = server ?? getenv("EVERPART_SERVER").map({ String(cString: $0) }) else {
        throw ValidationError("Name the broker with --server.")
      }
      let key = try Secrets.apiKey(file: keyFile)
      let trust = try trust.map(readSmallFile)
      let result = try await EnrolAgent(
        directory: AgentDirectory(path: data), ambient: .system
      ).run(
        server: server, key: key, kind: x25519 ? .x25519 : .mlkem768x25519, trust: trust,
        trustedRoots: trustedRoots)
      let keys = result.brokerKeys.map(\.keyid)
      guard !json else {
        return Terminal.write(
          try jsonText(
            JSONValue.object([
              "bureau": .string(result.bureau.text), "name": .string(result.name),
              "recipient": .string(result.recipient.description),
              "broker_key_ids": .array(keys.map(JSONValue.string)),
            ])))
      }
      Terminal.write(
        Terminal.paint("enrolled", .green) + "  \(result.bureau)  \(Terminal.plain(result.name))")
      let recipient = result.recipient.description
      if x25519, result.recipient.kind != .x25519 {
        Terminal.write(
          "  The folder has a post-quantum key, which stays: --x25519 changed nothing.")
      }
      Terminal.write(
        "  packages are sealed to  " + recipient.prefix(40) + (recipient.count > 40 ? "…" : ""))
      for key in keys { Terminal.write("  the broker signs with   \(key)") }
      if trust == nil {
        Terminal.write(
          "  These keys came over the network: compare them with what the operator tells you.")
      }
    }
  }

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Work until stopped (SIGTERM or SIGINT).",
      discussion: """
        A part appears in the hot folder as job_…-ATTEMPT.stl. Answer it with files beside it, \
        written under another name and then renamed: NAME.done \
        {"machine": …, "material_lot": …, "measurements": {FEATURE: MILLIMETRES}, "passed": false}, \
        NAME.failed {"reason": …}, NAME.shipped {"carrier": …, "tracking": …}.
        """)

    @Option(help: "The folder that `everpart agent enrol` made.")
    var data: String

    @Option(help: "The folder that the bureau's tools watch; made if it is missing.")
    var hotFolder: String

    @Option(help: "all: accept every offer; ask: a person does (everpart bureau accept).")
    var accept: Agent.Acceptance = .ask

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    func run() async throws {
      let agent = try Agent(
        directory: AgentDirectory(path: data), hotFolder: hotFolder, acceptance: accept,
        ambient: .system, logger: LineLog.logger("agent", level: logLevel))
      let work = Task { try await agent.run() }
      let signals = [SIGTERM, SIGINT].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { work.cancel() }
        source.resume()
        return source
      }
      defer { signals.forEach { $0.cancel() } }
      // Cancelled is what a signal asks for; everything that happened is in the journal.
      do { try await work.value } catch is CancellationError {}
    }
  }
}

extension Agent.Acceptance: ExpressibleByArgument {}
