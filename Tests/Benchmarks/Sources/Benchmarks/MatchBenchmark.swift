import Domain
import Foundation
import Matching

/// The nearest qualified bureau of 100,000 for a request, with gates for process, material, build volume and a
/// certification on the day: against PostGIS and scikit-learn's BallTree on the same data. Then what else
/// an index does, and how that grows; and batches, against OR-tools.
enum MatchBenchmark {
  /// What is run in a process of its own, by name.
  static let parts: [String: @Sendable (String) throws -> Void] = ["index": grow]

  static func run(_ settings: Settings) throws -> [Row] {
    var network = MatchNetwork(count: 100_000)
    let index = NetworkIndex(version: 1, network.bureaus)
    let few = network.requests(1000, percent: 1, in: index)
    let many = network.requests(1000, percent: 10, in: index)
    let folder = "\(settings.memory)/match"
    try network.write(to: folder, ["1": few.requests, "10": many.requests])
    note("  loading the peers")
    let peers = try MatchPeers(settings, folder)
    note("  PostgreSQL answers SELECT 1 in \(microseconds(peers.bareSeconds))")
    return try compare("1", few, index, peers, settings)
      + compare("10", many, index, peers, settings)
      + growth(settings) + BatchBenchmark.run(settings)
  }

  private static func compare(
    _ share: String, _ asked: (requests: [MatchRequest], percent: Double), _ index: NetworkIndex,
    _ peers: MatchPeers, _ settings: Settings
  ) throws -> [Row] {
    let ours = asked.requests.map {
      index.best(1, for: $0, by: .nearest).first?.bureau ?? -1
    }
    return try ["postgis", "balltree"].map { peer in
      let pairs = try Pairs.measure(rounds: settings.rounds) {
        median(times(asked.requests) { index.best(1, for: $0, by: .nearest).count })
      } peer: {
        let answer = try peers.answer(peer, share)
        let differing = zip(ours, answer.bureaus).count { $0 != $1 }
        guard differing == 0 else {
          throw Failure("\(peer) finds other bureaus for \(differing) requests")
        }
        return answer.seconds
      }
      return Row(
        "nearest of 100,000 bureaus, \(decimal(asked.percent, 2)) % qualified", pairs,
        peer: peer == "postgis" ? "PostGIS" : "BallTree", rate: microseconds)
    }
  }

  /// Seconds that each request takes.
  static func times(_ requests: [MatchRequest], _ work: (MatchRequest) -> Int) -> [Double] {
    var sum = 0
    let times = requests.map { request in
      let start = uptime()
      sum += work(request)
      return uptime() - start
    }
    precondition(sum >= 0)
    return times
  }

  static func microseconds(_ seconds: Double) -> String { "\(decimal(seconds * 1e6, 2)) µs" }

  // MARK: Growth

  private static func growth(_ settings: Settings) throws -> [Row] {
    try [10_000, 100_000, 1_000_000].flatMap { count in
      let found = try Child.json(
        CommandLine.arguments[0], ["index", "\(count)"], in: settings.memory)
      func row(_ what: String, _ text: String) -> Row {
        Row("\(count) bureaus: \(what)", ours: text, peer: "–", ratio: nil)
      }
      func time(_ name: String) -> String { microseconds(found[name].number) }
      return [
        row("nearest, 1 % and 10 % qualified", "\(time("few")), \(time("many"))"),
        row("ten best by distance; by distance and wait", "\(time("ten")), \(time("balanced"))"),
        row("all others counted by reason, 1 % and 10 %", "\(time("counts")), \(time("counts10"))"),
        row("a bureau changed; nearest after 64 changes", "\(time("update")), \(time("after"))"),
        row(
          "built; memory a bureau",
          "\(milliseconds(found["build"].number)), \(Int(found["bytes"].number)) bytes"),
      ]
    }
  }

  /// Builds an index of so many bureaus and says what it does, as JSON.
  private static func grow(_ argument: String) throws {
    guard let count = Int(argument) else { throw Failure("how many?") }
    let before = residentBytes()
    var build = 0.0
    let (index, few, many, changed) = {
      var network = MatchNetwork(count: count)
      let start = uptime()
      let index = NetworkIndex(version: 1, network.bureaus)
      build = uptime() - start
      return (
        index, network.requests(2000, percent: 1, in: index).requests,
        network.requests(2000, percent: 10, in: index).requests,
        (0..<64).map { network.bureaus[$0 * 151] }
      )
    }()
    // What was freed goes back, so that only the index counts; Glibc's module does not have the call.
    if let trim = dlsym(nil, "malloc_trim") {
      _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0)
    }
    let bytes = residentBytes() - before
    guard let balanced = Ranking(distance: 1, load: 1) else { throw Failure("no ranking") }
    func middle(_ requests: [MatchRequest], _ work: (MatchRequest) -> Int) -> Double {
      median(times(requests, work))
    }
    var figures: [String: Double] = ["build": build, "bytes": Double(bytes) / Double(count)]
    figures["few"] = middle(few) { index.best(1, for: $0, by: .nearest).count }
    figures["many"] = middle(many) { index.best(1, for: $0, by: .nearest).count }
    figures["ten"] = middle(few) { index.best(10, for: $0, by: .nearest).count }
    figures["balanced"] = middle(few) { index.best(10, for: $0, by: balanced).count }
    figures["counts"] = middle(Array(few.prefix(300))) { index.exclusions(for: $0).total }
    figures["counts10"] = middle(Array(many.prefix(300))) { index.exclusions(for: $0).total }
    var (next, updates) = (index, [Double]())
    for (version, bureau) in changed.enumerated() {
      var bureau = bureau
      bureau.queueHours += 1
      let start = uptime()
      next = next.replacing(bureau, version: Int64(version + 2))
      updates.append(uptime() - start)
    }
    figures["update"] = median(updates)
    figures["after"] = middle(few) { next.best(1, for: $0, by: .nearest).count }
    FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: figures))
  }

  private static func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * 4096
  }
}

/// `Peers/match.py`, which answers a line with a line.
private final class MatchPeers {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()
  /// What PostgreSQL takes for nothing.
  private(set) var bareSeconds = 0.0

  init(_ settings: Settings, _ folder: String) throws {
    process.executableURL = URL(filePath: settings.python)
    process.arguments = ["\(settings.peers)/match.py", folder]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    bareSeconds = try read()["bare"].number
  }

  /// The median seconds of a peer, and its answers.
  func answer(_ peer: String, _ share: String) throws -> (seconds: Double, bureaus: [Int]) {
    try input.fileHandleForWriting.write(contentsOf: Data("\(peer) \(share)\n".utf8))
    let answer = try read()
    return (answer["seconds"].number, answer["bureaus"].elements.map { Int($0.number) })
  }

  private func read() throws -> JSON {
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        let line = [UInt8](rest[rest.startIndex..<end])
        rest = Data(rest[(end + 1)...])
        return try JSON(line)
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Failure("match.py ended") }
      rest += more
    }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
