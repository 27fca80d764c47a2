import Dispatch
import FoundationEssentials
import Synchronization

/// Passes a long payload through the cipher on all cores: a thread reads a block of chunks, changes it, and
/// writes it, or leaves it to the thread that will write what comes before.
///
/// One thread reads at a time and one writes; changing needs no turn. A block stays with one thread, and so
/// in one core's cache, unless it is ready before its turn; and no thread sleeps and is woken for that, but
/// where writing is slower than the rest. Memory is three blocks a thread, however long the payload is.
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
  static let threads = max(2, min(8, ProcessInfo.processInfo.activeProcessorCount))

  /// What is read as one chunk, in bytes.
  private let chunkByteCount: Int
  private let change: Change
  private let source: BlockSource
  private let outlet: Outlet

  /// - Parameter first: the payload's first bytes, where they have been read already.
  init(
    chunkByteCount: Int, first: [UInt8] = [], reading read: @escaping Read,
    writing write: @escaping Write, change: @escaping Change
  ) {
    self.chunkByteCount = chunkByteCount
    self.change = change
    source = BlockSource(chunkByteCount: chunkByteCount, first: first, read: read)
    outlet = Outlet(threads: Self.threads, write: write)
  }

  /// Returns when everything is written. Throws what went wrong first, in the order of the payload: all
  /// before it is written then, and nothing is written any more. A thread that waits for a silent pipe is
  /// left behind.
  func run() throws {
    var buffer = emptyBuffer()
    // The caller's thread is enough for what fits into a block.
    if work(on: &buffer, blocks: 1) {
      for _ in 0..<Self.threads {
        DispatchQueue.global().async {
          var buffer = emptyBuffer()
          _ = work(on: &buffer)
        }
      }
    }
    try outlet.result()
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
    var done = 0
    while done < blocks {
      outlet.waitForRoom()
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
      guard outlet.pass(&buffer.out, of: block, with: outcome) else {
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

/// Writes blocks in their order, whatever the order they are ready in.
private final class Outlet: Sendable {
  private struct Ready {
    let bytes: [UInt8]
    let outcome: Result<Void, any Error>
    let isLast: Bool
  }

  private struct State {
    var next = 0
    var ready: [Int: Ready] = [:]
    var isWriting = false
    /// Memory of blocks that are written.
    var spare: [[UInt8]] = []
    /// Set once, when nothing will be written any more.
    var result: Result<Void, any Error>?
  }

  private let threads: Int
  private let sink: PayloadPipeline.Write
  private let state = Mutex(State())
  /// Counts the blocks that may be begun before one more is written.
  private let room = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  init(threads: Int, write: @escaping PayloadPipeline.Write) {
    self.threads = threads
    sink = write
    for _ in 0..<(2 * threads) { room.signal() }
  }

  /// To be called before each block is begun: waits while too many are ready and not written.
  func waitForRoom() { room.wait() }

  /// Takes what became of a block, for other memory to use again. Writes it with all that are ready after it,
  /// or leaves it to the thread that is writing or has what comes before. Returns whether more is to be
  /// written.
  func pass(_ bytes: inout [UInt8], of block: Block, with outcome: Result<Void, any Error>) -> Bool
  {
    let isMine = state.withLock { state in
      state.ready[block.index] = Ready(bytes: bytes, outcome: outcome, isLast: block.isLast)
      bytes = state.spare.popLast() ?? []
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if isMine {
      while let block = next() { write(block) }
    }
    return state.withLock { $0.result == nil }
  }

  /// Waits until nothing will be written any more.
  func result() throws {
    ended.wait()
    try state.withLock { $0.result }?.get()
  }

  /// The block whose turn it is; nil, and nobody writes, when it is not ready.
  private func next() -> Ready? {
    state.withLock { state in
      let block = state.result == nil ? state.ready.removeValue(forKey: state.next) : nil
      if block == nil { state.isWriting = false }
      return block
    }
  }

  private func write(_ block: consuming Ready) {
    let written = Result {
      if !block.bytes.isEmpty { try sink(block.bytes) }
      try block.outcome.get()
    }
    if case .success = written, !block.isLast {
      let bytes = block.bytes
      state.withLock { state in
        state.next += 1
        state.spare.append(bytes)
      }
      room.signal()
    } else {
      state.withLock { $0.result = written }
      // Whoever waits finds that there is nothing to do.
      for _ in 0...threads { room.signal() }
      ended.signal()
    }
  }
}
