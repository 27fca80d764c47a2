import Foundation

/// The middle one, or the mean of the two in the middle.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// What both sides took in the same rounds.
struct Pairs {
  let ours: [Double]
  let peer: [Double]

  /// Measures the two sides alternately, ours first in every other round: what else the machine does
  /// meanwhile meets both. One more round, the first, only warms up.
  static func measure(
    rounds: Int, ours: () throws -> Double, peer: () throws -> Double
  ) rethrows -> Pairs {
    var (a, b): ([Double], [Double]) = ([], [])
    for round in 0...rounds {
      let pair: (Double, Double)
      if round.isMultiple(of: 2) {
        let first = try ours()
        pair = (first, try peer())
      } else {
        let first = try peer()
        pair = (try ours(), first)
      }
      guard round > 0 else { continue }
      a.append(pair.0)
      b.append(pair.1)
    }
    return Pairs(ours: a, peer: b)
  }

  /// The median over the rounds of peer divided by ours: for times, how many times as fast we are.
  var peerOverOurs: Double { median(zip(peer, ours).map { $0 / $1 }) }
}

/// A line of the table. A ratio above 1 says that Everpart is the better one.
struct Row {
  let what: String
  let ours: String
  let peer: String
  let ratio: Double?

  init(_ what: String, ours: String, peer: String, ratio: Double?) {
    (self.what, self.ours, self.peer, self.ratio) = (what, ours, peer, ratio)
  }

  /// Times for the same work, shown as a rate.
  init(_ what: String, _ pairs: Pairs, peer: String, rate: (Double) -> String) {
    self.init(
      what, ours: rate(median(pairs.ours)), peer: "\(peer) \(rate(median(pairs.peer)))",
      ratio: pairs.peerOverOurs)
  }
}

enum Table {
  static func text(_ rows: [Row]) -> String {
    let cells =
      [["what", "Everpart", "peer", "ratio"]]
      + rows.map { [$0.what, $0.ours, $0.peer, $0.ratio.map { decimal($0, 2) } ?? "–"] }
    let widths = (0..<4).map { column in cells.map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      "| "
        + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: " | ") + " |"
    }
    let rule =
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return ([line(cells[0]), rule] + cells.dropFirst().map(line)).joined(separator: "\n")
  }
}

func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

func mebibytes(_ bytes: Int) -> String { "\(decimal(Double(bytes) / 1_048_576, 0)) MiB" }

func milliseconds(_ seconds: Double) -> String { "\(decimal(seconds * 1000, 2)) ms" }

/// A monotonic reading in seconds.
func uptime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
