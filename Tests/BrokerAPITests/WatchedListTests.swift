import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Pages of offers, jobs and events")
struct WatchedListTests {
  @Test("a list is read by its cursor to the end, and watched by what was seen of it")
  func offersAndJobs() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      for number in 0..<3 {
        _ = try await world.order(world.acme, part, idempotencyKey: "order-\(number)")
      }
      let key = world.berlin.key
      func page(_ path: String) async throws -> JSON {
        try await server.must(.get, "/v1/bureau/" + path, key: key)
      }
      let first = try await page("offers?limit=2")
      #expect(first["data"].items.count == 2 && first["has_more"] == true)
      let last = try await page("offers?limit=2&starting_after=\(first["data"][1]["id"].text)")
      #expect(last["data"].items.count == 1 && last["has_more"] == false)
      #expect(last["seen"] == .null)
      for offer in first["data"].items + last["data"].items {
        try await server.must(
          .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: key)
      }
      let jobs = try await page("jobs?stage=work&limit=1")
      #expect(jobs["data"].items.count == 1 && jobs["has_more"] == true)
      let other = try await page("jobs?stage=waiting")
      #expect(other["data"].items.isEmpty && other["seen"] != jobs["seen"])

      // Seen: waits for a step of any job, also one that the page does not show.
      let poll = Task { [seen = jobs["seen"].text] in
        try await page("jobs?stage=work&limit=1&seen=\(seen)&wait=25")
      }
      while !server.log.lines.contains(where: { $0.contains("poll begins") }) {
        await Task.yield()
      }
      let job = try await page("jobs")["data"][2]["id"].text
      _ = try await world.berlin.lease(job)
      let changed = try await poll.value
      #expect(changed["seen"] != jobs["seen"] && changed["data"] == jobs["data"])

      for bad in ["jobs?stage=done", "jobs?limit=0", "offers?limit=101", "offers?stage=work"] {
        let answer = try await server.call(.get, "/v1/bureau/" + bad, key: key)
        #expect(answer.status == 400 && answer.code == "request.query", "\(bad)")
      }
    }
  }

  @Test("an order's events are read to the end, and a customer's pages are as full")
  func events() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      let order = try await world.order(world.acme, part)["id"].text
      // Asked, declined, asked again, declined, given up: of these a customer sees the first and the last.
      for bureau in [world.berlin, world.lyon] {
        let offer = try #require(try await bureau.offers().first)
        try await server.must(
          .post, "/v1/bureau/offers/\(offer["id"].text)/decline", key: bureau.key,
          ["reason": "no"])
      }
      for (path, key, kinds) in [
        (
          "/v1/brand/orders/", world.acme.key,
          ["order.placed", "job.offer", "job.decline", "job.offer", "job.decline", "job.exhaust"]
        ),
        ("/v1/storefront/orders/", world.acme.storefront, ["order.placed", "job.exhaust"]),
      ] {
        var (seen, after, more): ([String], String, Bool) = ([], "", true)
        while more {
          let page = try await server.must(
            .get, "\(path)\(order)/events?limit=1\(after)", key: key)
          #expect(page["data"].items.count == 1)
          seen += page["data"].items.map { $0["kind"].text }
          after = "&starting_after=\(page["data"][0]["id"].text)"
          more = page["has_more"] == true
        }
        #expect(seen == kinds)
      }
    }
  }
}
