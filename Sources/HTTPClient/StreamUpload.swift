import Synchronization

/// Pulls a body's chunks ahead of the loop thread, one at a time: one being sent, one waiting.
final class StreamUpload: Sendable {
  private struct State {
    var current: [UInt8] = []
    var sent = 0
    /// The chunk after the current one.
    var ahead: [UInt8]?
    var isPulling = false
    var hasEnded = false
    var failure: String?
    /// The loop found nothing to send and has paused the transfer.
    var isAwaited = false
    var isCancelled = false
    var pull: Task<Void, Never>?
    var produced: Int64 = 0
    var isUntouched = true
  }

  private let length: Int64?
  private let source: @Sendable () async throws -> [UInt8]?
  private let resume: @Sendable () -> Void
  private let state = Mutex(State())

  /// - Parameter resume: asks the loop to go on sending; called when a chunk came that it waits for.
  init(
    length: Int64?,
    source: @escaping @Sendable () async throws -> [UInt8]?,
    resume: @escaping @Sendable () -> Void
  ) {
    self.length = length
    self.source = source
    self.resume = resume
  }

  /// Whether nothing was handed out yet, so that starting again loses nothing.
  var isUntouched: Bool { state.withLock(\.isUntouched) }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> UploadSource.Step {
    state.withLock { state in
      if state.sent == state.current.count, let next = state.ahead {
        state.current = next
        state.sent = 0
        state.ahead = nil
      }
      pullIfNeeded(&state)
      if state.sent < state.current.count {
        let count = min(buffer.count, state.current.count - state.sent)
        state.current.withUnsafeBytes { bytes in
          let part = bytes[state.sent..<state.sent + count]
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        }
        state.sent += count
        state.isUntouched = false
        return .copied(count)
      }
      if let failure = state.failure { return .failed(failure) }
      if state.hasEnded { return .copied(0) }
      state.isAwaited = true
      return .wait
    }
  }

  func cancel() {
    let pull = state.withLock { state in
      state.isCancelled = true
      return state.pull
    }
    pull?.cancel()
  }

  private func pullIfNeeded(_ state: inout State) {
    guard state.ahead == nil, !state.isPulling, !state.hasEnded, state.failure == nil,
      !state.isCancelled
    else { return }
    state.isPulling = true
    state.pull = Task { await self.pullOne() }
  }

  private func pullOne() async {
    let outcome: Result<[UInt8]?, any Error>
    do {
      var chunk = try await source()
      // An empty chunk is not the end, and libcurl would take it for one.
      while chunk?.isEmpty == true { chunk = try await source() }
      outcome = .success(chunk)
    } catch {
      outcome = .failure(error)
    }
    let isAwaited = state.withLock { state in
      state.isPulling = false
      state.pull = nil
      accept(outcome, &state)
      defer { state.isAwaited = false }
      return state.isAwaited
    }
    if isAwaited { resume() }
  }

  private func accept(_ outcome: Result<[UInt8]?, any Error>, _ state: inout State) {
    switch outcome {
    case .success(let chunk?):
      state.produced += Int64(chunk.count)
      if let length, state.produced > length {
        state.failure = "the stream is longer than the \(length) bytes announced"
      } else {
        state.ahead = chunk
      }
    case .success(nil):
      state.hasEnded = true
      if let length, state.produced < length {
        state.failure = "the stream ended after \(state.produced) of \(length) bytes"
      }
    case .failure(let error):
      state.failure = "the stream failed: \(error)"
    }
  }
}
