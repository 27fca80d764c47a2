import Domain

/// A bar on standard error for anything that takes longer than a second; silent elsewhere than on a
/// terminal.
struct ProgressBar {
  private let label: String
  private let total: Int?
  private let start: Int
  private let started: Duration
  private var shownAt: Duration
  private var isShown = false

  /// - Parameter start: how many bytes were done before.
  init(_ label: String, total: Int?, startingAt start: Int = 0) {
    self.label = label
    self.total = total
    self.start = start
    started = Ambient.system.uptime()
    shownAt = started
  }

  /// Draws how many bytes are done, at most ten times a second.
  mutating func update(_ done: Int) {
    let now = Ambient.system.uptime()
    guard Terminal.isTerminal(.standardError), now - started > .seconds(1),
      now - shownAt > .milliseconds(100)
    else { return }
    shownAt = now
    isShown = true
    let seconds = (now - started) / .seconds(1)
    let rate = Self.size(Int(Double(done - start) / seconds)) + "/s"
    guard let total, total > 0 else {
      Terminal.write("\r\(label) \(Self.size(done))  \(rate)\u{1B}[K", to: .standardError, end: "")
      return
    }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    Terminal.write(
      "\r\(label) \(bar) \(Int(share * 100)) %  \(Self.size(done))  \(rate)\u{1B}[K",
      to: .standardError, end: "")
  }

  /// Removes the bar.
  func finish() {
    if isShown { Terminal.write("\r\u{1B}[K", to: .standardError, end: "") }
  }

  /// Bytes in a unit that a person reads: `3.2 MiB`.
  static func size(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024 && unit < 4 { (value, unit) = (value / 1024, unit + 1) }
    let names = ["B", "KiB", "MiB", "GiB", "TiB"]
    return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(names[unit])"
  }
}
