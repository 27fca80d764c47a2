import Domain

/// Runs an operation for at most a duration; then it is cancelled and a problem is thrown
/// (`request.timeout` unless another is given). A database write that has begun is finished all the
/// same: its caller asks again and finds it done.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, else problem: Problem = .timeout,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw problem }
    return value
  }
}

extension Problem {
  static let timeout = Problem(
    .unavailable, "request.timeout",
    "The request took too long; ask again, with the same Idempotency-Key if it has one.")
}
