import Dispatch
import Glibc
import Synchronization

/// Reads a file, changes it and writes it, all three at the same time: a thread reads ahead, the caller's
/// changes, a third writes behind. Memory is a few blocks, however large the file is.
///
/// Mapping the input instead would save a copy and lose more: a page fault costs more than copying the
/// page, a file cut short meanwhile would kill the process, and one changed meanwhile would be decrypted
/// from other bytes than were authenticated.
struct FileFlow {
  static let blockBytes = 2 << 20
  private static let blocksEach = 3

  let label: String
  let input: InputFile
  let output: OutputFile

  /// Passes every block to `change`, which appends what is ready to be written, and what `finish` appends
  /// at the end. What they appended is written even where they throw then: it was ready. When this has
  /// returned or thrown, nothing is being written any more.
  func run(
    _ change: (UnsafeRawBufferPointer, inout [UInt8]) throws -> Void,
    finish: (inout [UInt8]) throws -> Void
  ) throws {
    let ahead = ReadAhead(input, blockBytes: Self.blockBytes, blocks: Self.blocksEach)
    let behind = WriteBehind(output.sink, blockBytes: Self.blockBytes, blocks: Self.blocksEach)
    var (bar, done) = (ProgressBar(label, total: input.size), 0)
    defer {
      ahead.stop()
      behind.stop()
      bar.finish()
    }
    while let block = try ahead.next() {
      try behind.write { out in try block.withBytes { try change($0, &out) } }
      done += block.count
      ahead.giveBack(consume block)
      bar.update(done)
    }
    try behind.write(finish)
    try behind.finish()
  }
}

/// A piece of a file, in memory that is used again.
struct Block: Sendable {
  fileprivate(set) var bytes: [UInt8]
  fileprivate(set) var count = 0

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}

/// A thread that fills blocks from a file while earlier ones are being used.
private final class ReadAhead: Sendable {
  private let free = Mailbox<Block>()
  private let filled = Mailbox<Block>()
  private let failure = Mutex<(any Error)?>(nil)

  init(_ input: InputFile, blockBytes: Int, blocks: Int) {
    // A small file needs no more than itself, and a byte to see that it ends there.
    let bytes = min(blockBytes, max(1, (input.size ?? blockBytes) + 1))
    for _ in 0..<(bytes < blockBytes ? 1 : blocks) {
      free.put(Block(bytes: [UInt8](repeating: 0, count: bytes)))
    }
    DispatchQueue(label: "read-ahead").async { self.read(input) }
  }

  /// The next block; nil at the end of the file.
  func next() throws -> Block? {
    if let block = filled.take() { return block }
    if let error = failure.withLock({ $0 }) { throw error }
    return nil
  }

  func giveBack(_ block: consuming Block) { free.put(consume block) }

  /// Ends the thread, when what it waits for has come. A reader of a silent pipe is not waited for.
  func stop() { free.close() }

  private func read(_ input: InputFile) {
    do {
      while var block = free.take() {
        block.count = try block.bytes.withUnsafeMutableBytes { try input.fill($0) }
        guard block.count > 0 else { break }
        filled.put(consume block)
      }
    } catch {
      failure.withLock { $0 = error }
    }
    input.close()
    filled.close()
  }
}

/// A thread that writes blocks while the next ones are being made.
private final class WriteBehind: Sendable {
  private let free = Mailbox<[UInt8]>()
  private let filled = Mailbox<[UInt8]>()
  private let failure = Mutex<(any Error)?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  init(_ sink: OutputFile.Sink, blockBytes: Int, blocks: Int) {
    for _ in 0..<blocks {
      var bytes: [UInt8] = []
      // Room for tags, a header and what was held back before: a growing array would double.
      bytes.reserveCapacity(blockBytes + blockBytes / 8)
      free.put(bytes)
    }
    DispatchQueue(label: "write-behind").async { self.write(to: sink) }
  }

  /// Has a block filled and written, whatever is in it when `fill` returns or throws.
  func write(_ fill: (inout [UInt8]) throws -> Void) throws {
    guard var bytes = free.take() else { return try finish() }
    let outcome = Result { try fill(&bytes) }
    filled.put(consume bytes)
    try outcome.get()
  }

  /// Waits until everything is written. Throws what went wrong with that.
  func finish() throws {
    stop()
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Waits until what was made is written, or cannot be.
  func stop() {
    filled.close()
    ended.wait()
    ended.signal()
  }

  private func write(to sink: OutputFile.Sink) {
    do {
      while var bytes = filled.take() {
        try sink.write(bytes)
        bytes.removeAll(keepingCapacity: true)
        free.put(consume bytes)
      }
    } catch {
      failure.withLock { $0 = error }
    }
    free.close()
    ended.signal()
  }
}
