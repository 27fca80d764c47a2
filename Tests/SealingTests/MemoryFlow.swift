import Glibc
import Synchronization

/// What `sealAll` and `openAll` read and write, in memory. Each read gives a piece of at most so many bytes.
final class MemoryFlow: Sendable {
  private struct State {
    var unread: ArraySlice<UInt8>
    var written: [UInt8] = []
    var writes = 0
    var readers = 0
  }

  private let piece: Int
  private let state: Mutex<State>

  init(_ bytes: ArraySlice<UInt8>, piece: Int = .max) {
    self.piece = piece
    state = Mutex(State(unread: bytes))
  }

  var written: [UInt8] { state.withLock { $0.written } }
  var writes: Int { state.withLock { $0.writes } }

  @Sendable func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    state.withLock { state in
      let part = state.unread.prefix(min(piece, buffer.count))
      state.unread = state.unread.dropFirst(part.count)
      part.withUnsafeBytes { buffer.copyMemory(from: $0) }
      return part.count
    }
  }

  @Sendable func write(_ bytes: [UInt8]) {
    state.withLock { state in
      state.written += bytes
      state.writes += 1
    }
  }
}
