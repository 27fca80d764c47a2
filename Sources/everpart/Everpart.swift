import ArgumentParser
import CPlatform
import Domain
import Glibc
import HTTPClient

/// The one executable: server, agent and tools.
///
/// Every command says its name: ArgumentParser would make it of the type's, for all of them at every start,
/// and each took the Swift runtime a search through all conformances; a third of a small command's time.
@main
struct Everpart: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "everpart",
    abstract: "A digital inventory and print-on-demand broker.",
    discussion: """
      Exit codes: 0 done, 1 refused or failed, 2 wrong usage. EVERPART_PASSPHRASE gives a passphrase \
      without a prompt, EVERPART_KEY an API key.
      """,
    version: "everpart 0.1.0",
    subcommands: [WorkerCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Run:", subcommands: [Serve.self, Recover.self, AgentCommand.self, Demo.self]),
      CommandGroup(
        name: "With a broker:",
        subcommands: [
          OperatorCommand.self, VaultCommand.self, BrandCommand.self, BureauCommand.self,
          OrderCommand.self,
        ]),
      CommandGroup(
        name: "Files, without a server:",
        subcommands: [
          Inspect.self, PreviewCommand.self, ConvertCommand.self, RepairCommand.self, Keygen.self,
          Seal.self, Open.self, PackageCommand.self, MatchCommand.self,
        ]),
    ])

  static func main() async {
    // Before the first allocation of size, and before any secret is in memory.
    _ = everpart_tune_malloc()
    _ = everpart_forbid_core_dumps()
    signal(SIGPIPE, SIG_IGN)
    // A parent may have blocked signals in the thread that started this process; SIGTERM has to end it.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    Secrets.takeFromEnvironment()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Glibc.exit(report(error))
    }
  }

  /// Says what went wrong in one line and gives the exit code.
  private static func report(_ error: any Error) -> Int32 {
    if error is Interrupted { return 1 }
    switch exitCode(for: error) {
    case .success:
      Terminal.write(fullMessage(for: error), to: .standardOutput)
      return 0
    case .validationFailure:
      Terminal.write(
        Terminal.wrappedLines(fullMessage(for: error), on: .standardError), to: .standardError)
      return 2
    case let code where error is ExitCode:
      return code.rawValue
    default:
      Terminal.fail(oneLine(error) + advice(error))
      // The broker's word on what an option says is one on the usage.
      return (error as? Problem)?.code == "request.query" ? 2 : 1
    }
  }

  private static func advice(_ error: any Error) -> String {
    switch (error as? HTTPClientError)?.code {
    case .connectFailed, .resolveFailed:
      ". Is the broker running? Say where it is with --server or EVERPART_SERVER."
    default: ""
    }
  }
}
