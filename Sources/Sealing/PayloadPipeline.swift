import Dispatch
import FoundationEssentials
import Synchronization

/// Passes a long payload through the cipher on all cores: a thread reads a block of chunks, changes it, and
/// writes it when its turn has come.
///
/// One thread reads at a time and one writes; changing needs no turn. A block stays with one thread, and so
/// in one core's cache, and nobody is woken for it but a thread that waits to write. Memory is two blocks a
/// thread, however long the payload is.
struct PayloadPipeline: Sendable {
  /// Fills memory from its start with what is there, at least a byte, and returns how much; 0 at the end.
  typealias Read = @Sendable (UnsafeMutableRawBufferPointer) throws -> Int
  typealias Write = @Sendable ([UInt8]) throws -> Void
  /// Appends what becomes of whole chunks, of which the first has this number, or of the payload's rest.
  typealias Change =
    @Sendable (
      _ chunks: UnsafeBufferPointer<UInt8>, _ first: UInt64, _ isLast: Bool, _ out: inout [UInt8]
    ) throws -> Void

  private static let chunksEach = 4
  /// On one core the second thread changes while the first one waits for a disk.
  private static let widthMax = max(2, min(8, ProcessInfo.processInfo.activeProcessorCount))

  /// What is read as one chunk, in bytes.
  private let chunkByteCount: Int
  private let change: Change
  private let source: BlockSource
  private let turns: Turns

  /// - Parameter first: the payload's first bytes, where they have been read already.
  init(
    chunkByteCount: Int, first: [UInt8] = [], reading read: @escaping Read,
    writing write: @escaping Write, change: @escaping Change
  ) {
    self.chunkByteCount = chunkByteCount
    self.change = change
    source = BlockSource(chunkByteCount: chunkByteCount, first: first, read: read)
    turns = Turns(write: write)
  }

  /// Returns when everything is written. Throws what went wrong first, in the order of the payload: all
  /// before it is written then, and nothing is written any more. A thread that waits for a silent pipe is
  /// left behind.
  func run() throws {
    var buffer = emptyBuffer()
    // The caller's thread is enough for what fits into a block.
    if work(on: &buffer, blocks: 1) {
      for _ in 0..<Self.widthMax {
        DispatchQueue.global().async {
          var buffer = emptyBuffer()
          _ = work(on: &buffer)
        }
      }
    }
    try turns.result()
  }

  private struct Buffer {
    /// A byte more than the chunks: whether another chunk follows decides how the last one is changed.
    var block: [UInt8]
    var out: [UInt8] = []
  }

  private func emptyBuffer() -> Buffer {
    Buffer(block: [UInt8](repeating: 0, count: chunkByteCount * Self.chunksEach + 1))
  }

  /// Works on blocks until there are no more of them, or until so many are done. Returns whether there may
  /// be more.
  private func work(on buffer: inout Buffer, blocks: Int = .max) -> Bool {
    let myTurn = DispatchSemaphore(value: 0)
    var done = 0
    while done < blocks {
      guard let block = source.next(into: &buffer.block) else { return false }
      buffer.out.removeAll(keepingCapacity: true)
      let outcome = Result {
        let count = try block.byteCount.get()
        try buffer.block.withUnsafeBufferPointer { bytes in
          try change(
            UnsafeBufferPointer(rebasing: bytes[..<count]), block.firstChunk, block.isLast,
            &buffer.out)
        }
      }
      if case .failure = outcome { source.stop() }
      guard turns.write(buffer.out, of: block, with: outcome, waiting: myTurn) else {
        source.stop()
        return false
      }
      done += 1
    }
    return true
  }
}

/// A piece of a payload.
private struct Block {
  /// Its place among the blocks.
  let index: Int
  let firstChunk: UInt64
  let isLast: Bool
  let byteCount: Result<Int, any Error>
}

/// Cuts what is read into blocks of whole chunks.
private final class BlockSource: Sendable {
  private struct State {
    var index = 0
    var chunk: UInt64 = 0
    /// What has been read and belongs to the next block.
    var rest: [UInt8]
    var isAtEnd = false
  }

  private let chunkByteCount: Int
  private let read: PayloadPipeline.Read
  private let state: Mutex<State>
  private let isStopped = Atomic(false)

  init(chunkByteCount: Int, first: [UInt8], read: @escaping PayloadPipeline.Read) {
    self.chunkByteCount = chunkByteCount
    self.read = read
    state = Mutex(State(rest: first))
  }

  /// No block is given out from now on. Whoever is reading is not waited for.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// The next block, at the head of the buffer; nil when there is none.
  func next(into buffer: inout [UInt8]) -> Block? {
    state.withLock { state in
      guard !state.isAtEnd, !isStopped.load(ordering: .relaxed) else { return nil }
      let (index, chunk) = (state.index, state.chunk)
      let byteCount = Result { try fill(&buffer, &state) }
      if case .failure = byteCount { state.isAtEnd = true }
      state.index += 1
      state.chunk += UInt64(((try? byteCount.get()) ?? 0) / chunkByteCount)
      return Block(
        index: index, firstChunk: chunk, isLast: state.isAtEnd, byteCount: byteCount)
    }
  }

  private func fill(_ buffer: inout [UInt8], _ state: inout State) throws -> Int {
    var count = min(state.rest.count, buffer.count)
    buffer.replaceSubrange(..<count, with: state.rest[..<count])
    state.rest.removeFirst(count)
    while count < buffer.count {
      let got = try buffer.withUnsafeMutableBytes {
        try read(UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
      }
      if got == 0 {
        state.isAtEnd = true
        return count
      }
      count += got
      // Who sends little at a time gets what is whole at once.
      if count < buffer.count, count > chunkByteCount { break }
    }
    let whole = (count - 1) / chunkByteCount * chunkByteCount
    state.rest.insert(contentsOf: buffer[whole..<count], at: 0)
    return whole
  }
}

/// Lets threads write one after the other, in the order of the blocks.
private final class Turns: Sendable {
  private struct State {
    var next = 0
    var waiting: [Int: DispatchSemaphore] = [:]
    /// Set once, when nothing will be written any more.
    var result: Result<Void, any Error>?
  }

  private let sink: PayloadPipeline.Write
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  init(write: @escaping PayloadPipeline.Write) { sink = write }

  /// Waits until all before the block is written, and writes what became of it. Returns whether more is to
  /// be written.
  func write(
    _ bytes: [UInt8], of block: Block, with outcome: Result<Void, any Error>,
    waiting myTurn: DispatchSemaphore
  ) -> Bool {
    let mustWait = state.withLock { state in
      guard state.result == nil, state.next != block.index else { return false }
      state.waiting[block.index] = myTurn
      return true
    }
    if mustWait { myTurn.wait() }
    guard state.withLock({ $0.result == nil }) else { return false }
    let written = Result {
      if !bytes.isEmpty { try sink(bytes) }
      try outcome.get()
    }
    if case .success = written, !block.isLast {
      pass()
      return true
    }
    end(written)
    return false
  }

  /// Waits until nothing will be written any more.
  func result() throws {
    ended.wait()
    try state.withLock { $0.result }?.get()
  }

  private func pass() {
    state.withLock { state in
      state.next += 1
      return state.waiting.removeValue(forKey: state.next)
    }?.signal()
  }

  private func end(_ result: Result<Void, any Error>) {
    let waiting = state.withLock { state in
      state.result = result
      defer { state.waiting = [:] }
      return state.waiting
    }
    for other in waiting.values { other.signal() }
    ended.signal()
  }
}
