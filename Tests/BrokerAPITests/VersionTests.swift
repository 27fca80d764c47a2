import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("What two people may edit")
struct VersionTests {
  @Test("a change without the tag that was read is asked for it, one with a stale tag is refused")
  func preconditions() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let released = try await world.design(world.acme)
      let part = try await world.part(world.acme, released)
      let cases: [(String, JSON)] = [
        ("/v1/brand/designs/\(design["id"].text)", ["name": "Another"]),
        ("/v1/brand/parts/\(part["id"].text)", ["name": "Another"]),
        ("/v1/brand", ["release_approvals": 1]),
      ]
      for (path, change) in cases {
        let key = world.acme.key
        let read = try await server.call(.get, path, key: key)
        let tag = try #require(read.headers[.eTag])
        #expect(tag == "\"\(Int(read.json["version"].number))\"")
        let blind = try await server.call(.patch, path, key: key, change)
        #expect(blind.status == 428 && blind.code == "precondition.required")
        for stale in ["\"0\"", "W/\(tag)", "\"0\(tag.dropFirst())", "nonsense", "\"+1\"", "\"\""] {
          let refused = try await server.call(
            .patch, path, key: key, change, headers: [.ifMatch: stale])
          #expect(refused.status == 412 && refused.code == "precondition.failed", "\(stale)")
        }
        #expect(try await server.call(.get, path, key: key).headers[.eTag] == tag)
        let changed = try await server.call(
          .patch, path, key: key, change, headers: [.ifMatch: "\"x\", \(tag)"])
        #expect(changed.status == 200)
        let next = try #require(changed.headers[.eTag])
        #expect(next != tag)
        #expect(try await server.call(.get, path, key: key).headers[.eTag] == next)
        let lost = try await server.call(
          .patch, path, key: key, change, headers: [.ifMatch: tag])
        #expect(lost.status == 412)
      }
    }
  }

  @Test("who releases what somebody has changed in between is refused")
  func release() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let (path, key) = ("/v1/brand/designs/\(design["id"].text)", world.acme.key)
      let tag = try #require(try await server.call(.get, path, key: key).headers[.eTag])
      try await server.must(
        .post, path + "/files?name=d.pdf&purpose=drawing", key: key, bytes: SampleDocument.pdf,
        headers: [.contentType: "application/pdf"])
      let stale = try await server.call(
        .post, path + "/release", key: key, headers: [.ifMatch: tag])
      #expect(stale.status == 412 && stale.code == "precondition.failed")
      let now = try #require(try await server.call(.get, path, key: key).headers[.eTag])
      let released = try await server.call(
        .post, path + "/release", key: key, headers: [.ifMatch: now])
      #expect(released.json["revision"]["state"] == "released")
      #expect(released.headers[.eTag] != now)
    }
  }

  @Test("a part's new price is that of new orders; what is out of its limits changes nothing")
  func parts() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      let before = try await world.order(world.acme, part, idempotencyKey: "1")
      let (path, key) = ("/v1/brand/parts/\(part["id"].text)", world.acme.key)
      let bad: [(JSON, String)] = [
        (["price": ["minor_units": 1, "currency": "SEK"]], "part.price"),
        (["price": ["minor_units": -1, "currency": "EUR"]], "part.price"),
        (["lead_days": 0], "part.lead_days"), (["name": ""], "part.name"),
      ]
      for (change, code) in bad {
        let refused = try await server.call(
          .patch, path, key: key, change, headers: [.ifMatch: "*"])
        #expect(refused.status == 422 && refused.code == code)
      }
      let changed = try await server.must(
        .patch, path, key: key, ["price": ["minor_units": 100, "currency": "EUR"]],
        headers: [.ifMatch: "\"1\""])
      #expect(changed["price"]["minor_units"] == 100 && changed["name"] == part["name"])
      let after = try await world.order(world.acme, part, idempotencyKey: "2")
      #expect(after["total"]["minor_units"] == 200)
      let kept = try await server.must(
        .get, "/v1/brand/orders/\(before["id"].text)", key: key)
      #expect(kept["total"]["minor_units"] == 2580)
    }
  }

  @Test("a brand gets its own file back; nobody else gets a byte of it")
  func originals() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let path =
        "/v1/brand/designs/\(design["id"].text)/files/\(design["files"][0]["id"].text)/content"
      let own = try await server.call(.get, path, key: world.acme.key)
      #expect(own.status == 200 && own.body == Samples.cube)
      #expect(own.headers[.cacheControl] == "no-store")
      #expect(own.headers[.contentDisposition] == "attachment")
      for (key, status) in [
        (world.other.key, 404), (world.acme.storefront, 403), (world.berlin.key, 403),
        (server.operatorKey, 403),
      ] {
        let refused = try await server.call(.get, path, key: key)
        #expect(refused.status == status)
        #expect(refused.headers[.contentType] == "application/problem+json")
      }
    }
  }
}
