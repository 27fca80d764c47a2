import Dispatch
import Foundation
import Sealing

/// What a release does to a file: its key is unwrapped and wrapped for a bureau in a new header. Without
/// the commit, the log and the signatures, which the benchmark `release` includes; whatever the file's size,
/// since the payload is not touched.
enum HeaderBenchmark {
  private static let count = 4_000

  static func run(_ settings: Settings) throws -> [Row] {
    var generator = SystemRandomNumberGenerator()
    let wrapping = WrappingKey.generate(using: &generator)
    let context: WrapContext = [
      "tenant": "brd_0", "design": "dsn_0", "file": "fil_0", "purpose": "geometry",
    ]
    let wrapped = try KeyWrap.wrap(
      FileKey.generate(using: &generator).bytes, under: wrapping, context: context,
      using: &generator)
    @Sendable func release(to recipient: Recipient) throws {
      var generator = SystemRandomNumberGenerator()
      let bytes = try KeyWrap.unwrap(wrapped, under: wrapping, context: context)
      guard let key = FileKey(bytes: bytes) else { throw Failure("no file key") }
      let header = try AgeHeader.make(
        fileKey: key, for: .recipients([recipient]), using: &generator)
      guard header.count > 100 else { throw Failure("no header") }
    }
    /// Seconds for one, on so many threads.
    func seconds(to recipient: Recipient, threads: Int) -> Double {
      let start = uptime()
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        do {
          for _ in 0..<(count / threads) { try release(to: recipient) }
        } catch { fatalError("\(error)") }
      }
      return (uptime() - start) / Double(count)
    }
    let classical = try Identity.generate(.x25519, using: &generator).recipient
    let hybrid = try Identity.generate(.mlkem768x25519, using: &generator).recipient
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      seconds(to: classical, threads: 1)
    } peer: {
      try Child.json(
        settings.python,
        ["\(settings.peers)/headers.py", classical.description, "\(count)"],
        in: settings.disk
      )["seconds"].number
    }
    let rate = { (seconds: Double) in "\(decimal(1 / seconds, 0))/s" }
    return [Row("release as a new header, X25519, one core", pairs, peer: "pyrage", rate: rate)]
      + [(1, "one core"), (cores, "\(cores) cores")].map { threads, on in
        let times = (0..<settings.rounds).map { _ in seconds(to: hybrid, threads: threads) }
        return Row(
          "release as a new header, post-quantum, \(on)", ours: rate(median(times)), peer: "–",
          ratio: nil)
      }
  }
}
