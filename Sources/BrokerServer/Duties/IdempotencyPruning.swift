import Database
import Domain
import Ledger

/// Forgets idempotency records when they are old, so that the table does not grow for ever. A batch is
/// a commit.
struct IdempotencyPruning: Duty {
  /// How many records a commit forgets; other writers wait for no more than that.
  static let batchMax = 500

  let name = "idempotency pruning"
  let database: Database
  let ambient: Ambient

  func round() async throws {
    let moment = ambient.now() + .seconds(-IdempotentRequest.keptDays * 86_400)
    var last = IdempotentRequest.RecordKey.first
    while !Task.isCancelled {
      let old = try await database.read { [last] in
        try IdempotentRequest.records($0, before: moment, after: last, most: Self.batchMax)
      }
      guard let end = old.last else { return }
      try await database.write { try IdempotentRequest.forget($0, old, before: moment) }
      last = end
    }
  }
}
