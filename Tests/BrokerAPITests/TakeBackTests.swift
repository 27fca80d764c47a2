import Domain
import HTTPTypes
import PrintPackage
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("A job is taken back from its bureau over HTTP")
struct TakeBackTests {
  /// Berlin accepted an order of two, leased the job and began.
  private func begun(_ world: World) async throws -> (order: String, lease: JSON, design: JSON) {
    let design = try await world.design(world.acme)
    let order = try await world.order(world.acme, try await world.part(world.acme, design))
    let offer = try #require(try await world.berlin.offers().first)
    try await world.server.must(
      .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
    let lease = try await world.berlin.lease(offer["job"].text)
    _ = try await world.berlin.open(offer["job"].text)
    _ = try await world.berlin.report(lease, ["kind": "started"])
    return ("/v1/brand/orders/\(order["id"].text)", lease, design)
  }

  @Test("a held job goes to the next bureau, then is given up; each is told what it may know")
  func reassignAndAbandon() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, lease, design) = try await begun(world)
      let key = world.acme.key
      for action in ["reassign", "abandon"] {
        let early = try await server.call(.post, "\(order)/\(action)", key: key)
        #expect(early.status == 409 && early.code == "job.not_overdue")
      }
      _ = try await world.berlin.report(lease, ["kind": "held", "reason": "power cut"])
      let held = try await server.must(.get, order, key: key)
      #expect(held["actions"] == ["reassign", "abandon"])
      let retry = try await server.call(.post, "\(order)/retry", key: key)
      #expect(retry.status == 409 && retry.code == "licence.scrap_exhausted")
      #expect(retry.json["detail"].text.contains("Reassign the order"))
      let others = try await server.call(.post, "\(order)/reassign", key: world.other.key)
      #expect(others.status == 404)
      let shouted = try await server.call(
        .post, "\(order)/reassign", key: key, ["reason": "a\u{1B}b"])
      #expect(shouted.status == 422 && shouted.code == "order.reason")

      let placed = try await server.must(
        .post, "\(order)/reassign", key: key, ["reason": "no answer by telephone"])
      #expect(placed["state"] == "placed" && placed["actions"] == ["cancel"])
      #expect(placed["job"]["state"] == "offered" && placed["job"]["attempt"] == 2)
      #expect(placed["job"]["bureau"] == .text(world.lyon.id.text))
      #expect(placed["version"].number == held["version"].number + 2)
      try await expectGone(world, lease)

