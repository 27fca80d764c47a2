import Logging
import ServiceLifecycle

/// What the server does by itself, again and again. A round finds by itself what there is to do: what
/// a stop, a crash or a fault leaves over is taken by the next round.
protocol Duty: Sendable {
  /// What the log calls it.
  var name: String { get }

  /// Does what there is to do now. A round that is cancelled may stop early.
  func round() async throws
}

/// Runs the rounds of a duty, one at once and then one after each interval, until the server stops.
struct RecurringDuty: Service {
  let duty: any Duty
  let interval: Duration
  let logger: Logger

  func run() async throws {
    // A service that throws would take the server down with it; a fault here is logged and tried again.
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await round()
        try await Task.sleep(for: interval)
      }
    }
  }

  private func round() async {
    do {
      try await duty.round()
    } catch is CancellationError {
      return
    } catch {
      logger.error("\(duty.name) failed", metadata: ["detail": "\(error)"])
    }
  }
}
