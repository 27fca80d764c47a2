import BureauProtocol
import Dispatching
import Domain
import HTTPTypes
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("From order to delivery over HTTP, the bureau's side by hand")
struct DeliveryTests {
  @Test("an order is offered, accepted, fetched, printed, inspected, shipped and delivered")
  func delivered() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let part = try await world.part(world.acme, design)
      let order = try await world.order(world.acme, part)
      #expect(order["state"] == "placed" && order["actions"] == ["cancel"])
      #expect(order["total"]["minor_units"] == 2580)

      let offer = try #require(try await world.berlin.offers().first)
      #expect(offer["actions"] == ["accept", "decline"])
      #expect(offer["payout"]["minor_units"] == 1280)
      #expect(try await world.lyon.offers().isEmpty)
      let offerPath = "/v1/bureau/offers/\(offer["id"].text)"
      let job = try await server.must(.post, offerPath + "/accept", key: world.berlin.key)
      #expect(job["state"] == "accepted")
      let again = try await server.must(.post, offerPath + "/accept", key: world.berlin.key)
      #expect(again["id"] == job["id"] && again["version"] == job["version"])

      let lease = try await world.berlin.lease(job["id"].text)
      let package = try await world.berlin.open(job["id"].text)
      #expect(package.files.map(\.content) == [Samples.cube])
      #expect(package.ticket.shipTo.name == "Erika Mustermann")
      try await report(world, lease, package)

