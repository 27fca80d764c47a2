import Domain
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("How requests are read and refused")
struct ProtocolTests {
  @Test("an unknown path is 404, and a known one with another method is 405 with Allow")
  func unrouted() async throws {
    try await RunningServer.with { server in
      for path in ["/", "/v1", "/v1/brand/design", "/v1/brand/designs/x/y/z", "/v2/brand"] {
        let answer = try await server.call(.get, path)
        #expect(answer.status == 404 && answer.code == "not_found", "\(path)")
      }
      for route in DescribedRoute.all {
        let methods = Contract.document["paths"][route.template].members.keys.map {
          $0.uppercased()
        }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
        where !methods.contains(method) {
          let answer = try await server.call(
            HTTPRequest.Method(rawValue: method)!, route.path())
          #expect(answer.status == 405, "\(method) \(route.template): \(answer.status)")
          #expect(answer.code == "method_not_allowed")
          let allowed = Set((answer.headers[.allow] ?? "").components(separatedBy: ", "))
          #expect(allowed == Set(methods + (methods.contains("GET") ? ["HEAD"] : [])))
        }
      }
    }
  }

  @Test("HEAD answers what GET would, without the body")
  func head() async throws {
    try await RunningServer.with { server in
      let answer = try await server.call(.head, "/healthz")
      #expect(answer.status == 200 && answer.body.isEmpty)
      #expect(answer.headers[.contentLength] == "15")
    }
  }

