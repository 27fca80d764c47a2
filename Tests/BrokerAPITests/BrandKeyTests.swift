import Domain
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("A brand's owner manages its keys")
struct BrandKeyTests {
  private final class Flag: Sendable {
    let value = Mutex(false)
  }

  private func listed(_ world: World, _ key: JSON) async throws -> JSON {
    try await world.server.must(.get, "/v1/brand/keys", key: world.acme.key)["data"].items
      .first { $0["id"] == key["id"] } ?? .null
  }

  @Test("a key is made, used, listed without its secret, and refused when it was revoked")
  func life() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let key = try await world.key(world.acme, "engineer", "Ada")
      let fresh = try await listed(world, key)
      #expect(fresh["role"] == "engineer" && fresh["label"] == "Ada")
      #expect(fresh["last_used_at"] == .null && fresh["revoked_at"] == .null)
      server.clock.advance(by: .seconds(90))
      try await server.must(.get, "/v1/brand/designs", key: key["key"].text)
      let used = try await listed(world, key)
      #expect(used["last_used_at"] == .text(server.clock.now.description))
      #expect(used["created_at"] != used["last_used_at"])
      #expect(used["key"] == .null && !String(decoding: used.bytes, as: UTF8.self).contains("evp_"))

      let path = "/v1/brand/keys/\(key["id"].text)"
      #expect(try await server.must(.delete, path, key: world.acme.key)["id"] == key["id"])
      let refused = try await server.call(.get, "/v1/brand/designs", key: key["key"].text)
      #expect(refused.status == 401 && refused.code == "auth.invalid")
      #expect(try await listed(world, key)["revoked_at"] == .text(server.clock.now.description))
      try await server.must(.delete, path, key: world.acme.key)

      let storefronts = try await server.must(
        .get, "/v1/brand/keys?role=storefront", key: world.acme.key)
      #expect(storefronts["data"].items.map { $0["role"] } == ["storefront"])
      let unknown = try await server.call(.get, "/v1/brand/keys?role=king", key: world.acme.key)
      #expect(unknown.status == 400 && unknown.code == "request.query")
    }
  }

  @Test("an owner makes keys of its brand alone, never an operator's, a bureau's or another's")
  func ownKeysOnly() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      for role in ["operator", "bureau", "brand", "king", ""] {
        let answer = try await server.call(
          .post, "/v1/brand/keys", key: world.acme.key, ["role": .text(role), "label": "x"])
        #expect(answer.status == 400 && answer.code == "request.body", "\(role)")
        #expect(answer.json["detail"].text.contains("one of owner, engineer, sales, storefront."))
      }
      let made = try await world.key(world.acme, "owner")
      let others = try await server.call(
        .delete, "/v1/brand/keys/\(made["id"].text)", key: world.other.key)
      #expect(others.status == 404)
      #expect(try await listed(world, made)["revoked_at"] == .null)
    }
  }

  @Test("the operator makes an owner's key if nothing else is said, and may revoke the last one")
  func operatorsKeys() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = "/v1/operator/brands/\(world.acme.id)/keys"
      let second = try await server.must(.post, path, key: server.operatorKey, ["label": "x"])
      #expect(second["role"] == "owner")
      let sales = try await server.must(
        .post, path, key: server.operatorKey, ["role": "sales", "label": "x"])
      #expect(sales["role"] == "sales")
      let owners = try await server.must(
        .get, path + "?role=owner", key: server.operatorKey)["data"].items
      #expect(owners.count == 2)
      let first = try #require(owners.first { $0["id"] != second["id"] })
      // With one of two, the second revokes the first and is the last one then.
      let (own, key) = ("/v1/brand/keys", second["key"].text)
      try await server.must(.delete, "\(own)/\(first["id"].text)", key: key)
      let refused = try await server.call(.delete, "\(own)/\(second["id"].text)", key: key)
      #expect(refused.status == 409 && refused.code == "key.last_owner")
      try await server.must(.get, own, key: key)
      try await server.must(.delete, "\(path)/\(second["id"].text)", key: server.operatorKey)
      #expect(try await server.call(.get, own, key: key).status == 401)
    }
  }

  @Test("an operator's key that leaked is revoked with another one, and the last one is not")
  func operators() async throws {
    try await RunningServer.with { server in
      let path = "/v1/operator/keys"
      let leaked = try await server.must(.get, path, key: server.operatorKey)["data"].items
      #expect(leaked.count == 1 && leaked[0]["role"] == "operator")
      let first = "\(path)/\(leaked[0]["id"].text)"
      let last = try await server.call(.delete, first, key: server.operatorKey)
      #expect(last.status == 409 && last.code == "key.last_operator")
      let next = try await server.must(
        .post, path, key: server.operatorKey, ["label": "Grace"])
      try await server.must(.delete, first, key: next["key"].text)
      let refused = try await server.call(.get, "/v1/operator/brands", key: server.operatorKey)
      #expect(refused.status == 401 && refused.code == "auth.invalid")
      let own = "\(path)/\(next["id"].text)"
      #expect(try await server.call(.delete, own, key: next["key"].text).status == 409)
      try await server.must(.get, "/v1/operator/brands", key: next["key"].text)
    }
  }

  @Test("of requests that run while a key is revoked, none that begins afterwards is admitted")
  func revokedMeanwhile() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let key = try await world.key(world.acme, "sales")
      let isRevoked = Flag()
      let (begun, begin) = AsyncStream.makeStream(of: Void.self)
      let late = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<4 {
          group.addTask {
            var late: [Int] = []
            while late.count < 3 {
              let wasRevoked = isRevoked.value.withLock { $0 }
              let answer = try await server.call(.get, "/v1/brand/parts", key: key["key"].text)
              if wasRevoked { late.append(answer.status) }
              begin.yield()
            }
            return late
          }
        }
        for await _ in begun.prefix(8) {}
        try await server.must(
          .delete, "/v1/brand/keys/\(key["id"].text)", key: world.acme.key)
        isRevoked.value.withLock { $0 = true }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(late == Array(repeating: 401, count: 12))
    }
  }

  @Test("when a key was last used outlives the server's stop")
  func lastUseIsKept() async throws {
    let directory = try TemporaryDirectory()
    let (brand, key, moment) = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let key = try await world.key(world.acme, "sales")
      server.clock.advance(by: .seconds(7))
      try await server.must(.get, "/v1/brand/parts", key: key["key"].text)
      return (world.acme, key, server.clock.now)
    }
    try await RunningServer.with(directory: directory) { server in
      let keys = try await server.must(.get, "/v1/brand/keys", key: brand.key)["data"].items
      let used = keys.first { $0["id"] == key["id"] }
      #expect(used?["last_used_at"] == .text(moment.description))
    }
  }
}
