import Database
import Domain
import Ledger
import Logging
import ServiceLifecycle

/// Forgets idempotency records when they are old, so that the table does not grow for ever. A batch is a
/// commit: what a stop or a crash leaves over is taken by the next round.
struct IdempotencyPruning: Service {
  /// How many records a commit forgets; other writers wait for no more than that.
  static let batchMax = 500

  let database: Database
  let ambient: Ambient
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

  func round() async {
    let moment = ambient.now() + .seconds(-IdempotentRequest.keptDays * 86_400)
    do {
      while !Task.isCancelled {
        let forgotten = try await database.write {
          try IdempotentRequest.prune($0, before: moment, most: Self.batchMax)
        }
        guard forgotten == Self.batchMax else { return }
      }
    } catch {
      logger.error("idempotency pruning failed", metadata: ["detail": "\(error)"])
    }
  }
}
