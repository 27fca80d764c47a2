import Crypto
import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Finding a brand's things by what it calls them")
struct ReferenceTests {
  private func new(_ reference: String) -> JSON {
    [
      "name": "d", "profile": Samples.profile, "licence": ["authorised_units": 1],
      "reference": .text(reference),
    ]
  }

  @Test("a reference names one design of a brand, another brand may use the same")
  func references() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let (path, key) = ("/v1/brand/designs", world.acme.key)
      let design = try await server.must(.post, path, key: key, new("GC 25/ä"))
      #expect(design["reference"] == "GC 25/ä")
      let again = try await server.call(.post, path, key: key, new("GC 25/ä"))
      #expect(again.status == 409 && again.code == "design.reference_taken")
      for senseless in ["", "a\u{1B}", String(repeating: "r", count: 65)] {
        let refused = try await server.call(.post, path, key: key, new(senseless))
        #expect(refused.status == 422 && refused.code == "design.reference")
      }
      let other = try await server.must(.post, path, key: world.other.key, new("GC 25/ä"))
      #expect(other["id"] != design["id"])
      let query = path + "?reference=GC+25%2F%C3%A4"
      let found = try await server.must(.get, query, key: key)
      #expect(found["data"].items.map { $0["id"] } == [design["id"]] && found["has_more"] == false)
      let none = try await server.must(.get, path + "?reference=GC", key: key)
      #expect(none["data"].items.isEmpty)
      let without = try await world.design(world.acme)
      #expect(without["reference"] == .null)
    }
  }

  @Test("a part is found by its SKU, and only by its own brand")
  func skus() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme), sku: "A&B")
      let path = "/v1/brand/parts?sku=A%26B"
      let found = try await server.must(.get, path, key: world.acme.key)
      #expect(found["data"].items.map { $0["id"] } == [part["id"]])
      let foreign = try await server.must(.get, path, key: world.other.key)
      #expect(foreign["data"].items.isEmpty)
    }
  }

  @Test("a file is compared with a digest, which discloses it to nobody and is no reading of it")
  func compare() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let file = design["files"][0]["id"].text
      let path = "/v1/brand/designs/\(design["id"].text)/files/\(file)/compare"
      let digest = SHA256.hash(data: Samples.cube).map { byte in
        String(byte / 16, radix: 16) + String(byte % 16, radix: 16)
      }.joined()
      let sales = try await world.key(world.acme, "sales")["key"].text
      for (text, same) in [
        (digest, true), (digest.uppercased(), true), ("0" + digest.dropFirst(), false),
      ]
      where text != digest || same {
        let answer = try await server.must(
          .post, path, key: world.acme.key, ["sha256": .text(text)])
        #expect(answer["same"] == .bool(same))
      }
      for text in ["", "x", digest + "0"] {
        let refused = try await server.call(
          .post, path, key: world.acme.key, ["sha256": .text(text)])
        #expect(refused.status == 422 && refused.code == "file.digest")
      }
      for (key, status) in [(world.other.key, 404), (sales, 403)] {
        let refused = try await server.call(.post, path, key: key, ["sha256": .text(digest)])
        #expect(refused.status == status)
      }
      let trail = try await server.must(
        .get, "/v1/brand/audit?action=original.read", key: world.acme.key)
      #expect(trail["data"].items.isEmpty)
    }
  }
}
