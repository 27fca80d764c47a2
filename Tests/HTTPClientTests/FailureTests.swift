import HTTPClient
import Testing

@Suite("A failed exchange", .timeLimit(.minutes(1)))
struct FailureTests {
  @Test("a server that never answers runs into the total and the idle time")
  func timeouts() async throws {
    for (total, idle) in [(0.2, nil), (nil, 0.2)] as [(Double?, Double?)] {
      let server = try RawServer([.init(text: "", closes: false)])
      defer { server.stop() }
      let error = await code(
        HTTPRequest(
          url: "http://127.0.0.1:\(server.port)/",
          timeoutSeconds: total,
          idleTimeoutSeconds: idle
        )
      )
      #expect(error?.code == .timeout)
      #expect(error?.isTransient == true)
      await server.hasClosed.wait()
    }
  }

  @Test("a request that waits for a connection runs into its total time as well")
  func timeoutInLine() async throws {
    let server = try RawServer([.init(text: "", closes: false)])
    defer { server.stop() }
    let client = HTTPClient(.init(connectionsPerHostMax: 1))
    let url = "http://127.0.0.1:\(server.port)/"
    let first = Task { await code(HTTPRequest(url: url), client) }
    await server.hasRequest.wait()
    let second = await code(HTTPRequest(url: url, timeoutSeconds: 0.2), client)
    #expect(second?.code == .timeout)
    #expect(server.acceptedCount == 1)
    first.cancel()
    #expect(await first.value?.code == .cancelled)
  }

  @Test("a stream that stalls after its head throws from the stream")
  func stalledStream() async throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"
    let server = try RawServer([.init(text: text, closes: false)])
    defer { server.stop() }
    let client = HTTPClient()
    let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/", idleTimeoutSeconds: 0.2)
    let (_, body) = try await client.stream(request)
    let error = await #expect(throws: HTTPClientError.self) { for try await _ in body {} }
    #expect(error?.code == .timeout)
  }

  @Test("cancelling the task closes the connection")
  func cancelled() async throws {
    let server = try RawServer([.init(text: "", closes: false)])
    defer { server.stop() }
    let client = HTTPClient()
    let task = Task {
      try await client.send(
        HTTPRequest(url: "http://127.0.0.1:\(server.port)/"),
        maxResponseBytes: 0
      )
    }
    await server.hasRequest.wait()
    task.cancel()
    let error = await #expect(throws: HTTPClientError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(error?.isTransient == false)
    await server.hasClosed.wait()
  }

  @Test("a cancelled task sends nothing")
  func cancelledBefore() async throws {
    let server = try RawServer([])
    defer { server.stop() }
    let client = HTTPClient()
    let isCancelled = Gate()
    let task = Task {
      await isCancelled.wait()
      return await code(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"), client)
    }
    task.cancel()
    isCancelled.open()
    #expect(await task.value?.code == .cancelled)
    #expect(server.acceptedCount == 0)
  }

  @Test("cancelling the reader of a stream ends it")
  func cancelledReader() async throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"
    let server = try RawServer([.init(text: text, closes: false)])
    defer { server.stop() }
    let client = HTTPClient()
    let (_, body) = try await client.stream(
      HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
    )
    let hasBytes = Gate()
    let task = Task {
      for try await _ in body { hasBytes.open() }
    }
    await hasBytes.wait()
    task.cancel()
    let error = await #expect(throws: HTTPClientError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    await server.hasClosed.wait()
  }

  @Test("a refused connection says so and may be tried again")
  func refused() async throws {
    let server = try RawServer([])
    server.stop()
    // The kernel refuses on a listener that was shut down, as on a port nobody listens on.
    let error = await code(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
    #expect(error?.code == .connectFailed)
    #expect(error?.isTransient == true)
    #expect(error?.description.hasPrefix("http.connect_failed: ") == true)
  }

  @Test("a name that does not exist is not resolved")
  func unresolved() async {
    let error = await code(HTTPRequest(url: "http://part.invalid/"))
    #expect(error?.code == .resolveFailed)
  }

  @Test(
    "what is not HTTP is refused",
    arguments: [
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 90_000)
        + String(repeating: "\r\nY: " + String(repeating: "y", count: 90_000), count: 3)
        + "\r\n\r\n",
    ]
  )
  func malformed(answer: String) async throws {
    let server = try RawServer([.init(text: answer)])
    defer { server.stop() }
    let error = await code(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
    #expect(error?.code == .badResponse)
  }

  @Test("a connection closed without an answer is lost")
  func closed() async throws {
    let server = try RawServer([.init(text: "")])
    defer { server.stop() }
    let error = await code(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
    #expect(error?.code == .connectionLost)
  }

  @Test(
    "requests that would say something else than they seem to are not sent",
    arguments: [
      HTTPRequest(url: "ftp://127.0.0.1/"),
      HTTPRequest(url: "file:///etc/passwd"),
      HTTPRequest(url: "http://user:secret@127.0.0.1/"),
      HTTPRequest(url: "http://127.0.0.1/a b"),
      HTTPRequest(url: "http://127.0.0.1/\r\nX: y"),
      HTTPRequest(url: ""),
      HTTPRequest(method: "GET /x HTTP/1.1\r\nX:", url: "http://127.0.0.1/"),
      HTTPRequest(method: "", url: "http://127.0.0.1/"),
      HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\r\nY: b")]),
      HTTPRequest(url: "http://127.0.0.1/", headers: [("X\nY", "a")]),
      HTTPRequest(url: "http://127.0.0.1/", headers: [("content-length", "3")]),
      HTTPRequest(url: "http://127.0.0.1/", headers: [("Transfer-Encoding", "chunked")]),
      HTTPRequest(url: "http://127.0.0.1/", body: .stream(length: -1) { nil }),
    ]
  )
  func invalid(request: HTTPRequest) async {
    let error = await code(request)
    #expect(error?.code == .invalidRequest)
    #expect(error?.isTransient == false)
  }

  @Test("shutting down fails what is in flight and what comes later")
  func shutdown() async throws {
    let server = try RawServer([.init(text: "", closes: false)])
    defer { server.stop() }
    let client = HTTPClient()
    let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
    async let inFlight = code(request, client)
    await server.hasRequest.wait()
    client.shutdown()
    client.shutdown()
    #expect(await inFlight?.code == .shutDown)
    #expect(await code(request, client)?.code == .shutDown)
    await server.hasClosed.wait()
  }
}

/// The error of an exchange that has to fail.
func code(_ request: HTTPRequest, _ client: HTTPClient = HTTPClient()) async -> HTTPClientError? {
  await #expect(throws: HTTPClientError.self) {
    try await client.send(request, maxResponseBytes: 1 << 20)
  }
}
