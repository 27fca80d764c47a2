import Synchronization

/// Wakes long polls: for each key that somebody polls, a count of its changes and who waits for the
/// next. In this process only; a lost signal costs a waiter its patience, never an answer.
public final class Signals<Key: Hashable & Sendable>: Sendable {
  /// A key that is polled now. It is forgotten with its last poll, so that memory follows the number
  /// of polls, not of keys.
  private struct Watched {
    var polls = 0
    var changes: UInt64 = 0
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
  }

  private struct State {
    var watched: [Key: Watched] = [:]
    var cancelled: Set<UInt64> = []
    var nextWaiter: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Signals that nobody waits for yet.
  public init() {}

  /// Something changed for a key: everybody who waits reads again.
  public func notify(_ key: Key) {
    let woken = state.withLock { state in
      state.watched[key]?.changes += 1
      let waiting = state.watched[key]?.waiting
      state.watched[key]?.waiting = [:]
      return waiting ?? [:]
    }
    for continuation in woken.values { continuation.resume() }
  }

  /// Reads until there is something or the time is over, as
  /// ``poll(_:wait:until:_:)`` does.
  public func poll<Item>(
    _ key: Key, wait: Duration, _ read: () async throws -> [Item]
  ) async throws -> [Item] {
    try await poll(key, wait: wait, until: { !$0.isEmpty }, read)
  }

  /// Reads until what was read is news or the time is over. The changes are counted before the database
  /// is read, so that one in between is not slept through: whoever changes something notifies after the
  /// commit. Between two changes of its key nothing is read. A cancelled wait throws
  /// `CancellationError`.
  public func poll<Value>(
    _ key: Key, wait: Duration, until isNews: (Value) -> Bool, _ read: () async throws -> Value
  ) async throws -> Value {
    state.withLock { $0.watched[key, default: Watched()].polls += 1 }
    defer {
      state.withLock { state in
        state.watched[key]?.polls -= 1
        if state.watched[key]?.polls == 0 { state.watched[key] = nil }
      }
    }
    let deadline = ContinuousClock.now + wait
    while true {
      let seen = state.withLock { $0.watched[key]?.changes ?? 0 }
      let value = try await read()
      let rest = deadline - .now
      guard !isNews(value), rest > .zero else { return value }
      await change(of: key, after: seen, within: rest)
      try Task.checkCancellation()
    }
  }

  private func change(of key: Key, after seen: UInt64, within time: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.change(of: key, after: seen) }
      group.addTask { try? await Task.sleep(for: time) }
      await group.next()
      group.cancelAll()
    }
  }

  private func change(of key: Key, after seen: UInt64) async {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waits = state.withLock { state in
          if state.cancelled.contains(waiter) || state.watched[key]?.changes != seen {
            return false
          }
          state.watched[key]?.waiting[waiter] = continuation
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.cancelled.insert(waiter)
        return state.watched[key]?.waiting.removeValue(forKey: waiter)
      }
      continuation?.resume()
    }
    _ = state.withLock { $0.cancelled.remove(waiter) }
  }
}
