import Synchronization

/// Wakes the one who waits for it. Rung while nobody waits, it wakes the next one at once.
final class Bell: Sendable {
  private struct State {
    var isRung = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring() {
    let waiting = state.withLock { state in
      defer { state.waiting = nil }
      state.isRung = state.waiting == nil
      return state.waiting
    }
    waiting?.resume()
  }

  /// Returns when it was rung, or its task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waits = state.withLock { state in
          if state.isRung {
            state.isRung = false
            return false
          }
          if Task.isCancelled { return false }
          state.waiting = continuation
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.waiting = nil }
        return state.waiting
      }
      waiting?.resume()
    }
  }
}
