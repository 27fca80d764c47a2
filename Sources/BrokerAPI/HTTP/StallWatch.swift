import NIOCore
import Synchronization

/// Disconnects a client that moves too little in either direction: less than a MiB in two minutes. A body
/// that streams has no time limit as a whole; without this one, a client that dawdles would hold its
/// place, and what goes with it, for ever.
final class StallWatch: Sendable {
  /// What has to move…
  static let stride = 1 << 20
  /// …in this time.
  static let patience = TimeAmount.minutes(2)

  private struct State {
    var moved = 0
    var alarm: Scheduled<Void>?
  }

  private let channel: any Channel
  private let state = Mutex(State())

  init(_ channel: any Channel) {
    self.channel = channel
    rearm()
  }

  deinit { state.withLock { $0.alarm }?.cancel() }

  /// Counts bytes; tells whether they completed a stride.
  func moved(_ bytes: Int) -> Bool {
    let isStride = state.withLock { state in
      state.moved += bytes
      guard state.moved >= Self.stride else { return false }
      state.moved = 0
      return true
    }
    if isStride { rearm() }
    return isStride
  }

  private func rearm() {
    let alarm = channel.eventLoop.scheduleTask(in: Self.patience) { [channel] in
      channel.close(promise: nil)
    }
    state.withLock { state in
      let old = state.alarm
      state.alarm = alarm
      return old
    }?.cancel()
  }
}
