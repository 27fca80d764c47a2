import Domain

/// Runs an operation for at most a duration; then it is cancelled and `request.timeout` is thrown. A
/// database write that has begun is finished all the same: its caller asks again and finds it done.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else {
      throw Problem(
        .unavailable, "request.timeout",
        "The request took too long; ask again, with the same Idempotency-Key if it has one.")
    }
    return value
  }
}
