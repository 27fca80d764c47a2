import Glibc
import Synchronization

/// A server below HTTP: it takes connections one after the other, waits for the end of a request's
/// head, sends the bytes it was given for that connection, and closes or waits for the client to.
final class RawServer: Sendable {
  struct Answer: Sendable {
    var text: String
    /// How many bytes of `pattern` follow the text.
    var patternBytes = 0
    var closes = true
    /// Reads the head of one more request on the connection and closes it without an answer.
    var dropsNext = false
  }

  let port: Int
  /// Opened when the first request's head has come.
  let hasRequest = Gate()
  /// Opened when a client closed a connection the server kept open.
  let hasClosed = Gate()
  private let listener: Int32
  private let accepted = Atomic(0)
  private let sent = Atomic(0)

  var acceptedCount: Int { accepted.load(ordering: .relaxed) }

  /// How much of the pattern the system has taken.
  var sentPatternBytes: Int { sent.load(ordering: .relaxed) }

  /// - Parameter answers: one for each connection; a further one is closed at once.
  init(_ answers: [Answer]) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isListening else { throw Failure() }
    port = Int(UInt16(bigEndian: address.sin_port))
    // A thread of its own: it blocks, and the pool of the tasks has few threads.
    let context = Unmanaged.passRetained(Work(server: self, answers: answers))
    var thread = pthread_t()
    pthread_create(
      &thread,
      nil,
      { context in
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        work.server.serve(work.answers)
        return nil
      },
      context.toOpaque()
    )
    pthread_detach(thread)
  }

  struct Failure: Error {}

  private final class Work {
    let server: RawServer
    let answers: [Answer]

    init(server: RawServer, answers: [Answer]) {
      self.server = server
      self.answers = answers
    }
  }

  /// Ends the thread once its present connection is closed.
  func stop() {
    Glibc.shutdown(listener, Int32(SHUT_RDWR))
  }

  private func serve(_ answers: [Answer]) {
    var left = answers[...]
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      accepted.add(1, ordering: .relaxed)
      if let answer = left.popFirst() { give(answer, to: connection) }
      close(connection)
    }
    close(listener)
  }

  /// False when the client closed before the end of the head.
  private func readHead(_ connection: Int32) -> Bool {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard recv(connection, &byte, 1, 0) == 1 else { return false }
      head.append(byte)
    }
    return true
  }

  private func give(_ answer: Answer, to connection: Int32) {
    guard readHead(connection) else { return }
    hasRequest.open()
    let bytes = Array(answer.text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    while sentPatternBytes < answer.patternBytes {
      let start = sentPatternBytes
      let block = pattern(from: start, count: min(64 << 10, answer.patternBytes - start))
      let count = send(connection, block, block.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return }
      sent.add(count, ordering: .relaxed)
    }
    if answer.dropsNext { _ = readHead(connection) }
    guard !answer.closes else { return }
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) > 0 {}
    hasClosed.open()
  }
}
