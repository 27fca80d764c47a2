import BrokerServer
import Dispatching
import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Certifications are held against the day on which a part is made")
struct LapsedCertificationTests {
  private func certify(_ bureau: BureauByHand, until: CalendarDay) async throws {
    try await bureau.server.must(
      .post, "/v1/operator/bureaus/\(bureau.id)/certifications", key: bureau.server.operatorKey,
      [
        "scheme": "ISO 9001", "issuer": "TÜV", "valid_from": "2020-01-01",
        "valid_until": .text(until.description),
        "document_sha256": .text(String(repeating: "0", count: 64)),
      ])
  }

  @Test(
    "one that lapses between order and acceptance sends the job to the next bureau, with that reason"
  )
  func lapsing() async throws {
    try await RunningServer.with(configure: { $0.policy.offerSeconds = 3 * 86_400 }) { server in
      let world = try await World(server)
      let today = server.clock.now.day
      // Good for tomorrow, when the part is to be made, and not for the day after.
      try await certify(world.berlin, until: today + 1)
      try await certify(world.lyon, until: today + 100)
      let design = try await world.design(world.acme, certifications: ["ISO 9001"])
      let order = try await world.order(world.acme, try await world.part(world.acme, design))
      let offer = try #require(try await world.berlin.offers().first)
      server.clock.advance(by: .seconds(2 * 86_400))
      let accepted = try await server.call(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      #expect(accepted.status == 409 && accepted.code == "match.no_longer_qualified")
      #expect(accepted.json["detail"].text.contains("match.certification_expired"))
      #expect(try await world.berlin.offers().isEmpty)
      #expect(try await world.lyon.offers().map { $0["job"] } == [offer["job"]])

      let path = "/v1/brand/orders/\(order["id"].text)"
      let events = try await server.must(.get, path + "/events", key: world.acme.key)["data"].items
      let passed = try #require(events.last { $0["kind"] == "job.decline" })
      #expect(passed["data"]["bureau"].text == world.berlin.id.text)
      #expect(passed["data"]["reason"].text.contains("match.certification_expired"))
      // A customer learns neither who nor why.
      let shown = try await server.must(
        .get, "/v1/storefront/orders/\(order["id"].text)/events", key: world.acme.storefront)
      #expect(!String(decoding: shown.bytes, as: UTF8.self).contains("certification"))
    }
  }
}
