import Domain
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Shredding over HTTP")
struct ShreddingTests {
  private func path(_ design: JSON) -> String { "/v1/brand/designs/\(design["id"].text)" }

  private func withdraw(_ world: World, _ design: JSON) async throws {
    try await world.server.must(
      .post, path(design) + "/revisions/\(design["revision"]["id"].text)/withdraw",
      key: world.acme.key, ["reason": "over"])
  }

  @Test("an owner shreds a design that was printed, once, and reads who has it all the same")
  func story() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let key = world.acme.key
      let ada = try await world.key(world.acme, "engineer", "Ada")
      let design = try await world.design(world.acme)
      let file = "\(path(design))/files/\(design["files"][0]["id"].text)/content"
      #expect(try await server.call(.get, file, key: ada["key"].text).status == 200)
      let part = try await world.part(world.acme, design)
      let order = try await world.order(world.acme, part)
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      _ = try await world.berlin.open(offer["job"].text)

      // What is sold, and what an order needs, stays.
      let shred = path(design) + "/shred"
      let body: JSON = ["name": "leg cap"]
      func code(_ headers: HTTPFields = [.ifMatch: "*"], _ body: JSON = body) async throws -> String
      {
        let answer = try await server.call(.post, shred, key: key, body, headers: headers)
        return "\(answer.status) \(answer.code)"
      }
      #expect(try await code() == "409 shredding.sold")
      try await withdraw(world, design)
      #expect(try await code() == "409 shredding.orders_open")
      try await server.must(
        .post, "/v1/brand/orders/\(order["id"].text)/abandon", key: key, [:])
      #expect(try await code([:]) == "428 precondition.required")
      #expect(try await code([.ifMatch: "\"1\""]) == "412 precondition.failed")
      #expect(try await code([.ifMatch: "*"], ["name": "Leg cap"]) == "422 shredding.name")
      #expect(try await code([.ifMatch: "*"], [:]) == "400 request.body")
      let before = try await server.must(.get, path(design), key: key)
      #expect(before["actions"] == ["revise", "shred"])
      let headers: HTTPFields = [
        .ifMatch: "\"\(Int(before["version"].number))\"", .idempotencyKey: "shred-1",
      ]
      let report = try await server.must(.post, shred, key: key, body, headers: headers)
      #expect(report["state"] == "erased" && report["revision"] == .null)
      #expect(report["files"][0]["name"] == "leg-cap.stl")
      #expect(report["files"][0]["payload_erased"] == true)
      #expect(report["key_versions"][0]["standing"] == "in_use")
      #expect(report["bureaus"].items.map { $0["id"].text } == [world.berlin.id.text])
      #expect(report["bureaus"][0]["fetched"] == 1)
      #expect(report["readers"].items.map { $0["key"] } == [ada["id"]])
      #expect(report["left"].items.count == 1 && report["limits"].items.count >= 4)

      // The same request again shreds nothing more, though the version is another by now.
      let again = try await server.call(.post, shred, key: key, body, headers: headers)
      #expect(again.status == 201 && again.headers[.idempotentReplayed] == "true")
      #expect(again.json["id"] == report["id"])
      #expect(try await code() == "410 design.shredded")
      let one = path(design) + "/revisions/\(design["revision"]["id"].text)"
      let revision = try await server.call(
        .post, one + "/shred", key: key, body, headers: [.ifMatch: "*"])
      #expect(revision.status == 410 && revision.code == "revision.shredded")

      // Nothing of it is left to anybody.
      let original = try await server.call(.get, file, key: ada["key"].text)
      #expect(original.status == 410 && original.code == "revision.shredded")
      let package = try await server.call(
        .get, "/v1/bureau/jobs/\(offer["job"].text)/package", key: world.berlin.key)
      #expect(package.status == 404)
      let shown = try await server.must(.get, one, key: key)
      #expect(shown["revision"]["state"] == "shredded" && shown["actions"].items.isEmpty)
      let revise = try await server.call(.post, path(design) + "/revisions", key: key, [:])
      #expect(revise.status == 410 && revise.code == "design.shredded")
      let listed = try await server.must(.get, "/v1/brand/shreddings", key: key)
      #expect(listed["data"].items.map { $0["id"] } == [report["id"]])
      let releases = try await server.must(
        .get, "/v1/brand/shreddings/\(report["id"].text)/releases", key: key)
      #expect(releases["data"][0]["job"] == offer["job"])
      #expect(releases["data"][0]["order"] == order["id"])
      let audit = try await server.must(
        .get, "/v1/brand/audit?action=design.shredded", key: key)
      #expect(audit["data"].items.count == 1 && audit["data"][0]["actor"]["role"] == "owner")
      let entries = try await server.must(
        .get, "/v1/brand/licences/\(design["licence"]["id"].text)", key: key)["entries"].items
      #expect(entries.contains { $0["kind"] == "design.shredded" })
    }
  }

  @Test(
    "only an owner of the brand shreds and reads reports, and another brand's owner finds nothing")
  func roles() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let id = design["id"].text
      var keys = [world.acme.storefront: 403, world.berlin.key: 403, server.operatorKey: 403]
      for role in ["engineer", "sales"] {
        keys[try await world.key(world.acme, role)["key"].text] = 403
      }
      keys[world.other.key] = 404
      for (key, status) in keys {
        let answer = try await server.call(
          .post, "/v1/brand/designs/\(id)/shred", key: key, ["name": "leg cap"],
          headers: [.ifMatch: "*"])
        #expect(answer.status == status, "\(answer.code)")
      }
      #expect(try await server.must(.get, path(design), key: world.acme.key)["shredding"] == .null)
      let report = try await server.must(
        .post, "/v1/brand/designs/\(id)/shred", key: world.acme.key, ["name": "leg cap"],
        headers: [.ifMatch: "*"])
      for (key, status) in keys {
        for below in ["", "/releases"] {
          let answer = try await server.call(
            .get, "/v1/brand/shreddings/\(report["id"].text)\(below)", key: key)
          #expect(answer.status == status, "\(answer.code)")
        }
      }
    }
  }

  @Test("a bureau's header that opens a shredded file is not kept in the database")
  func packages() async throws {
    let directory = try TemporaryDirectory()
    try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      _ = try await world.order(world.acme, try await world.part(world.acme, design))
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      let answer = try await server.call(
        .get, "/v1/bureau/jobs/\(offer["job"].text)/package", key: world.berlin.key)
      // The age header of the file stands in the package as it does in the database; the ticket's, which is
      // a key to the address, comes before it.
      let text = Data(answer.body)
      let start = try #require(
        text.range(of: Data("age-encryption.org/v1\n".utf8), options: .backwards))
      let header = text[start.lowerBound...].prefix(300).dropFirst(40)
      func isKept() throws -> Bool {
        try directory.files().contains { name in
          Data(try directory.read(name)).range(of: header) != nil
        }
      }
      #expect(try isKept())
      try await withdraw(world, design)
      let orders = try await server.must(.get, "/v1/brand/orders", key: world.acme.key)
      try await server.must(
        .post, "/v1/brand/orders/\(orders["data"][0]["id"].text)/abandon", key: world.acme.key, [:])
      let report = try await server.must(
        .post, path(design) + "/shred", key: world.acme.key, ["name": "leg cap"],
        headers: [.ifMatch: "*"])
      #expect(report["state"] == "erased")
      #expect(try !isKept())
    }
  }
}
