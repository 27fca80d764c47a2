import Domain
import Synchronization

/// Runs an operation for at most a duration; then it is cancelled and a problem is thrown
/// (`request.timeout` unless another is given). A database write that has begun is finished all the
/// same: its caller asks again and finds it done.
///
/// The operation begins at once, on the caller's thread. One that never waits, such as reading a body
/// that is there already, costs neither a timer nor a change of threads.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, else problem: Problem = .timeout,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let isOver = Flag()
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addImmediateTask {
      defer { isOver.raise() }
      return try await operation()
    }
    if !isOver.isRaised {
      group.addImmediateTask {
        try await Alarms.shared.sleep(limit)
        return nil
      }
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw problem }
    return value
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .acquiring) }

  func raise() { value.store(true, ordering: .releasing) }
}

/// Wakes sleepers, to a tenth of a second. Nearly every one is cancelled long before, so going to sleep
/// and being cancelled are what has to be cheap: a timer of the system's for each would wake its thread
/// twice.
private final class Alarms: Sendable {
  static let shared = Alarms()

  private struct Sleeper {
    let end: ContinuousClock.Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var sleepers: [Int: Sleeper] = [:]
    var next = 0
    var isTicking = false
  }

  private static let tick = Duration.milliseconds(100)
  private let state = Mutex(State())

  func sleep(_ duration: Duration) async throws {
    let end = ContinuousClock.now + duration
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let mustTick = state.withLock { state in
          state.sleepers[number] = Sleeper(end: end, continuation: continuation)
          defer { state.isTicking = true }
          return !state.isTicking
        }
        if mustTick { Task.detached { await self.run() } }
        // A cancellation that came before the sleeper was there has found nobody to wake.
        if Task.isCancelled { cancel(number) }
      }
    } onCancel: {
      cancel(number)
    }
  }

  private func cancel(_ number: Int) {
    state.withLock { $0.sleepers.removeValue(forKey: number) }?
      .continuation.resume(throwing: CancellationError())
  }

  /// Ticks while there are sleepers.
  private func run() async {
    while true {
      try? await Task.sleep(for: Self.tick)
      let now = ContinuousClock.now
      let (due, isIdle) = state.withLock { state in
        let due = state.sleepers.filter { $0.value.end <= now }
        for number in due.keys { state.sleepers[number] = nil }
        state.isTicking = !state.sleepers.isEmpty
        return (due, !state.isTicking)
      }
      for sleeper in due.values { sleeper.continuation.resume() }
      if isIdle { return }
    }
  }
}

extension Problem {
  static let timeout = Problem(
    .unavailable, "request.timeout",
    "The request took too long; ask again, with the same Idempotency-Key if it has one.")
}
