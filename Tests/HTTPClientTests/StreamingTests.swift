import HTTPClient
import Synchronization
import TestSupport
import Testing

private let large = 64 << 20
/// What may lie between the two ends: the sockets' buffers, which the system grows to several
/// megabytes, and a few hundred kilobytes on either side.
private let heldMax = 32 << 20

@Suite("A streamed body", .serialized, .timeLimit(.minutes(2)))
struct StreamingTests {
  @Test("64 MiB are received at the reader's pace")
  func download() async throws {
    // Below HTTP, since only there it is known what was really sent.
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(large)\r\n\r\n"
    let server = try RawServer([.init(text: head, patternBytes: large)])
    defer { server.stop() }
    try await withServer { otherPort, _ in
      let client = HTTPClient()
      let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
      let (head, body) = try await client.stream(request)
      #expect(head.status == 200)
      #expect(head.headers["content-length"] == "\(large)")

      var count = 0
      var isRight = true
      for try await chunk in body {
        if count == 0 {
          // The thread has all this time to receive more, and must not.
          try await passTime(client, otherPort)
          #expect(server.sentPatternBytes < heldMax)
        }
        isRight = isRight && chunk == pattern(from: count, count: chunk.count)
        count += chunk.count
        #expect(chunk.count <= 512 << 10)
      }
      #expect(count == large)
      #expect(isRight)
    }
  }

  @Test("64 MiB in the server's own chunks arrive whole")
  func chunkedDownload() async throws {
    try await withServer { port, _ in
      let client = HTTPClient()
      let request = HTTPRequest(url: "http://127.0.0.1:\(port)/bytes?chunked=&count=\(large)")
      let (head, body) = try await client.stream(request)
      #expect(head.headers["transfer-encoding"] == "chunked")
      var count = 0
      var isRight = true
      for try await chunk in body {
        isRight = isRight && chunk == pattern(from: count, count: chunk.count)
        count += chunk.count
      }
      #expect(count == large)
      #expect(isRight)
    }
  }