      try await lyonHolds(world, lease["job"].text)
      let over = try await server.must(.post, "\(order)/abandon", key: key)
      #expect(over["state"] == "cancelled" && over["actions"].items.isEmpty)
      try await checkRecords(world, order, design)
    }
  }

  private func expectGone(_ world: World, _ lease: JSON) async throws {
    let (server, key) = (world.server, world.berlin.key)
    let job = "/v1/bureau/jobs/\(lease["job"].text)"
    for answer in [
      try await server.call(.get, job, key: key),
      try await server.call(.get, job + "/package", key: key),
      try await server.call(.post, job + "/lease", key: key, ["holder": "agent-1"]),
      try await server.call(.post, job + "/heartbeat", key: key, ["epoch": lease["epoch"]]),
      try await world.berlin.report(lease, ["kind": "started"]),
      try await world.berlin.report(lease, ["kind": "held", "reason": "power cut"]),
    ] {
      #expect(answer.status == 404 && answer.code == "not_found")
    }
    #expect(try await server.must(.get, "/v1/bureau/jobs", key: key)["data"].items.isEmpty)
  }

  private func lyonHolds(_ world: World, _ job: String) async throws {
    let offer = try #require(try await world.lyon.offers().first)
    #expect(offer["job"] == .text(job))
    try await world.server.must(
      .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.lyon.key)
    let lease = try await world.lyon.lease(job)
    let package = try await world.lyon.open(job)
    #expect(package.files.map(\.content) == [Samples.cube])
    let held = try await world.lyon.report(lease, ["kind": "held", "reason": "no powder"])
    #expect(held.status == 200)
  }

  private func checkRecords(_ world: World, _ order: String, _ design: JSON) async throws {
    let server = world.server
    let events = try await server.must(.get, order + "/events", key: world.acme.key)["data"].items
    #expect(
      events.map { $0["kind"].text } == [
        "order.placed", "job.offer", "job.accept", "job.start", "job.hold", "job.reassign",
        "job.offer", "job.accept", "job.hold", "job.abandon",
      ])
    #expect(events[5]["data"]["reason"] == "no answer by telephone")
    #expect(events[5]["data"]["bureau"] == .text(world.berlin.id.text))
    let id = order.split(separator: "/").last ?? ""
    let seen = try await server.must(
      .get, "/v1/storefront/orders/\(id)/events", key: world.acme.storefront)["data"].items
    #expect(
      seen.map { $0["kind"].text } == [
        "order.placed", "job.accept", "job.start", "job.reassign", "job.accept", "job.abandon",
      ])
    #expect(seen.allSatisfy { $0["data"].members.isEmpty })
    let licence = try await server.must(
      .get, "/v1/brand/licences/\(design["licence"]["id"].text)", key: world.acme.key)
    #expect(licence["consumed"] == 4 && licence["reserved"] == 0 && licence["scrapped"] == 0)
    #expect(
      licence["entries"].items.map { $0["kind"].text } == [
        "licence.granted", "licence.reserved", "key.released", "licence.reserved", "key.released",
      ])
  }

  @Test("a step asked for again under its key is not made again, however things stand by then")
  func once() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, lease, _) = try await begun(world)
      _ = try await world.berlin.report(lease, ["kind": "held", "reason": "power cut"])
      func send(
        _ step: String, _ key: String, _ body: JSON? = nil
      ) async throws -> RunningServer.Answer {
        try await server.call(
          .post, "\(order)/\(step)", key: world.acme.key, body, headers: [.idempotencyKey: key])
      }
      func expectReplay(
        _ step: String, _ key: String, _ body: JSON? = nil, finds state: JSON
      ) async throws {
        let before = try await server.must(.get, order, key: world.acme.key)
        let again = try await send(step, key, body)
        #expect(again.status == 200 && again.headers[.idempotentReplayed] == "true", "\(step)")
        #expect(again.json == before && again.json["job"]["state"] == state, "\(step)")
      }
      let late: JSON = ["reason": "late"]
      let first = try await send("reassign", "k", late)
      #expect(first.status == 200 && first.headers[.idempotentReplayed] == nil)
      try await expectReplay("reassign", "k", late, finds: "offered")
      try await lyonHolds(world, lease["job"].text)
      // Without the key this would take the job from the second bureau, too.
      try await expectReplay("reassign", "k", late, finds: "held")
      #expect(try await send("reassign", "k").code == "idempotency.mismatch")
      #expect(try await send("retry", "k").code == "idempotency.mismatch")
      #expect(try await send("retry", "a b").code == "idempotency.key")

      #expect(try await send("retry", "r").json["job"]["state"] == "accepted")
      let next = try await world.lyon.lease(lease["job"].text)
      _ = try await world.lyon.report(next, ["kind": "held", "reason": "no powder"])
      try await expectReplay("retry", "r", finds: "held")

      #expect(try await send("abandon", "a").json["state"] == "cancelled")
      try await expectReplay("abandon", "a", finds: "cancelled")
    }
  }

  @Test("a refused step does not use its key up")
  func refused() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, lease, _) = try await begun(world)
      func abandon() async throws -> RunningServer.Answer {
        try await server.call(
          .post, "\(order)/abandon", key: world.acme.key, headers: [.idempotencyKey: "k"])
      }
      #expect(try await abandon().code == "job.not_overdue")
      _ = try await world.berlin.report(lease, ["kind": "held", "reason": "power cut"])
      let done = try await abandon()
      #expect(done.status == 200 && done.headers[.idempotentReplayed] == nil)
    }
  }

  @Test("a late job goes to the next bureau without a word of why, and the customer may cancel")
  func late() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (order, lease, _) = try await begun(world)
      let due = try await server.must(.get, order, key: world.acme.key)["due_day"].text
      server.clock.advance(by: .seconds(8 * 86_400))
      let now = try await server.must(.get, order, key: world.acme.key)
      #expect(now["actions"] == ["reassign", "abandon"])
      let placed = try await server.must(.post, "\(order)/reassign", key: world.acme.key)
      #expect(placed["due_day"].text > due, "the promise moves with the job")
      let again = try await server.call(.post, "\(order)/reassign", key: world.acme.key)
      #expect(again.status == 409 && again.code == "job.state")
      try await expectGone(world, lease)
      let id = order.split(separator: "/").last ?? ""
      let cancelled = try await server.must(
        .post, "/v1/storefront/orders/\(id)/cancel", key: world.acme.storefront)
      #expect(cancelled["state"] == "cancelled")
      #expect(try await world.lyon.offers().isEmpty)
    }
  }
}
