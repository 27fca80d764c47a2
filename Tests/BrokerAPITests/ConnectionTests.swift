import Domain
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("Connections", .timeLimit(.minutes(3)))
struct ConnectionTests {
  @Test("a body that ends too early is the client's fault, and no error in the log")
  func halfClosed() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await server.must(
        .post, "/v1/brand/designs", key: world.acme.key,
        [
          "name": "leg cap", "profile": Samples.profile,
          "licence": ["authorised_units": 5, "scrap_allowance": 0],
        ])
      let client = RawClient(port: server.port)
      let upload = "/v1/brand/designs/\(design["id"].text)/files?name=part.stl"
      for (path, key) in [
        ("/v1/operator/brands", server.operatorKey), (upload, world.acme.key),
        ("/v1/brand/designs/\(design["id"].text)/release", world.acme.key),
      ] {
        for (length, body) in [
          ("Content-Length: 100", #"{"name": "#), ("Transfer-Encoding: chunked", "20\r\n{"),
          ("Transfer-Encoding: chunked", "2\r\n{}\r\n"),
        ] {
          let type = path == upload ? "model/stl" : "application/json"
          let answer = try await client.sendHalf(
            head: "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\n"
              + "Content-Type: \(type)\r\n\(length)\r\n\r\n", body: Array(body.utf8))
          #expect(answer.status == 400, "\(path) \(length)")
          #expect((try? JSON(answer.body))?["code"] == "request.incomplete", "\(path) \(length)")
        }
      }
      #expect(!server.log.lines.contains { $0.contains("request failed") })
    }
  }

  @Test("a connection on which no request comes is closed, and one that asked may stay")
  func silent() async throws {
    try await RunningServer.with(
      configure: { $0.firstRequestPatience = .milliseconds(300) }
    ) { server in
      let client = RawClient(port: server.port)
      #expect(try await client.untilClosed() == "")
      #expect(try await client.untilClosed(sending: "GET /healthz HTT") == "")
      try await client.holding(1) {
        // It came later: when its patience is over, so is that for the one held.
        let silent = try await client.untilClosed()
        #expect(silent == "")
      }
      let answered = try await client.untilClosed(
        sending: "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(answered.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("one address has so many connections and no more, until it closes one")
  func perAddress() async throws {
    try await RunningServer.with(configure: { $0.connectionsPerAddressMax = 2 }) { server in
      let client = RawClient(port: server.port)
      let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      try await client.holding(2) {
        let third = try await client.untilClosed(sending: request)
        #expect(third == "")
      }
      // The server notices in its own time that they are gone.
      try await eventually { try await !client.untilClosed(sending: request).isEmpty }
    }
  }

  @Test("an IPv4 address counts alone, an IPv6 address with its network")
  func origins() {
    func origin(_ text: String) -> String? {
      ConnectionCounts.origin(try? SocketAddress(ipAddress: text, port: 80))
    }
    #expect(origin("192.0.2.1") != origin("192.0.2.2"))
    #expect(origin("2001:db8::1") == origin("2001:db8::ffff:1"))
    #expect(origin("2001:db8::1") != origin("2001:db8:0:1::1"))
    #expect(origin("::ffff:192.0.2.1") != origin("::ffff:192.0.2.2"))
    #expect(origin("192.0.2.1") != nil && origin("2001:db8::1") != nil)
    #expect(ConnectionCounts.origin(nil) == nil)
  }

  @Test("the limit for one address is not kept where one address is everybody")
  func limits() {
    var configuration = Configuration(dataDirectory: "d", keyRingPath: "k")
    #expect(configuration.connectionsPerAddress == nil)
    configuration.host = "0.0.0.0"
    #expect(configuration.connectionsPerAddress == 256)
    configuration.isBehindProxy = true
    #expect(configuration.connectionsPerAddress == nil)
    configuration.connectionsMax = 0
    #expect(throws: ServerError.self) { try configuration.check() }
  }
}
