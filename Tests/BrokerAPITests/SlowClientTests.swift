import Foundation
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("Clients that dawdle with their body")
struct SlowClientTests {
  private static func head(_ path: String, key: String, length: Int) -> String {
    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"
  }

  @Test(
    "a small body that does not come in time is given up, with an answer and the connection's end",
    arguments: ["/v1/operator/brands", "/v1/brand/designs/DESIGN/release"])
  func late(path: String) async throws {
    try await RunningServer.with(configure: { $0.bodyPatience = .milliseconds(300) }) { server in
      let world = try await World(server)
      let path = path.replacing("DESIGN", with: try await world.design(world.acme)["id"].text)
      let key = path.hasPrefix("/v1/brand") ? world.acme.key : server.operatorKey
      let answer = try await RawClient(port: server.port).send(
        head: Self.head(path, key: key, length: 60_000),
        next: { $0 == 0 ? [0x20] : nil })
      #expect(answer.status == 408)
      #expect(try JSON(answer.body)["code"] == "request.slow")
      #expect(answer.head.lowercased().contains("connection: close"))
    }
  }

  @Test("who is refused is not listened to for as long as a small body drips in")
  func refused() async throws {
    try await RunningServer.with { server in
      let answer = try await RawClient(port: server.port).send(
        head: Self.head("/v1/operator/brands", key: "none", length: 60_000),
        next: { $0 == 0 ? [0x20] : nil })
      #expect(answer.status == 401)
      #expect(answer.head.lowercased().contains("connection: close"))
    }
  }

  @Test("a connection stays when the refused body was read to its end")
  func kept() async throws {
    try await RunningServer.with { server in
      let body = Array(#"{"name":""}"#.utf8)
      let answer = try await RawClient(port: server.port).send(
        head: Self.head("/v1/operator/brands", key: server.operatorKey, length: body.count),
        next: { $0 == 0 ? body : nil })
      #expect(answer.status == 422)
      #expect(!answer.head.lowercased().contains("connection: close"))
    }
  }
}
