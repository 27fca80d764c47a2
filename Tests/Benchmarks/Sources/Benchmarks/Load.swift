import Foundation
import Synchronization

/// Sends the same request over and over on kept-alive connections, each from a thread of its own with
/// one request at a time, as many clients would.
struct Load: Sendable {
  struct Result: Sendable {
    /// Requests that were answered, each with the status that was asked for.
    let count: Int
    let perSecond: Double
    /// The time from the first byte sent to the last received, in seconds, sorted.
    let latencies: [Double]

    func percentile(_ percent: Double) -> Double {
      latencies[min(latencies.count - 1, Int(Double(latencies.count) * percent / 100))]
    }
  }

  let port: Int
  /// The request up to the Idempotency-Key's value, and after it.
  let before: [UInt8]
  let after: [UInt8]
  let status: Int

  /// Keys differ between runs as between requests.
  private static let runs = Atomic<Int>(0)

  init(_ client: Client, _ method: String, _ path: String, _ body: [String: Any]?, status: Int)
    throws
  {
    let body = try body.map { try JSON($0).bytes } ?? []
    let head = client.head(method, path, type: "application/json", bodyBytes: body.count)
    port = client.port
    before = Array("\(head)Idempotency-Key: ".utf8)
    after = Array("\r\n\r\n".utf8) + body
    self.status = status
  }

  func run(clients: Int, seconds: Double) throws -> Result {
    let number = Self.runs.add(1, ordering: .relaxed).newValue
    let results = Mutex<[Swift.Result<[Double], any Error>]>([])
    let finished = DispatchGroup()
    let start = uptime()
    for client in 0..<clients {
      finished.enter()
      Thread.detachNewThread {
        let result = Swift.Result { try ask("\(number)-\(client)", until: start + seconds) }
        results.withLock { $0.append(result) }
        finished.leave()
      }
    }
    finished.wait()
    let elapsed = uptime() - start
    let latencies = try results.withLock { try $0.flatMap { try $0.get() } }.sorted()
    guard !latencies.isEmpty else { throw Failure("nothing was answered in \(seconds) s") }
    return Result(
      count: latencies.count, perSecond: Double(latencies.count) / elapsed, latencies: latencies)
  }

  private func ask(_ name: String, until end: Double) throws -> [Double] {
    let connection = try Connection(port: port)
    var latencies: [Double] = []
    var now = uptime()
    while now < end {
      try connection.send(before + Array("bench-\(name)-\(latencies.count)".utf8) + after)
      let answer = try connection.answer()
      guard answer.status == status else {
        throw Failure(
          "\(answer.status) instead of \(status): \(String(decoding: answer.body, as: UTF8.self))")
      }
      let answered = uptime()
      latencies.append(answered - now)
      now = answered
    }
    return latencies
  }
}