  @Test("a body that is not what the route takes is refused, and the refusal names the member")
  func bodies() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = "/v1/operator/bureaus/\(world.berlin.id)/sites"
      func send(_ text: String, type: String = "application/json") async throws
        -> RunningServer.Answer
      {
        try await server.call(
          .post, path, key: server.operatorKey, bytes: Array(text.utf8),
          headers: [.contentType: type])
      }
      let good = #"{"name":"S","country":"DE","coordinates":{"latitude":1,"longitude":1}}"#
      #expect(try await send(good).status == 201)
      #expect(try await send(good, type: "application/json; charset=utf-8").status == 201)
      let cases: [(String, String)] = [
        ("{", "not JSON"), ("[]", "another type"), ("", "name"), ("null", "The body"),
        (#"{"name":1,"country":"DE","coordinates":{"latitude":1,"longitude":1}}"#, "name"),
        (
          #"{"name":"S","country":"Germany","coordinates":{"latitude":1,"longitude":1}}"#, "country"
        ),
        (#"{"name":"S","country":"XX","coordinates":{"latitude":1,"longitude":1}}"#, "assigned"),
        (
          #"{"name":"S","country":"DE","coordinates":{"latitude":91,"longitude":1}}"#, "coordinates"
        ),
        (#"{"name":"S","country":"DE","coordinates":{"longitude":1}}"#, "coordinates.latitude"),
        (String(repeating: "[", count: 60_000), "not JSON"),
      ]
      for (body, word) in cases {
        let answer = try await send(body)
        #expect(answer.status == 400 && answer.code == "request.body", "\(body.prefix(80))")
        #expect(answer.json["detail"].text.contains(word), "\(answer.json["detail"].text)")
      }
      #expect(try await send(good, type: "text/plain").code == "request.media_type")
      let nul = good.replacing("\"S\"", with: #""a\u0000b""#)
      #expect(try await send(nul).code == "request.nul")
      let long = good.replacing("\"S\"", with: "\"" + String(repeating: "x", count: 70_000) + "\"")
      let refused = try await send(long)
      #expect(refused.status == 413 && refused.code == "request.too_large")
    }
  }

  @Test("a body without a length is refused at the limit, not after it")
  func chunkedBody() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let piece = Array("4000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x4000) + [13, 10]
      let answer = try await RawClient(port: server.port).send(
        head: "POST /v1/operator/bureaus/\(world.berlin.id)/sites HTTP/1.1\r\n"
          + "Host: localhost\r\nConnection: close\r\n"
          + "Authorization: Bearer \(server.operatorKey)\r\nTransfer-Encoding: chunked\r\n\r\n",
        next: { $0 < 10_000 ? piece : nil })
      #expect(answer.status == 413)
      #expect(try JSON(answer.body)["code"] == "request.too_large")
    }
  }

  @Test("a page parameter out of its range, unknown, doubled or of another kind is refused")
  func pages() async throws {
    try await RunningServer.with { server in
      for query in [
        "limit=0", "limit=101", "limit=x", "limit=-1", "limit=", "limit=1&limit=2",
        "starting_after=x", "starting_after=bur_0194f6c2d1e97a3c8f00aa5512345678", "page=2",
        "limit=%zz", "limit=%ff", "limit=1%00", "limit=99999999999999999999",
      ] {
        let answer = try await server.call(
          .get, "/v1/operator/brands?\(query)", key: server.operatorKey)
        #expect(answer.status == 400 && answer.code == "request.query", "\(query)")
      }
    }
  }

  @Test("pages walked with a cursor hold everything once, and the last says so")
  func walk() async throws {
    try await RunningServer.with { server in
      for number in 1...7 {
        try await server.must(
          .post, "/v1/operator/brands", key: server.operatorKey,
          ["name": .text("Brand \(number)")])
        server.clock.advance(by: .milliseconds(3))
      }
      var (names, after): ([String], String) = ([], "")
      while true {
        let page = try await server.must(
          .get, "/v1/operator/brands?limit=3" + after, key: server.operatorKey)
        names += page["data"].items.map { $0["name"].text }
        guard page["has_more"] == true else { break }
        #expect(page["data"].items.count == 3)
        after = "&starting_after=" + (page["data"].items.last?["id"].text ?? "")
      }
      #expect(names == (1...7).reversed().map { "Brand \($0)" })
    }
  }

  @Test("placing an order wants an Idempotency-Key of visible ASCII and honours it")
  func idempotency() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      func place(_ key: String?, quantity: Int = 1) async throws -> RunningServer.Answer {
        try await server.call(
          .post, "/v1/storefront/orders", key: world.acme.storefront,
          Samples.order(part["id"].text, quantity: quantity),
          headers: key.map { [.idempotencyKey: $0] } ?? [:])
      }
      #expect(try await place(nil).code == "idempotency.missing")
      for key in ["", "a b", "ä", String(repeating: "k", count: 256)] {
        let answer = try await place(key)
        #expect(answer.status == 400 && answer.code.hasPrefix("idempotency."), "\(key)")
      }
      let first = try await place("k-1")
      let again = try await place("k-1")
      #expect(first.status == 201 && again.status == 201)
      #expect(first.json["id"] == again.json["id"])
      #expect(again.headers[HTTPField.Name("Idempotent-Replayed")!] == "true")
      let other = try await place("k-1", quantity: 2)
      #expect(other.status == 422 && other.code == "idempotency.mismatch")
      let orders = try await server.must(
        .get, "/v1/storefront/orders", key: world.acme.storefront)
      #expect(orders["data"].items.count == 1)
    }
  }

  @Test("the log has a line for each request and no secret, query or control character in it")
  func log() async throws {
    try await RunningServer.with { server in
      try await server.call(
        .get, "/v1/operator/brands?limit=7&starting_after=secret", key: server.operatorKey)
      try await server.call(.get, "/v1/%1b%5b31m%0a/forged")
      let answer = try await RawClient(port: server.port).send(
        head: "GET /a\u{1b}[31m HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        next: { _ in nil })
      #expect([400, 404].contains(answer.status))
      let lines = server.log.lines
      #expect(
        lines.contains { $0.contains("path=/v1/operator/brands ") && $0.contains("status=400") })
      #expect(!lines.contains { $0.contains(server.operatorKey) || $0.contains("starting_after") })
      #expect(lines.allSatisfy { $0.isPlainText(maximumBytes: 10_000) })
    }
  }
}
