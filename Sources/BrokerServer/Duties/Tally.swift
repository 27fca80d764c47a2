import Synchronization

/// How many workers are at work, and how those ended that have ended since somebody looked.
final class Tally: Sendable {
  private struct State {
    var running = 0
    var outcomes: [Bool] = []
  }

  private let state = Mutex(State())

  var running: Int { state.withLock { $0.running } }

  func began() { state.withLock { $0.running += 1 } }

  func ended(well: Bool) {
    state.withLock {
      $0.running -= 1
      $0.outcomes.append(well)
    }
  }

  func takeOutcomes() -> [Bool] {
    state.withLock { state in
      defer { state.outcomes = [] }
      return state.outcomes
    }
  }
}
