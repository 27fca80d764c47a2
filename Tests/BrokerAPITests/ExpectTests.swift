import TestSupport
import Testing
import Vault

@testable import BrokerAPI
@testable import BrokerServer

@Suite("Expect: 100-continue")
struct ExpectTests {
  private static func head(_ path: String, key: String, type: String, length: Int) -> String {
    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n"
      + "Content-Type: \(type)\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
  }

  @Test("a client that waits with an upload is asked for it, and then answered")
  func upload() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, hasGeometry: false)
      let path = "/v1/brand/designs/\(design["id"].text)/files?name=second.stl"
      let answer = try await RawClient(port: server.port).sendWhenAsked(
        head: Self.head(
          path, key: world.acme.key, type: "model/stl", length: Samples.cube.count),
        body: Samples.cube)
      #expect(answer.first == 100)
      #expect(answer.last.status == 201)
      #expect(try JSON(answer.last.body)["name"] == "second.stl")
    }
  }

  @Test("so is one that waits with JSON")
  func json() async throws {
    try await RunningServer.with { server in
      let body = Array(#"{"name": "Acme"}"#.utf8)
      let answer = try await RawClient(port: server.port).sendWhenAsked(
        head: Self.head(
          "/v1/operator/brands", key: server.operatorKey, type: "application/json",
          length: body.count), body: body)
      #expect(answer.first == 100)
      #expect(answer.last.status == 201)
    }
  }

  @Test(
    "what can be refused without the body is, and the client is not asked for it",
    arguments: [
      ("none", "model/stl", 684, "a.stl", 401), ("", "image/png", 684, "a.stl", 415),
      ("", "model/stl", 1 << 40, "a.stl", 413), ("", "model/stl", 684, "leg-cap.stl", 409),
    ])
  func refused(key: String, type: String, length: Int, name: String, status: Int) async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let answer = try await RawClient(port: server.port).sendWhenAsked(
        head: Self.head(
          "/v1/brand/designs/\(design["id"].text)/files?name=\(name)",
          key: key.isEmpty ? world.acme.key : key, type: type, length: length), body: [])
      #expect(answer.first == status)
    }
  }
}
