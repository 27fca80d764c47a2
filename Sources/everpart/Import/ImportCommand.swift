import ArgumentParser
import Domain
import Synchronization

extension BrandCommand {
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Bring a catalogue of parts from a CSV file: designs, files, licences and parts.",
      discussion: """
        One row a part. Columns that have to be there: sku, name, price, payout, currency, profile; and for \
        each design geometry, and units or licence. Others: description, fits, lead_days, design, unit (of an \
        STL, OBJ or PLY file that is not in millimetres, or whose size is strange), drawing, inspection_plan, scrap, territories, \
        valid_from, valid_until, pq_only. Several values in one cell are separated by |. Rows that name the \
        same design share its files and licence, each in its own profile.

        Everything is checked before anything is sent. Run it again after whatever broke it off, or with a \
        changed catalogue: it goes on, and makes no part twice. Files that have changed become a draft, \
        which is for a person to release. Where a release takes two keys, rows wait until another owner runs \
        the same import, too. Takes an owner's key.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "The catalogue, a CSV file (UTF-8; commas, semicolons or tabulators).")
    var catalogue: String
    @Argument(help: "The folder with the files that it names.") var folder: String
    @Flag(help: "Only check the catalogue and its files; nothing is sent.") var check = false
    @Flag(help: "Release surfaces with a boundary, too.") var allowOpen = false
    @Option(help: "Write the report to this CSV file, too.") var report: String?

    /// How many designs are brought at once.
    private static let width = 4

    func run() async throws {
      let report = ImportReport(isJSON: options.json, file: report)
      var reader = CatalogueReader(folder: try ImportFolder(folder), allowOpen: allowOpen)
      guard let catalogue = reader.read(try readCatalogue(catalogue)) else {
        try report.show(reader.faults, skus: reader.skus)
        throw Interrupted()
      }
      guard !check else {
        if !options.json {
          Terminal.write("\(catalogue.rowCount) rows, nothing is wrong with them.")
        }
        return try report.show([], skus: [:])
      }
      let client = try options.client()
      // A wrong key or address is said once, not for each row.
      _ = try await client.get("/v1/brand")
      let outcomes = await Self.bring(catalogue, client)
      try report.show(outcomes)
      if outcomes.contains(where: { $0.problem != nil }) { throw Interrupted() }
    }

    private static func bring(
      _ catalogue: Catalogue, _ client: BrokerClient
    ) async -> [ImportOutcome] {
      let progress = ImportProgress(total: catalogue.rowCount)
      defer { progress.finish() }
      var outcomes: [ImportOutcome] = []
      var failure: Problem?
      var waiting = catalogue.designs[...]
      await withTaskGroup(of: (CatalogueDesign, Result<[ImportOutcome], any Error>).self) { group in
        func start() {
          guard failure == nil, let plan = waiting.popFirst() else { return }
          group.addTask {
            let design = ImportDesign(plan: plan, client: client) { progress.sent($0) }
            do { return (plan, .success(try await design.run())) } catch {
              return (plan, .failure(error))
            }
          }
        }
        for _ in 0..<width { start() }
        while let (plan, result) = await group.next() {
          switch result {
          case .success(let done): outcomes += done
          case .failure(let error):
            let problem = interrupted(by: error)
            failure = failure ?? problem
            outcomes += plan.rows.map { ImportOutcome(row: $0, .refused(problem)) }
          }
          progress.done(plan.rows.count)
          start()
        }
      }
      // The broker was away for long: what was not begun is not tried either.
      if let failure {
        outcomes += waiting.flatMap(\.rows).map { ImportOutcome(row: $0, .refused(failure)) }
      }
      return outcomes.sorted { $0.line < $1.line }
    }

    private static func interrupted(by error: any Error) -> Problem {
      Problem(
        .unavailable, "import.interrupted",
        "The broker was out of reach for too long (\(oneLine(error))). Run the same command again: it "
          + "goes on where it was.")
    }
  }
}

/// A catalogue's bytes, of which there are not too many.
private func readCatalogue(_ path: String) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try InputFile(path).forEachPiece(path) { piece in
    // One more than is allowed is enough to be refused.
    guard bytes.count <= CSVTable.bytesMax else { return }
    bytes.append(contentsOf: piece)
  }
  return bytes
}

/// How far an import is, on a terminal.
private final class ImportProgress: Sendable {
  private struct State {
    var rows = 0
    var bytes = 0
    var shownAt: Duration
  }

  private let total: Int
  private let state: Mutex<State>

  init(total: Int) {
    self.total = total
    state = Mutex(State(shownAt: Ambient.system.uptime()))
  }

  func done(_ rows: Int) { update { $0.rows += rows } }

  func sent(_ bytes: Int) { update { $0.bytes += bytes } }

  func finish() { Terminal.progress("") }

  private func update(_ change: (inout State) -> Void) {
    let shown: State? = state.withLock { state in
      change(&state)
      let now = Ambient.system.uptime()
      guard now - state.shownAt > .milliseconds(100) else { return nil }
      state.shownAt = now
      return state
    }
    guard let shown else { return }
    let filled = shown.rows * 30 / max(1, total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    Terminal.progress(
      "importing \(bar) \(shown.rows) of \(total) parts  \(ProgressBar.size(shown.bytes)) sent")
  }
}
