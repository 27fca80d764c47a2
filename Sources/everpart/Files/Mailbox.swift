import Dispatch
import Synchronization

/// Hands values from one thread to another, in order. Closed, it gives out what is left and then nil.
///
/// It has no limit of its own: what goes round between two mailboxes is as many values as were put in.
final class Mailbox<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Counts the values, and one more when closed.
  private let arrived = DispatchSemaphore(value: 0)

  /// Leaves a value. It is moved: an array that its sender kept a reference to would be copied by the
  /// thread that writes into it next.
  func put(_ value: consuming Value) {
    var moved: Value? = consume value
    state.withLock { state in
      if let value = moved.take() { state.values.append(value) }
    }
    arrived.signal()
  }

  /// Waits for a value; nil when there will be none.
  func take() -> Value? {
    arrived.wait()
    let value = state.withLock { $0.values.isEmpty ? nil : $0.values.removeFirst() }
    // Whoever asks next must not wait either.
    if value == nil { arrived.signal() }
    return value
  }

  /// Says that nothing more comes, to whoever waits on either side.
  func close() {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    if isFirst { arrived.signal() }
  }
}
