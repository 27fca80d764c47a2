import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Sealing

/// How a payload passes through several threads when what it comes from, or goes to, fails or is slow. That
/// its bytes are the right ones is in the tests of vectors and of damaged payloads.
@Suite("A payload on several threads")
struct PayloadPipelineTests {
  private struct Broken: Error, Equatable { let at: Int }
  private static let chunk = 100

  /// Each chunk is passed on as it is.
  private func pipeline(
    reading read: @escaping PayloadPipeline.Read, writing write: @escaping PayloadPipeline.Write,
    change: @escaping PayloadPipeline.Change = { bytes, _, _, out in
      out.append(contentsOf: bytes)
    }
  ) -> PayloadPipeline {
    PayloadPipeline(
      chunkByteCount: Self.chunk, reading: read, writing: write, change: change)
  }

  private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

  @Test("every block knows its first chunk, and only the one at the end is the last")
  func numbers() throws {
    for size in [0, 1, 99, 100, 101, 399, 400, 401, 402, 10_000] {
      for piece in [1, 99, 101, 401, .max] {
        let flow = MemoryFlow(bytes(size)[...], piece: piece)
        let lasts = Mutex(0)
        try pipeline(reading: flow.read, writing: flow.write) { bytes, first, isLast, out in
          if let byte = bytes.first {
            #expect(byte == UInt8(truncatingIfNeeded: Int(first) * Self.chunk))
          }
          if isLast { lasts.withLock { $0 += 1 } }
          #expect(isLast || (!bytes.isEmpty && bytes.count % Self.chunk == 0))
          #expect(!isLast || !bytes.isEmpty || size == 0)
          out.append(contentsOf: bytes)
        }.run()
        #expect(flow.written == bytes(size), "\(size) bytes in pieces of \(piece)")
        #expect(lasts.withLock { $0 } == 1)
      }
    }
  }

  @Test("a write that fails ends it: nothing is written afterwards", arguments: [0, 1, 7])
  func failedWrite(number: Int) throws {
    let flow = MemoryFlow(bytes(20_000)[...])
    #expect(throws: Broken(at: number)) {
      try pipeline(reading: flow.read) { bytes in
        guard flow.writes != number else { throw Broken(at: number) }
        flow.write(bytes)
      }.run()
    }
    #expect(flow.writes == number && flow.written == bytes(number * 400))
  }

  @Test("a read that fails ends it when what was read before is written", arguments: [0, 1, 7])
  func failedRead(number: Int) throws {
    let flow = MemoryFlow(bytes(20_000)[...], piece: 401)
    let reads = Mutex(0)
    #expect(throws: Broken(at: number)) {
      try pipeline(
        reading: { buffer in
          let read = reads.withLock { reads in
            defer { reads += 1 }
            return reads
          }
          guard read != number else { throw Broken(at: number) }
          return flow.read(buffer)
        }, writing: flow.write
      ).run()
    }
    #expect(flow.written == bytes(flow.written.count) && flow.written.count % Self.chunk == 0)
    #expect(number == 0 ? flow.written.isEmpty : flow.written.count >= (number - 1) * 400)
  }

  @Test("of two failures the earlier block's counts, whichever happens first")
  func firstFailure() throws {
    let later = DispatchSemaphore(value: 0)
    let flow = MemoryFlow(bytes(20_000)[...])
    #expect(throws: Broken(at: 4)) {
      try pipeline(reading: flow.read, writing: flow.write) { bytes, first, _, out in
        if first == 4 {
          later.wait()
          out.append(contentsOf: bytes.prefix(50))
          throw Broken(at: 4)
        }
        out.append(contentsOf: bytes)
        if first == 8 {
          later.signal()
          throw Broken(at: 8)
        }
      }.run()
    }
    // What the failed block says is ready is written, and nothing of later ones.
    #expect(flow.written == bytes(450))
  }

  @Test("a failure is told while another thread still waits for a silent pipe")
  func silentPipe() throws {
    let more = DispatchSemaphore(value: 0)
    defer { more.signal() }
    let flow = MemoryFlow(bytes(1000)[...])
    #expect(throws: Broken(at: 4)) {
      try pipeline(
        reading: { buffer in
          let count = flow.read(buffer)
          if count == 0 { more.wait() }
          return count
        }, writing: flow.write
      ) { bytes, first, _, out in
        if first == 4 { throw Broken(at: 4) }
        out.append(contentsOf: bytes)
      }.run()
    }
    #expect(flow.written == bytes(400))
  }

  @Test("what comes little by little is passed on as soon as it is a chunk and a byte")
  func slowPipe() throws {
    let (flow, wasWritten) = (MemoryFlow(bytes(1001)[...], piece: 101), DispatchSemaphore(value: 0))
    let given = Mutex(0)
    try pipeline(
      reading: { buffer in
        // A second chunk is not sent before the first has come out.
        if given.withLock({ $0 }) > 0 { wasWritten.wait() }
        let count = flow.read(buffer)
        given.withLock { $0 += count }
        return count
      },
      writing: { bytes in
        flow.write(bytes)
        wasWritten.signal()
      }
    ).run()
    #expect(flow.written == bytes(1001))
  }

  @Test("a thread whose block is ready before its turn goes on with another one")
  func early() throws {
    let (flow, later) = (MemoryFlow(bytes(20_000)[...]), DispatchSemaphore(value: 0))
    let went = Mutex(false)
    try pipeline(reading: flow.read, writing: flow.write) { bytes, first, _, out in
      // The second block is not ready before the two after it are.
      if first == 4 {
        let isReady = (0..<2).allSatisfy { _ in later.wait(timeout: .now() + 10) == .success }
        went.withLock { $0 = isReady }
      } else if first == 8 || first == 12 {
        later.signal()
      }
      out.append(contentsOf: bytes)
    }.run()
    #expect(went.withLock { $0 })
    #expect(flow.written == bytes(20_000))
  }

  @Test("no more than two blocks a thread are begun and not written, however slow writing is")
  func room() throws {
    let (flow, begun) = (MemoryFlow(bytes(40_000)[...]), DispatchSemaphore(value: 0))
    let limit = 2 * PayloadPipeline.threads
    let counts = Mutex((begun: 0, written: 0, most: 0))
    try pipeline(
      reading: flow.read,
      writing: { bytes in
        // The first block is the caller's alone. From then on all that may be begun is.
        if counts.withLock({ $0.written }) == 1 {
          for _ in 0..<limit { begun.wait() }
        }
        flow.write(bytes)
        counts.withLock { $0.written += 1 }
      }
    ) { bytes, first, _, out in
      counts.withLock { counts in
        counts.begun += 1
        counts.most = max(counts.most, counts.begun - counts.written)
      }
      if first > 0 { begun.signal() }
      out.append(contentsOf: bytes)
    }.run()
    #expect(counts.withLock { $0.most } == limit)
    #expect(flow.written == bytes(40_000))
  }
}
