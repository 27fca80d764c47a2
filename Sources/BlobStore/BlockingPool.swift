import Dispatch
import Synchronization

/// A few threads for calls that wait for the disk, which would otherwise hold the threads that all tasks
/// share. At most `width` calls run at once; the others wait in order.
///
/// A hop here and back costs about 10 µs, against 100 µs for writing 256 KiB to the page cache and
/// milliseconds for an fsync on a busy disk.
final class BlockingPool: Sendable {
  private struct State {
    var running = 0
    var waiting: [@Sendable () -> Void] = []
  }

  private let width: Int
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "blob-store", attributes: .concurrent)

  init(width: Int) {
    self.width = width
  }

  /// Runs a blocking call to its end, whether or not the task is cancelled meanwhile.
  func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      submit { continuation.resume(with: Result(catching: work)) }
    }
  }

  private func submit(_ work: @escaping @Sendable () -> Void) {
    let hasThread = state.withLock { state in
      guard state.running < width else {
        state.waiting.append(work)
        return false
      }
      state.running += 1
      return true
    }
    if hasThread { queue.async { self.runAll(startingWith: work) } }
  }

  private func runAll(startingWith first: @Sendable () -> Void) {
    first()
    while let next = nextOrLeave() { next() }
  }

  private func nextOrLeave() -> (@Sendable () -> Void)? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.running -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
