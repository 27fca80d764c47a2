import Dispatching
import Domain
import Logging
import ServiceLifecycle

/// Ends offers whose deadline passed, so that the next bureau is asked. What a crash interrupts is
/// found again by the next round: the deadline is in the offer's row.
struct OfferExpiry: Service {
  let dispatcher: Dispatcher
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
      try await dispatcher.expireOffers()
    } catch is CancellationError {
      return
    } catch {
      logger.error("offer expiry failed", metadata: ["detail": "\(error)"])
    }
  }
}
