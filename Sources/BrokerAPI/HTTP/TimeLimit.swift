import Domain
import Synchronization

/// Runs an operation for at most a duration; then it is cancelled and a problem is thrown
/// (`request.timeout` unless another is given), whether or not it heeds that. A database write that has
/// begun is finished all the same: its caller asks again and finds it done.
///
/// The operation begins at once, on the caller's thread. One that never waits, such as reading a body
/// that is there already, costs neither a timer nor a change of threads; one that waits is resumed once.
///
/// - Parameter executor: where it goes on after it waited; an unstructured task inherits none.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, else problem: Problem = .timeout, on executor: any TaskExecutor,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let race = Race<Value>()
  let task = Task.immediate(executorPreference: executor) {
    do {
      race.end(.success(try await operation()))
    } catch {
      race.end(.failure(error))
    }
  }
  if let result = race.result { return try result.get() }
  let alarm = Alarms.shared.set(limit) { race.end(.failure(problem)) }
  // Before the caller goes on: the operation may still wait for the request's body, where NIO takes one
  // waiter only, and a second is a precondition failure.
  defer {
    task.cancel()
    Alarms.shared.remove(alarm)
  }
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { race.wait($0) }
  } onCancel: {
    task.cancel()
  }
}

/// What comes first counts.
private final class Race<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case over(Result<Value, any Error>)
  }

  private let state = Mutex(State.open)

  var result: Result<Value, any Error>? {
    state.withLock { if case .over(let result) = $0 { result } else { nil } }
  }

  func end(_ result: Result<Value, any Error>) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .open:
        state = .over(result)
        return nil
      case .awaited(let continuation):
        state = .over(result)
        return continuation
      case .over: return nil
      }
    }
    waiting?.resume(with: result)
  }

  func wait(_ continuation: CheckedContinuation<Value, any Error>) {
    let result = state.withLock { state -> Result<Value, any Error>? in
      if case .over(let result) = state { return result }
      state = .awaited(continuation)
      return nil
    }
    if let result { continuation.resume(with: result) }
  }
}

/// Runs closures after a time, to a tenth of a second. Nearly every one is removed long before, so
/// setting and removing are what has to be cheap: a timer of the system's for each would wake its thread
/// twice.
private final class Alarms: Sendable {
  static let shared = Alarms()

  private struct Alarm {
    let end: ContinuousClock.Instant
    let ring: @Sendable () -> Void
  }

  private struct State {
    var alarms: [Int: Alarm] = [:]
    var next = 0
    var isTicking = false
  }

  private static let tick = Duration.milliseconds(100)
  private let state = Mutex(State())

  /// Returns the number that ``remove(_:)`` takes.
  func set(_ duration: Duration, _ ring: @escaping @Sendable () -> Void) -> Int {
    let end = ContinuousClock.now + duration
    let (number, mustTick) = state.withLock { state in
      state.next += 1
      state.alarms[state.next] = Alarm(end: end, ring: ring)
      defer { state.isTicking = true }
      return (state.next, !state.isTicking)
    }
    if mustTick { Task.detached { await self.run() } }
    return number
  }

  func remove(_ number: Int) {
    state.withLock { _ = $0.alarms.removeValue(forKey: number) }
  }

  /// Ticks while there are alarms.
  private func run() async {
    while true {
      try? await Task.sleep(for: Self.tick)
      let now = ContinuousClock.now
      let (due, isIdle) = state.withLock { state in
        let due = state.alarms.filter { $0.value.end <= now }
        for number in due.keys { state.alarms[number] = nil }
        state.isTicking = !state.alarms.isEmpty
        return (due, !state.isTicking)
      }
      for alarm in due.values { alarm.ring() }
      if isIdle { return }
    }
  }
}

extension Problem {
  static let timeout = Problem(
    .unavailable, "request.timeout",
    "The request took too long; ask again, with the same Idempotency-Key if it has one.")
}
