import Synchronization
import Testing

@testable import HTTPClient

@Suite("The client's parts")
struct PartsTests {
  @Test("a full buffer refuses more and asks for more once it is emptied")
  func buffer() async throws {
    let resumptions = Counter()
    let buffer = ResponseBuffer { resumptions.add() }
    let chunk = [UInt8](repeating: 7, count: 16 << 10)
    var taken = 0
    for _ in 0..<100 where chunk.withUnsafeBufferPointer({ buffer.offer($0) }) {
      taken += chunk.count
    }
    #expect(taken == ResponseBuffer.bytesMax)
    #expect(buffer.isPaused)
    #expect(resumptions.value == 0)
    #expect(try await buffer.next()?.count == taken)
    #expect(!buffer.isPaused)
    #expect(resumptions.value == 1)

    #expect(chunk.withUnsafeBufferPointer { buffer.offer($0) })
    buffer.finish(.failure(HTTPClientError(.timeout, "")))
    #expect(try await buffer.next() == chunk)
    await #expect(throws: HTTPClientError.self) { try await buffer.next() }
    #expect(resumptions.value == 1)
  }

  @Test("the idle time counts only while nothing moves and nobody holds the transfer back")
  func idle() {
    let start = ContinuousClock.Instant.now
    let request = HTTPRequest(url: "", timeoutSeconds: 100, idleTimeoutSeconds: 8)
    var clock = TransferClock(request, now: start)
    func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }
    #expect(clock.nextCheck(after: start) == at(2))
    #expect(clock.expired(now: at(7.9), bytesMoved: 0, isHeldBack: false) == nil)
    #expect(clock.expired(now: at(8), bytesMoved: 1, isHeldBack: false) == nil)
    #expect(clock.expired(now: at(15.9), bytesMoved: 1, isHeldBack: false) == nil)
    #expect(clock.expired(now: at(50), bytesMoved: 1, isHeldBack: true) == nil)
    #expect(clock.expired(now: at(57.9), bytesMoved: 1, isHeldBack: false) == nil)
    #expect(clock.expired(now: at(58), bytesMoved: 1, isHeldBack: false)?.code == .timeout)
    #expect(clock.expired(now: at(99.9), bytesMoved: 2, isHeldBack: true) == nil)
    #expect(clock.expired(now: at(100), bytesMoved: 3, isHeldBack: true)?.code == .timeout)
  }

  @Test(
    "a limit that is no number or beyond all bounds is none", arguments: [.nan, .infinity, 1e30])
  func noLimit(seconds: Double) {
    let request = HTTPRequest(url: "", timeoutSeconds: seconds, idleTimeoutSeconds: seconds)
    #expect(TransferClock(request).nextCheck(after: .now) == nil)
  }

  @Test("lines of a head are told apart")
  func headerLines() {
    #expect(HeaderLine("HTTP/1.1 200 OK\r\n", isFirst: true) == .status(200))
    #expect(HeaderLine("HTTP/1.1 204\r\n", isFirst: true) == .status(204))
    #expect(HeaderLine("HTTP/1.1 20\r\n", isFirst: true) == .malformed)
    #expect(HeaderLine("HTTP/1.1\r\n", isFirst: true) == .malformed)
    #expect(HeaderLine("A:b:c \r\n", isFirst: false) == .field(name: "A", value: "b:c"))
    #expect(HeaderLine("A: \t\n", isFirst: false) == .field(name: "A", value: ""))
    #expect(HeaderLine("\tmore\r\n", isFirst: false) == .continuation("more"))
    #expect(HeaderLine("\r\n", isFirst: false) == .end)
    #expect(HeaderLine("A\r\n", isFirst: false) == .malformed)
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}
