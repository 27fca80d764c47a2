import Domain
import HTTPTypes
import Sealing
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Which keys a design goes to, over HTTP")
struct KeyTypeTests {
  @Test("classical keys are for an owner to allow, and for an owner or engineer to take away")
  func roles() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      #expect(design["pq_only"] == true && design["classical_releases"] == 0)
      let path = "/v1/brand/designs/\(design["id"].text)"
      let engineer = try await world.key(world.acme, "engineer")["key"].text
      let (any, allowing): (HTTPFields, JSON) = ([.ifMatch: "*"], ["pq_only": false])
      let refused = try await server.call(.patch, path, key: engineer, allowing, headers: any)
      #expect(refused.status == 403 && refused.code == "auth.role")
      let new: JSON = [
        "name": "d", "profile": Samples.profile, "licence": ["authorised_units": 1],
        "pq_only": false,
      ]
      let created = try await server.call(.post, "/v1/brand/designs", key: engineer, new)
      #expect(created.status == 403 && created.code == "auth.role")
      let own = try await server.must(.post, "/v1/brand/designs", key: world.acme.key, new)
      #expect(own["pq_only"] == false)

      let blind = try await server.call(.patch, path, key: world.acme.key, allowing)
      #expect(blind.status == 428)
      let tag = try #require(try await server.call(.get, path, key: engineer).headers[.eTag])
      let allowed = try await server.call(
        .patch, path, key: world.acme.key, allowing, headers: [.ifMatch: tag])
      #expect(allowed.json["pq_only"] == false && allowed.headers[.eTag] != tag)
      let stale = try await server.call(
        .patch, path, key: engineer, ["pq_only": true], headers: [.ifMatch: tag])
      #expect(stale.status == 412)
      let taken = try await server.must(
        .patch, path, key: engineer, ["pq_only": true], headers: any)
      #expect(taken["pq_only"] == true && taken["name"] == design["name"])
      let foreign = try await server.call(
        .patch, path, key: world.other.key, allowing, headers: any)
      #expect(foreign.status == 404)
      let trail = try await server.must(
        .get, "/v1/brand/audit?action=design.key_types_set&design=\(design["id"].text)",
        key: world.acme.key)
      #expect(
        trail["data"].items.map { $0["detail"].text }
          == ["post-quantum keys only", "classical keys too"])
      let old = try await server.call(
        .post, "/v1/brand/designs", key: world.acme.key,
        [
          "name": "d", "profile": Samples.profile,
          "licence": ["authorised_units": 1, "pq_only": false],
        ])
      #expect(old.status == 400 && old.code == "request.body")
    }
  }

  @Test("a bureau that accepted with a classical key gets no package after the change")
  func packages() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let near = try await BureauByHand(
        server, "Torstraße", country: "DE", latitude: 52.53, longitude: 13.4, key: .x25519)
      let design = try await world.design(world.acme)
      let part = try await world.part(world.acme, design)
      let path = "/v1/brand/designs/\(design["id"].text)"
      try await server.must(
        .patch, path, key: world.acme.key, ["pq_only": false], headers: [.ifMatch: "*"])
      let first = try await world.order(world.acme, part, idempotencyKey: "1")
      let second = try await world.order(world.acme, part, idempotencyKey: "2")
      for offer in try await world.berlin.offers() {
        try await server.must(
          .post, "/v1/bureau/offers/\(offer["id"].text)/decline", key: world.berlin.key,
          ["reason": "Busy."])
      }
      let offers = try await near.offers()
      try #require(offers.count == 2)
      try await server.must(
        .post, "/v1/bureau/offers/\(offers[0]["id"].text)/accept", key: near.key)
      let job = offers[0]["job"].text
      _ = try await near.open(job)

      let taken = try await server.must(
        .patch, path, key: world.acme.key, ["pq_only": true], headers: [.ifMatch: "*"])
      #expect(taken["classical_releases"] == 1)
      let package = try await server.call(.get, "/v1/bureau/jobs/\(job)/package", key: near.key)
      #expect(package.status == 409 && package.code == "job.state")
      let late = try await server.call(
        .post, "/v1/bureau/offers/\(offers[1]["id"].text)/accept", key: near.key)
      #expect(late.status == 409 && late.code == "match.no_longer_qualified")
      // The next bureau has been asked for the one, and the brand decides on the other.
      #expect(try await world.lyon.offers().count == 1)
      let actions = try await [first, second].asyncMap { order in
        try await server.must(
          .get, "/v1/brand/orders/\(order["id"].text)", key: world.acme.key)["actions"].items
          .map(\.text)
      }
      #expect(Set(actions) == [["reassign", "abandon"], ["cancel"]])
    }
  }
}
