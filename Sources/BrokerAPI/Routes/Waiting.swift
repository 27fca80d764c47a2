import BureauProtocol
import Domain
import Hummingbird
import Logging
import ServiceLifecycle

extension Call {
  /// How long the caller wants to wait for something new; no longer than
  /// ``BureauPaths/waitSecondsMax``, whatever is asked for.
  var wait: Duration {
    get throws(Problem) {
      .seconds(
        min(
          BureauPaths.waitSecondsMax, try query.integer("wait", in: 0...86_400, default: 0)))
    }
  }

  /// Runs a long poll. When the server is asked to stop it ends at once, with what there is: otherwise a
  /// stop would take as long as the longest poll.
  func waiting<Value: Sendable>(
    _ poll: @escaping @Sendable (Duration) async throws -> Value
  ) async throws -> Value {
    try await waiting(for: try wait, poll)
  }

  /// The same, with a wait that the caller has not asked for.
  func waiting<Value: Sendable>(
    for wait: Duration, _ poll: @escaping @Sendable (Duration) async throws -> Value
  ) async throws -> Value {
    guard wait > .zero else { return try await poll(.zero) }
    context.logger.debug("poll begins")
    do {
      return try await cancelWhenGracefulShutdown { try await poll(wait) }
    } catch is CancellationError {
      return try await poll(.zero)
    }
  }
}
