import Domain
import Matching

/// A decision for a person to read: who makes it, who else could, and why not the others.
struct MatchReport {
  /// How many of those that cannot are told one by one.
  private static let shownMax = 20
  /// The same where none so much as runs the process.
  private static let unableMax = 3

  private let request: MatchedRequest
  private let index: NetworkIndex
  private let ranking: Ranking
  private var lines: [String] = []

  /// - Parameter explained: whether the excluded bureaus are told one by one.
  init(
    _ request: MatchedRequest, assigned: RankedBureau?, ranked: [RankedBureau],
    in index: NetworkIndex,
    by ranking: Ranking, explained: Bool
  ) {
    (self.request, self.index, self.ranking) = (request, index, ranking)
    addHeading()
    addChoice(assigned, ranked)
    let counts = index.exclusions(for: request.request)
    add(ranked, of: index.bureauCount - counts.total)
    add(counts)
    if explained { addExcluded() }
  }

  /// The lines, and an empty one.
  var text: String { lines.map { $0 + "\n" }.joined() + "\n" }

  private mutating func add(_ line: String) { lines.append(line) }

  private mutating func addHeading() {
    add(Terminal.paint(Terminal.plain(request.id), .bold) + "  " + Terminal.plain(request.words))
  }

  private mutating func addChoice(_ assigned: RankedBureau?, _ ranked: [RankedBureau]) {
    switch assigned {
    case let chosen?:
      let name = name(of: index.capabilities(of: chosen.bureau))
      let isBest = ranked.first.map { $0.bureau == chosen.bureau } ?? true
      add(
        "  " + Terminal.paint("✔ \(name)", .green)
          + ", \(kilometres(chosen.distanceKilometres)) away, score \(score(chosen.score))"
          + (isBest ? "" : "; what is better is needed more for other requests"))
    case nil where ranked.isEmpty:
      add("  " + Terminal.paint("✘ no bureau can make it", .red))
    case nil:
      add("  " + Terminal.paint("✘ all that could make it are full", .red))
    }
  }

  private mutating func add(_ ranked: [RankedBureau], of count: Int) {
    guard ranked.count > 1 else { return }
    var table = Table("", "bureau", "distance", "waits", "score")
    for (place, one) in ranked.enumerated() {
      let bureau = index.capabilities(of: one.bureau)
      table.add(
        "\(place + 1)", name(of: bureau), kilometres(one.distanceKilometres),
        "\(shortened(bureau.queueHours, digits: 1)) h", score(one.score))
    }
    addTable(table)
    if count > ranked.count { add("  … and \(count - ranked.count) more that can make it") }
  }

  private mutating func addTable(_ table: Table) {
    let width = Terminal.isTerminal(.standardOutput) ? Terminal.width - 2 : .max
    for line in table.lines(within: width) { add("  " + line) }
  }

  private mutating func add(_ counts: ExclusionCounts) {
    guard counts.total > 0 else { return }
    let parts = MatchGate.allCases.filter { counts[$0] > 0 }.map { gate in
      "\(counts[gate]) \(gate.words(count: counts[gate], country: request.request.country))"
    }
    add("  of \(index.bureauCount) bureaus " + parts.joined(separator: ", "))
  }

  /// Those that come closest first: the later the gate, the nearer the bureau. Of those that do another
  /// thing altogether the nearest few are enough.
  private mutating func addExcluded() {
    let excluded = index.bureaus.compactMap { bureau in
      let verdict = MatchVerdict(bureau, for: request.request, by: ranking)
      return verdict.exclusion.map { (bureau: bureau, verdict: verdict, exclusion: $0) }
    }.sorted { left, right in
      let (gate, other) = (left.exclusion.gate.rawValue, right.exclusion.gate.rawValue)
      let (near, far) = (
        left.verdict.distanceKilometres ?? .infinity, right.verdict.distanceKilometres ?? .infinity
      )
      return (other, near, left.bureau.id) < (gate, far, right.bureau.id)
    }
    let able = excluded.count { $0.exclusion.gate != .process }
    let shown = excluded.prefix(able > 0 ? min(able, Self.shownMax) : Self.unableMax)
    guard !shown.isEmpty else { return }
    var table = Table("cannot", "distance", "because it")
    for one in shown {
      table.add(
        name(of: one.bureau), one.verdict.distanceKilometres.map(kilometres) ?? "–",
        Terminal.plain(one.exclusion.words(for: request.request)))
    }
    addTable(table)
    let others = excluded.dropFirst(shown.count)
    guard !others.isEmpty else { return }
    let unable = others.count { $0.exclusion.gate == .process }
    add(
      "  … and \(others.count) more"
        + (unable == others.count
          ? ", which do not run the process" : "")
        + "; without --text each is told")
  }

  private func name(of bureau: BureauCapabilities) -> String {
    Terminal.plain(bureau.name == bureau.id ? bureau.id : "\(bureau.name) (\(bureau.id))")
  }

  private func kilometres(_ distance: Double) -> String {
    "\(shortened(distance, digits: distance < 10 ? 1 : 0)) km"
  }

  private func score(_ score: Double) -> String {
    let digits = String(Int((score * 1000).rounded()))
    return score >= 0.9995
      ? "1.000" : "0." + String(repeating: "0", count: 3 - digits.count) + digits
  }

  private func shortened(_ number: Double, digits: Int) -> String {
    let scale = digits == 0 ? 1.0 : 10
    let rounded = (number * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
