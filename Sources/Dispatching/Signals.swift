import Domain
import Synchronization

/// Wakes long polls: a counter for each bureau, and who waits for it to move. In this process only;
/// a lost signal costs a waiter its patience, never an answer.
final class Signals: Sendable {
  private struct State {
    var counts: [BureauID: UInt64] = [:]
    var waiting: [BureauID: [UInt64: CheckedContinuation<Void, Never>]] = [:]
    var cancelled: Set<UInt64> = []
    var nextWaiter: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Something changed for a bureau: everybody who waits reads again.
  func notify(_ bureau: BureauID) {
    let woken = state.withLock { state in
      state.counts[bureau, default: 0] += 1
      return state.waiting.removeValue(forKey: bureau) ?? [:]
    }
    for continuation in woken.values { continuation.resume() }
  }

  /// Reads until there is something or the time is over. The counter is read before the database,
  /// so that a change in between is not slept through.
  func poll<Item>(
    _ bureau: BureauID, wait: Duration, _ read: () async throws -> [Item]
  ) async throws -> [Item] {
    let deadline = ContinuousClock.now + wait
    while true {
      let seen = state.withLock { $0.counts[bureau, default: 0] }
      let items = try await read()
      let rest = deadline - .now
      guard items.isEmpty, rest > .zero else { return items }
      await change(of: bureau, after: seen, within: rest)
      try Task.checkCancellation()
    }
  }

  private func change(of bureau: BureauID, after seen: UInt64, within time: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.change(of: bureau, after: seen) }
      group.addTask { try? await Task.sleep(for: time) }
      await group.next()
      group.cancelAll()
    }
  }

  private func change(of bureau: BureauID, after seen: UInt64) async {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waits = state.withLock { state in
          if state.cancelled.contains(waiter) || state.counts[bureau, default: 0] != seen {
            return false
          }
          state.waiting[bureau, default: [:]][waiter] = continuation
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.cancelled.insert(waiter)
        return state.waiting[bureau]?.removeValue(forKey: waiter)
      }
      continuation?.resume()
    }
    _ = state.withLock { $0.cancelled.remove(waiter) }
  }
}
