import Domain
import HTTPTypes
import PrintPackage
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Revisions over HTTP")
struct RevisionTests {
  private func path(_ design: JSON) -> String { "/v1/brand/designs/\(design["id"].text)" }

  /// Opens the next draft with a cube in it.
  @discardableResult
  private func revise(_ world: World, _ design: JSON) async throws -> JSON {
    let opened = try await world.server.must(
      .post, path(design) + "/revisions", key: world.acme.key, [:])
    try await world.server.must(
      .post, path(design) + "/files?name=next.stl", key: world.acme.key, bytes: Samples.cube,
      headers: [.contentType: "model/stl"])
    return opened
  }

  @Test("the next revision is drafted, released and sold; the order before keeps its own")
  func next() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (design, key) = (try await world.design(world.acme), world.acme.key)
      let part = try await world.part(world.acme, design)
      let order = try await world.order(world.acme, part)
      let opened = try await revise(world, design)
      #expect(opened["revision"]["number"] == 2 && opened["revision"]["state"] == "draft")
      let again = try await server.call(.post, path(design) + "/revisions", key: key, [:])
      #expect(again.status == 409 && again.code == "design.draft_exists")

      let released = try await server.must(.post, path(design) + "/release", key: key)
      #expect(released["revision"]["id"] == opened["revision"]["id"])
      let listed = try await server.must(.get, path(design) + "/revisions?limit=1", key: key)
      #expect(listed["data"][0]["state"] == "released" && listed["has_more"] == true)
      let first = try await server.must(
        .get, path(design) + "/revisions/\(design["revision"]["id"].text)", key: key)
      #expect(first["revision"]["state"] == "superseded" && first["files"].items.count == 1)
      let sold = try await server.must(
        .get, "/v1/brand/parts/\(part["id"].text)", key: key)
      #expect(sold["revision"] == opened["revision"]["id"])
      let placed = try await server.must(
        .get, "/v1/brand/orders/\(order["id"].text)", key: key)
      #expect(placed["job"]["revision"] == design["revision"]["id"])

      // Its bureau still gets the superseded files.
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      let package = try await world.berlin.open(offer["job"].text)
      #expect(package.manifest.revision.text == design["revision"]["id"].text)
    }
  }

  @Test("a withdrawn revision is not ordered, and its orders say why they stopped")
  func withdrawn() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (design, key) = (try await world.design(world.acme), world.acme.key)
      let part = try await world.part(world.acme, design)
      let begun = try await world.order(world.acme, part, idempotencyKey: "1")
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      let waiting = try await world.order(world.acme, part, idempotencyKey: "2")
      let withdrawal = path(design) + "/revisions/\(design["revision"]["id"].text)/withdraw"
      let silent = try await server.call(.post, withdrawal, key: key, ["reason": ""])
      #expect(silent.status == 422 && silent.code == "revision.reason")
      let gone = try await server.must(.post, withdrawal, key: key, ["reason": "It breaks."])
      #expect(gone["revision"]["state"] == "withdrawn" && gone["actions"] == ["shred"])

      let storefront = "/v1/storefront/parts/\(part["id"].text)"
      let shown = try await server.must(.get, storefront, key: world.acme.storefront)
      #expect(shown["orderable"] == false)
      let refused = try await server.call(
        .post, "/v1/storefront/orders", key: world.acme.storefront,
        Samples.order(part["id"].text), headers: [.idempotencyKey: "3"])
      #expect(refused.status == 409 && refused.code == "part.withdrawn")
      let another = try await server.call(
        .post, "/v1/brand/parts", key: key,
        [
          "sku": "LC-2", "name": "Leg cap", "design": design["id"],
          "price": ["minor_units": 1, "currency": "EUR"],
          "payout": ["minor_units": 1, "currency": "EUR"], "lead_days": 7,
        ])
      #expect(another.status == 409 && another.code == "part.not_released")

      for (order, state, actions) in [
        (begun, "held", ["abandon"]), (waiting, "queued", ["cancel"]),
      ] as [(JSON, JSON, JSON)] {
        let view = try await server.must(
          .get, "/v1/brand/orders/\(order["id"].text)", key: key)
        #expect(view["job"]["state"] == state && view["actions"] == actions)
        #expect(view["job"]["withdrawal_reason"] == "It breaks.")
        let customers = try await server.must(
          .get, "/v1/storefront/orders/\(order["id"].text)", key: world.acme.storefront)
        #expect(customers["job"] == .null)
        let events = try await server.must(
          .get, "/v1/storefront/orders/\(order["id"].text)/events", key: world.acme.storefront)
        #expect(!events["data"].items.contains { $0["data"]["reason"] != .null })
      }
      let package = try await server.call(
        .get, "/v1/bureau/jobs/\(offer["job"].text)/package", key: world.berlin.key)
      #expect(package.status == 409)

      try await revise(world, design)
      try await server.must(.post, path(design) + "/release", key: key)
      _ = try await world.order(world.acme, part, idempotencyKey: "4")
    }
  }

  @Test("two keys release a draft; fewer takes two keys as well")
  func approvals() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (first, brand) = (world.acme.key, "/v1/brand")
      let alone = try await server.call(
        .patch, brand, key: first, ["release_approvals": 2],
        headers: [.ifMatch: "*"])
      #expect(alone.status == 409 && alone.code == "brand.too_few_keys")
      let keys = "/v1/operator/brands/\(world.acme.id)/keys"
      let made = try await server.must(
        .post, keys, key: server.operatorKey, ["role": "owner", "label": "second"])
      let second = made["key"].text
      try await server.must(
        .patch, brand, key: first, ["release_approvals": 2],
        headers: [.ifMatch: "*"])
      for number in [0, 3] {
        let odd = try await server.call(
          .patch, brand, key: first, ["release_approvals": .number(Double(number))],
          headers: [.ifMatch: "*"])
        #expect(odd.status == 422 && odd.code == "brand.release_approvals")
      }

      let design = try await world.design(world.acme, isReleased: false)
      for _ in 0..<2 {
        let pending = try await server.must(.post, path(design) + "/release", key: first)
        #expect(pending["revision"]["state"] == "draft")
        #expect(pending["revision"]["approvals"].items.count == 1)
        let lowered = try await server.must(
          .patch, brand, key: first, ["release_approvals": 1],
          headers: [.ifMatch: "*"])
        #expect(lowered["release_approvals"] == 2)
        #expect(lowered["pending"]["keys"].items.count == 1)
      }
      // A wish that nobody seconds in time is none, and can be taken back before.
      server.clock.advance(by: .seconds(8 * 86_400))
      #expect(try await server.must(.get, brand, key: second)["pending"] == .null)
      let late = try await server.must(
        .patch, brand, key: second, ["release_approvals": 1],
        headers: [.ifMatch: "*"])
      #expect(late["release_approvals"] == 2)
      let back = try await server.must(
        .patch, brand, key: first, ["release_approvals": 2],
        headers: [.ifMatch: "*"])
      #expect(back["pending"] == .null)

      let released = try await server.must(.post, path(design) + "/release", key: second)
      #expect(released["revision"]["state"] == "released")
      try await server.must(
        .patch, brand, key: first, ["release_approvals": 1],
        headers: [.ifMatch: "*"])
      let agreed = try await server.must(
        .patch, brand, key: second, ["release_approvals": 1],
        headers: [.ifMatch: "*"])
      #expect(agreed["release_approvals"] == 1 && agreed["pending"] == .null)
      _ = try await world.design(world.acme)
    }
  }
}
