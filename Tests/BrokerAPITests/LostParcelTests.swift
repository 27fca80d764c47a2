import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("A lost parcel over HTTP")
struct LostParcelTests {
  /// Berlin has shipped an order of two.
  private func shipped(_ world: World) async throws -> (order: String, job: String) {
    let design = try await world.design(world.acme)
    let order = try await world.order(world.acme, try await world.part(world.acme, design))
    let offer = try #require(try await world.berlin.offers().first)
    try await world.server.must(
      .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
    let lease = try await world.berlin.lease(offer["job"].text)
    let package = try await world.berlin.open(offer["job"].text)
    for report in [
      ["kind": "started"], try world.berlin.completion(lease, of: package),
      [
        "kind": "inspected",
        "inspection": [
          "passed": true, "measurements": [["feature": "width", "mm": 20.1]],
          "material_lot": "LOT-7",
        ],
      ], ["kind": "shipped", "shipment": ["carrier": "DHL", "tracking": "JJD0001"]],
    ] as [JSON] {
      #expect(try await world.berlin.report(lease, report).status == 200)
    }
    return (order["id"].text, offer["job"].text)
  }

  @Test("the brand says so once, sees what it can do, and a customer sees no reason")
  func brand() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, job) = try await shipped(world)
      let (path, key) = ("/v1/brand/orders/\(order)", world.acme.key)
      #expect(try await server.must(.get, path, key: key)["actions"] == ["delivered", "lost"])
      func lost() async throws -> RunningServer.Answer {
        try await server.call(
          .post, path + "/lost", key: key, ["reason": "Mrs Mustermann waits"],
          headers: [.idempotencyKey: "l"])
      }
      let said = try await lost().json
      #expect(said["state"] == "in_production" && said["job"]["state"] == "lost")
      #expect(said["actions"] == ["delivered", "reassign", "abandon"], "no allowance to retry on")
      #expect(try await lost().headers[.idempotentReplayed] == "true")
      let events = try await server.must(
        .get, "/v1/storefront/orders/\(order)/events", key: world.acme.storefront)["data"].items
      #expect(events.last?["kind"] == "job.lose" && events.last?["data"] == [:])
      let audit = try await server.must(
        .get, "/v1/brand/audit?action=job.lost&job=\(job)", key: key)["data"].items
      #expect(audit.count == 1 && audit[0]["actor"]["kind"] == "key")
      #expect(audit[0]["bureau"] == .text(world.berlin.id.text))
      try await server.must(.post, path + "/reassign", key: key)
      let late = try await server.call(
        .post, "/v1/storefront/orders/\(order)/delivered", key: world.acme.storefront)
      #expect(late.status == 409 && late.code == "job.state")
      #expect(try await lost().json["job"]["state"] == "offered", "a repetition is no second loss")
    }
  }

  @Test("the bureau says so, and a customer who gets it all the same has it")
  func bureau() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, job) = try await shipped(world)
      let path = "/v1/bureau/jobs/\(job)"
      let shown = try await server.must(.get, path, key: world.berlin.key)
      #expect(shown["actions"] == ["delivered", "lost"])
      let lost = try await server.must(
        .post, path + "/lost", key: world.berlin.key,
        ["attempt": shown["attempt"], "reason": "no trace of it"])
      #expect(lost["state"] == "lost" && lost["actions"] == ["delivered"])
      let event = try await server.must(
        .get, "/v1/brand/orders/\(order)/events", key: world.acme.key)["data"].items.last
      #expect(event?["data"]["reason"] == "no trace of it")
      let delivered = try await server.must(
        .post, "/v1/storefront/orders/\(order)/delivered", key: world.acme.storefront)
      #expect(delivered["state"] == "delivered")
    }
  }
}
