import HTTPClient
import Testing

@Suite("An exchange")
struct ExchangeTests {
  @Test(
    "method, path, headers and body arrive as given",
    arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"]
  )
  func arrives(method: String) async throws {
    try await withServer { port, _ in
      let client = HTTPClient()
      let response = try await client.send(
        HTTPRequest(
          method: method,
          url: "http://127.0.0.1:\(port)/echo/../a%20b?q=1&q=2",
          headers: [("X-Part", "bracket: 7"), ("X-Empty", ""), ("Content-Type", "model/3mf")],
          body: .bytes(Array("some bytes".utf8))
        ),
        maxResponseBytes: 100
      )
      #expect(response.status == 200)
      #expect(response.body == Array("some bytes".utf8))
      #expect(response.headers["ECHO-METHOD"] == method)
      #expect(response.headers["echo-path"] == "/echo/../a%20b?q=1&q=2")
      #expect(response.headers["Echo-X-Part"] == "bracket: 7")
      #expect(response.headers["Echo-X-Empty"] == "")
      #expect(response.headers["Echo-Content-Type"] == "model/3mf")
      #expect(response.headers["Echo-Content-Length"] == "10")
      #expect(response.headers["Echo-User-Agent"] == "everpart/1")
      #expect(response.headers["Echo-Expect"] == nil)
      #expect(response.headers.values(of: "twice") == ["one", "two"])
    }
  }

  @Test("a request without a body has no type, and says that it is empty where one is expected")
  func emptyBodies() async throws {
    try await withServer { port, _ in
      let client = HTTPClient()
      for (method, length) in [("GET", nil), ("DELETE", nil), ("POST", "0"), ("PUT", "0")] {
        let request = HTTPRequest(method: method, url: "http://127.0.0.1:\(port)/echo")
        let response = try await client.send(request, maxResponseBytes: 0)
        #expect(response.headers["echo-method"] == method)
        #expect(response.headers["echo-content-length"] == length)
        #expect(response.headers["echo-content-type"] == nil)
        #expect(response.headers["echo-transfer-encoding"] == nil)
      }
    }
  }

  @Test("HEAD brings headers and no body, whatever length they announce")
  func head() async throws {
    let server = try RawServer([.init(text: "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")])
    defer { server.stop() }
    let request = HTTPRequest(method: "HEAD", url: "http://127.0.0.1:\(server.port)/")
    let response = try await HTTPClient().send(request, maxResponseBytes: 10)
    #expect(response.status == 200)
    #expect(response.headers["content-length"] == "5000")
    #expect(response.body.isEmpty)
  }

  @Test("a redirect is an answer and is not followed")
  func redirect() async throws {
    try await withServer { port, log in
      let request = HTTPRequest(url: "http://127.0.0.1:\(port)/redirect")
      let response = try await HTTPClient().send(request, maxResponseBytes: 100)
      #expect(response.status == 302)
      #expect(response.headers["location"] == "/echo")
      #expect(log.requestCount == 1)
    }
  }

  @Test("1,000 requests at once are all answered over as many connections as allowed")
  func concurrent() async throws {
    try await withServer { port, log in
      let client = HTTPClient(.init(connectionsPerHostMax: 20))
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<1000 {
          group.addTask {
            let request = HTTPRequest(
              method: "POST",
              url: "http://127.0.0.1:\(port)/echo",
              body: .bytes(Array("\(number)".utf8)),
              timeoutSeconds: 600
            )
            let response = try await client.send(request, maxResponseBytes: 10)
            return response.body == Array("\(number)".utf8)
          }
        }
        var right = 0
        for try await isRight in group where isRight { right += 1 }
        #expect(right == 1000)
      }
      #expect(log.requestCount == 1000)
      #expect((1...20).contains(log.connectionCount))
    }
  }

  @Test("a body of exactly the limit is taken, one byte more is not", arguments: [0, 1, 100_000])
  func limit(count: Int) async throws {
    try await withServer { port, _ in
      let client = HTTPClient()
      let exact = HTTPRequest(url: "http://127.0.0.1:\(port)/bytes?count=\(count)")
      let response = try await client.send(exact, maxResponseBytes: count)
      #expect(response.body == pattern(from: 0, count: count))
      let larger = HTTPRequest(url: "http://127.0.0.1:\(port)/bytes?count=\(count + 1)")
      let error = await #expect(throws: HTTPClientError.self) {
        try await client.send(larger, maxResponseBytes: count)
      }
      #expect(error?.code == .responseTooLarge)
      #expect(error?.isTransient == false)
    }
  }

  @Test("the limit holds while receiving when no length is announced")
  func limitWithoutLength() async throws {
    let text = "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 3000)
    // The server does not close: the client must stop by itself.
    let server = try RawServer([.init(text: text, closes: false)])
    defer { server.stop() }
    let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
    let error = await #expect(throws: HTTPClientError.self) {
      try await HTTPClient().send(request, maxResponseBytes: 2999)
    }
    #expect(error?.code == .responseTooLarge)
    await server.hasClosed.wait()
  }

  @Test("an interim answer is passed over and a folded header is one header")
  func interim() async throws {
    let text =
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      + "HTTP/1.1 201 Created\r\nX-Long: one\r\n  two\r\nContent-Length: 2\r\n\r\nok"
    let server = try RawServer([.init(text: text)])
    defer { server.stop() }
    let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
    let response = try await HTTPClient().send(request, maxResponseBytes: 2)
    #expect(response.status == 201)
    #expect(response.headers["link"] == nil)
    #expect(response.headers["x-long"] == "one two")
    #expect(response.body == Array("ok".utf8))
  }

  @Test("a kept connection the server has closed is replaced without the caller noticing")
  func staleConnection() async throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    let server = try RawServer([.init(text: text), .init(text: text)])
    defer { server.stop() }
    let client = HTTPClient()
    for _ in 0..<2 {
      let request = HTTPRequest(
        method: "POST",
        url: "http://127.0.0.1:\(server.port)/",
        body: .bytes([1, 2, 3])
      )
      let response = try await client.send(request, maxResponseBytes: 2)
      #expect(response.body == Array("ok".utf8))
    }
    #expect(server.acceptedCount == 2)
  }
}