  @Test("64 MiB are pulled at the server's pace", arguments: [large, nil] as [Int?])
  func upload(length: Int?) async throws {
    try await withServer { port, log in
      let client = HTTPClient()
      let progress = Progress()
      try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
        group.addTask {
          let request = HTTPRequest(
            method: "PUT",
            url: "http://127.0.0.1:\(port)/held",
            body: .stream(length: length.map { Int64($0) }) {
              let start = progress.pulled.load(ordering: .relaxed)
              guard start < large else { return nil }
              let count = min(300_000, large - start)
              progress.pulled.store(start + count, ordering: .relaxed)
              return pattern(from: start, count: count)
            }
          )
          return try await client.send(request, maxResponseBytes: 100)
        }
        await log.isHolding.wait()
        try await passTime(client, port)
        #expect(progress.pulled.load(ordering: .relaxed) < heldMax)
        log.gate.open()
        let response = try await group.next()
        #expect(response?.body == Array("\(large) true".utf8))
      }
    }
  }

  @Test("a file is sent whole with its size", arguments: [0, 1, 5_000_000])
  func file(size: Int) async throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    let path = try directory.write(pattern(from: 0, count: size), to: "part.3mf")
    try await withServer { port, _ in
      let client = HTTPClient()
      let request = HTTPRequest(
        method: "POST",
        url: "http://127.0.0.1:\(port)/count",
        body: .file(path)
      )
      // Twice, over one connection.
      for _ in 0..<2 {
        let response = try await client.send(request, maxResponseBytes: 100)
        #expect(response.body == Array("\(size) true".utf8))
      }
    }
  }

  @Test("what is not a regular file is refused", arguments: ["/", "/dev/zero", "/no/such/file"])
  func notAFile(path: String) async throws {
    let request = HTTPRequest(method: "PUT", url: "http://127.0.0.1:9/", body: .file(path))
    let error = await #expect(throws: HTTPClientError.self) {
      try await HTTPClient().send(request, maxResponseBytes: 0)
    }
    #expect(error?.code == .bodyFailed)
  }

  @Test("a stream that fails, or is not as long as announced, ends the request")
  func brokenStreams() async throws {
    struct Broken: Error {}
    let short = chunks([4, 0, 3])
    let long = chunks([4, 4])
    let streams: [HTTPBody] = [
      .stream(length: 8) { short() },
      .stream(length: 7) { long() },
      .stream(length: nil) { throw Broken() },
    ]
    try await withServer { port, _ in
      let client = HTTPClient()
      for body in streams {
        let url = "http://127.0.0.1:\(port)/count"
        let error = await #expect(throws: HTTPClientError.self) {
          let request = HTTPRequest(method: "PUT", url: url, body: body)
          return try await client.send(request, maxResponseBytes: 100)
        }
        #expect(error?.code == .bodyFailed)
      }
    }
  }

  @Test("over a kept connection that breaks, all but a stream is sent again from its start")
  func sentAgain() async throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    let path = try directory.write(pattern(from: 0, count: 1000), to: "part.3mf")
    let next = chunks([500, 500])
    let bodies: [(HTTPBody, HTTPClientError.Code?)] = [
      (.none, nil), (.bytes(pattern(from: 0, count: 1000)), nil), (.file(path), nil),
      (.stream(length: 1000) { next() }, .connectionLost),
    ]
    for (body, expected) in bodies {
      let text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      let server = try RawServer([.init(text: text, dropsNext: true), .init(text: text)])
      defer { server.stop() }
      let client = HTTPClient()
      let url = "http://127.0.0.1:\(server.port)/"
      _ = try await client.send(HTTPRequest(url: url), maxResponseBytes: 0)
      let request = HTTPRequest(method: "PUT", url: url, body: body)
      if let expected {
        let error = await code(request, client)
        #expect(error?.code == expected)
        #expect(error?.isTransient == true)
      } else {
        let response = try await client.send(request, maxResponseBytes: 0)
        #expect(response.status == 200)
        #expect(server.acceptedCount == 2)
      }
    }
  }

  @Test("an empty stream and empty chunks are sent as what they are")
  func emptyChunks() async throws {
    try await withServer { port, _ in
      let client = HTTPClient()
      let cases: [([Int], Int64?)] = [([], nil), ([], 0), ([0, 2, 0], nil), ([0, 2], 2)]
      for (sizes, length) in cases {
        let next = chunks(sizes)
        let request = HTTPRequest(
          method: "POST",
          url: "http://127.0.0.1:\(port)/count",
          body: .stream(length: length) { next() }
        )
        let response = try await client.send(request, maxResponseBytes: 100)
        #expect(response.body == Array("\(sizes.reduce(0, +)) true".utf8))
      }
    }
  }

  @Test("a download cut short throws after the bytes that came")
  func cutShort() async throws {
    let server = try RawServer([
      .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
    ])
    defer { server.stop() }
    let client = HTTPClient()
    let (_, body) = try await client.stream(
      HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
    )
    var received: [UInt8] = []
    let error = await #expect(throws: HTTPClientError.self) {
      for try await chunk in body { received += chunk }
    }
    #expect(received == Array("12345".utf8))
    #expect(error?.code == .connectionLost)
    #expect(error?.isTransient == true)
  }

  @Test("dropping a stream closes its connection")
  func dropped() async throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"
    let server = try RawServer([.init(text: text, closes: false)])
    defer { server.stop() }
    let client = HTTPClient()
    let head = try await client.stream(HTTPRequest(url: "http://127.0.0.1:\(server.port)/")).head
    #expect(head.status == 200)
    await server.hasClosed.wait()
  }

  /// The pattern in chunks of these sizes.
  private func chunks(_ sizes: [Int]) -> @Sendable () -> [UInt8]? {
    let progress = Progress()
    return {
      progress.chunks.withLock { state in
        guard state.index < sizes.count else { return nil }
        let size = sizes[state.index]
        defer { state = (state.index + 1, state.sent + size) }
        return pattern(from: state.sent, count: size)
      }
    }
  }

  /// Fifty exchanges of the same client: its thread runs and the other transfer could move.
  private func passTime(_ client: HTTPClient, _ port: Int) async throws {
    for _ in 0..<50 {
      let request = HTTPRequest(url: "http://127.0.0.1:\(port)/echo")
      _ = try await client.send(request, maxResponseBytes: 0)
    }
  }
}

private final class Progress: Sendable {
  let pulled = Atomic(0)
  let chunks = Mutex((index: 0, sent: 0))
}
