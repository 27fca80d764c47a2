import Synchronization

/// The bytes between the loop thread and one reader. When it is full the loop pauses the transfer, and
/// so, through the socket, the server.
final class ResponseBuffer: Sendable {
  /// From this many bytes on nothing more is taken. One write of libcurl (16 KiB) may go beyond.
  static let bytesMax = 256 << 10

  private struct State {
    var pending: [UInt8] = []
    var isPaused = false
    var end: Result<Void, HTTPClientError>?
    var waiter: CheckedContinuation<[UInt8]?, any Error>?
  }

  private let state = Mutex(State())
  private let resume: @Sendable () -> Void

  /// - Parameter resume: asks the loop to go on receiving; called when a paused buffer was emptied.
  init(resume: @escaping @Sendable () -> Void) {
    self.resume = resume
  }

  var isPaused: Bool { state.withLock(\.isPaused) }

  /// Takes bytes from the loop, or returns false: then it has taken none and the same bytes are to be
  /// offered again after `resume` was called.
  func offer(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let waiter: CheckedContinuation<[UInt8]?, any Error>?
    let taken: Bool
    (waiter, taken) = state.withLock { state in
      if let waiter = state.waiter {
        state.waiter = nil
        return (waiter, true)
      }
      guard state.pending.count < Self.bytesMax else {
        state.isPaused = true
        return (nil, false)
      }
      state.pending.append(contentsOf: bytes)
      return (nil, true)
    }
    waiter?.resume(returning: Array(bytes))
    return taken
  }

  /// Called once by the loop, after the last byte.
  func finish(_ end: Result<Void, HTTPClientError>) {
    let waiter = state.withLock { state in
      state.end = end
      defer { state.waiter = nil }
      return state.waiter
    }
    switch end {
    case .success: waiter?.resume(returning: nil)
    case .failure(let error): waiter?.resume(throwing: error)
    }
  }

  /// Everything received since the last call, waiting for the first byte of it.
  func next() async throws -> [UInt8]? {
    try await withCheckedThrowingContinuation { continuation in
      var wasPaused = false
      let outcome: Result<[UInt8]?, any Error>? = state.withLock { state in
        if !state.pending.isEmpty {
          let bytes = state.pending
          state.pending = []
          wasPaused = state.isPaused
          state.isPaused = false
          return .success(bytes)
        }
        if let end = state.end { return end.map { nil }.mapError { $0 } }
        guard state.waiter == nil else {
          return .failure(HTTPClientError(.invalidRequest, "a body stream has one reader"))
        }
        state.waiter = continuation
        return nil
      }
      if let outcome { continuation.resume(with: outcome) }
      if wasPaused { resume() }
    }
  }
}