      let storefront = "/v1/storefront/orders/\(order["id"].text)"
      let shipped = try await server.must(.get, storefront, key: world.acme.storefront)
      #expect(shipped["state"] == "shipped" && shipped["actions"] == ["delivered"])
      let done = try await server.must(
        .post, storefront + "/delivered", key: world.acme.storefront)
      #expect(done["state"] == "delivered" && done["actions"].items.isEmpty)
      try await checkRecords(world, order, design)
    }
  }

  /// The reports of an attempt, each of them twice.
  private func report(_ world: World, _ lease: JSON, _ package: OpenedPackage) async throws {
    let berlin = world.berlin
    let reports: [(JSON, String)] = [
      (["kind": "started"], "printing"),
      (try berlin.completion(lease, of: package), "printed"),
      (
        [
          "kind": "inspected",
          "inspection": [
            "passed": true, "measurements": [["feature": "width", "mm": 20.1]],
            "material_lot": "LOT-7",
          ],
        ], "inspected"
      ),
      (
        ["kind": "shipped", "shipment": ["carrier": "DHL", "tracking": "JJD0001"]], "shipped"
      ),
    ]
    for (report, state) in reports {
      for _ in 1...2 {
        let answer = try await berlin.report(lease, report)
        #expect(answer.status == 200 && answer.json["state"] == .text(state), "\(answer.code)")
      }
    }
    let other = try await berlin.report(
      lease, ["kind": "shipped", "shipment": ["carrier": "DHL", "tracking": "OTHER"]])
    #expect(other.status == 409 && other.code == "report.conflict")
  }

  private func checkRecords(_ world: World, _ order: JSON, _ design: JSON) async throws {
    let server = world.server
    let path = "/v1/brand/orders/\(order["id"].text)"
    let events = try await server.must(.get, path + "/events", key: world.acme.key)["data"].items
    #expect(
      events.map { $0["kind"].text } == [
        "order.placed", "job.offer", "job.accept", "job.start", "job.complete", "job.pass",
        "job.ship", "job.deliver",
      ])
    #expect(events.map { $0["version"].number } == events.map { $0["version"].number }.sorted())
    let seen = try await server.must(
      .get, "/v1/storefront/orders/\(order["id"].text)/events?after=2",
      key: world.acme.storefront)["data"].items
    #expect(!seen.contains { $0["kind"] == "job.offer" })
    #expect(seen.contains { $0["data"]["tracking"] == "JJD0001" })
    let decisions = try await server.must(.get, path + "/decisions", key: world.acme.key)
    #expect(decisions["data"][0]["outcome"]["candidates"].items.count == 2)
    let reports = try await server.must(.get, path + "/reports", key: world.acme.key)
    #expect(reports["data"].items.count == 4)
    let licence = try await server.must(
      .get, "/v1/brand/licences/\(design["licence"]["id"].text)", key: world.acme.key)
    #expect(licence["consumed"] == 2 && licence["reserved"] == 0)
    #expect(
      licence["entries"].items.map { $0["kind"].text } == [
        "licence.granted", "licence.reserved", "key.released", "job.completed",
      ])
    #expect(licence["has_more_entries"] == false)
    try await pagesEntries(world, design, licence["entries"].items)
  }

  /// The list has the same entries, page by page.
  private func pagesEntries(_ world: World, _ design: JSON, _ entries: [JSON]) async throws {
    let path = "/v1/brand/licences/\(design["licence"]["id"].text)/entries"
    let first = try await world.server.must(.get, path + "?limit=3", key: world.acme.key)
    #expect(first["data"].items == Array(entries.prefix(3)) && first["has_more"] == true)
    let rest = try await world.server.must(
      .get, path + "?limit=3&starting_after=\(entries[2]["id"].text)", key: world.acme.key)
    #expect(rest["data"].items == [entries[3]] && rest["has_more"] == false)
    let other = try await world.design(world.acme)["licence"]["id"].text
    let odd = try await world.server.call(
      .get, "/v1/brand/licences/\(other)/entries?starting_after=\(entries[2]["id"].text)",
      key: world.acme.key)
    #expect(odd.status == 404 && odd.code == "not_found")
  }

  @Test("a declined offer goes to the next bureau, and the last one's answer makes it unmakeable")
  func declined() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let order = try await world.order(world.acme, try await world.part(world.acme, design))
      for bureau in [world.berlin, world.lyon] {
        let offer = try #require(try await bureau.offers().first)
        try await server.must(
          .post, "/v1/bureau/offers/\(offer["id"].text)/decline", key: bureau.key,
          ["reason": "no capacity"])
        #expect(try await bureau.offers().isEmpty)
      }
      let now = try await server.must(
        .get, "/v1/storefront/orders/\(order["id"].text)", key: world.acme.storefront)
      #expect(now["state"] == "unmakeable")
      // The brand reads who declined and why; the customer learns nothing of it.
      let events = try await server.must(
        .get, "/v1/brand/orders/\(order["id"].text)/events", key: world.acme.key)
      let declines = events["data"].items.filter { $0["kind"] == "job.decline" }.map { $0["data"] }
      #expect(declines.map { $0["reason"].text } == ["no capacity", "no capacity"])
      #expect(declines.map { $0["bureau"].text } == [world.berlin, world.lyon].map(\.id.text))
      let shown = try await server.must(
        .get, "/v1/storefront/orders/\(order["id"].text)/events", key: world.acme.storefront)
      #expect(shown["data"].items.allSatisfy { $0["data"] == [:] })
      let licence = try await server.must(
        .get, "/v1/brand/licences/\(design["licence"]["id"].text)", key: world.acme.key)
      #expect(licence["consumed"] == 0 && licence["reserved"] == 0)
    }
  }

  @Test("an offer that nobody answers expires and goes to the next bureau")
  func expired() async throws {
    try await RunningServer.with(configure: { $0.policy.offerSeconds = 60 }) { server in
      let world = try await World(server)
      _ = try await world.order(
        world.acme, try await world.part(world.acme, try await world.design(world.acme)))
      let waiting = Task {
        try await server.must(.get, "/v1/bureau/offers?wait=10", key: world.lyon.key)
      }
      server.clock.advance(by: .seconds(61))
      #expect(try await waiting.value["data"].items.count == 1)
    }
  }

  @Test("a cancelled order takes its offer back, and only until a bureau has accepted")
  func cancelled() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      let first = try await world.order(world.acme, part)
      let offer = try #require(try await world.berlin.offers().first)
      let path = "/v1/storefront/orders/"
      let cancelled = try await server.must(
        .post, "\(path)\(first["id"].text)/cancel", key: world.acme.storefront)
      #expect(cancelled["state"] == "cancelled")
      let late = try await server.call(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      #expect(late.code == "offer.withdrawn")
      let second = try await world.order(world.acme, part, idempotencyKey: "order-2")
      let next = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(next["id"].text)/accept", key: world.berlin.key)
      let refused = try await server.call(
        .post, "\(path)\(second["id"].text)/cancel", key: world.acme.storefront)
      #expect(refused.status == 409 && refused.code == "order.not_cancellable")
    }
  }

  @Test("a second holder waits for the lease, and an old epoch is refused")
  func leases() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      _ = try await world.order(
        world.acme, try await world.part(world.acme, try await world.design(world.acme)))
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      let job = offer["job"].text
      let lease = try await world.berlin.lease(job)
      let held = try await server.call(
        .post, "/v1/bureau/jobs/\(job)/lease", key: world.berlin.key, ["holder": "agent-2"])
      #expect(held.status == 409 && held.code == "lease.held")
      let beat = try await server.must(
        .post, "/v1/bureau/jobs/\(job)/heartbeat", key: world.berlin.key,
        ["epoch": lease["epoch"]])
      #expect(beat["epoch"] == lease["epoch"])
      server.clock.advance(by: .seconds(3600))
      let taken = try await world.berlin.lease(job, holder: "agent-2")
      #expect(taken["epoch"].number == lease["epoch"].number + 1)
      let stale = try await world.berlin.report(lease, ["kind": "started"])
      #expect(stale.status == 409 && stale.code == "lease.stale_epoch")
    }
  }

  @Test("an enrolment needs the signature of the key that it names, for this very bureau")
  func enrolment() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let others = try await server.call(
        .put, BureauPaths.enrolment, key: world.berlin.key,
        try world.lyon.enrolment(for: world.lyon.id))
      #expect(others.code == "enrolment.other_bureau")
      let statement = try world.berlin.enrolment(for: world.berlin.id)["statement"]
      var members = statement.members
      members["signatures"] = try world.lyon.enrolment(for: world.lyon.id)["statement"][
        "signatures"]
      let forged = try await server.call(
        .put, BureauPaths.enrolment, key: world.berlin.key, ["statement": .object(members)])
      #expect(forged.status == 422 && forged.code.hasPrefix("enrolment."))
      server.clock.advance(by: .seconds(7200))
      let stale = try await server.call(
        .put, BureauPaths.enrolment, key: world.berlin.key, ["statement": statement])
      #expect(stale.status == 422 && stale.code.hasPrefix("enrolment."))
    }
  }
}
