import Domain
import HTTPClient

/// Tries again what a network or a server that restarts has broken off: after half a second, then after
/// twice as long each time, up to half a minute. Ten failures in a row without any progress are enough.
struct Retrying {
  private static let failuresMax = 10
  /// As the broker's `Retry-After` says.
  private static let queueSeconds = 5
  private var failures = 0

  /// Something has come further.
  mutating func progressed() { failures = 0 }

  /// Waits before the next attempt, or throws the error where another one is of no use.
  mutating func pause(after error: any Error) async throws {
    if Self.isQueueing(error) {
      // The queue is the broker's to work off, and it does: no failure, only a matter of time.
      Terminal.hint("\(oneLine(error)) Trying again in \(Self.queueSeconds) s")
      return try await Task.sleep(for: .seconds(Self.queueSeconds))
    }
    failures += 1
    guard Self.isPassing(error), failures <= Self.failuresMax else { throw error }
    let ceiling = min(30_000, 500 << (failures - 1))
    var generator = Ambient.system.generator
    let milliseconds = Int.random(in: ceiling / 2...ceiling, using: &generator)
    Terminal.hint(
      "\(oneLine(error)); trying again in \(max(1, milliseconds / 1000)) s")
    try await Task.sleep(for: .milliseconds(milliseconds))
  }

  /// Runs something that may be repeated until it succeeds or fails for good.
  static func run<Value>(_ body: () async throws -> Value) async throws -> Value {
    var retrying = Retrying()
    while true {
      do {
        return try await body()
      } catch {
        try await retrying.pause(after: error)
      }
    }
  }

  private static func isQueueing(_ error: any Error) -> Bool {
    (error as? Problem)?.code == "measuring.queue_full"
  }

  /// Whether the same request may succeed a little later.
  static func isPassing(_ error: any Error) -> Bool {
    switch error {
    case let error as HTTPClientError: error.isTransient
    case let problem as Problem:
      switch problem.kind {
      case .locked, .unavailable, .failed, .slow: true
      // A quota that is exhausted stays so; too many uploads at once do not.
      case .tooMany: problem.code == "upload.too_many" || isQueueing(problem)
      case .conflict: problem.code == "upload.offset"
      case .malformed: problem.code == "request.incomplete"
      default: false
      }
    default: false
    }
  }
}
