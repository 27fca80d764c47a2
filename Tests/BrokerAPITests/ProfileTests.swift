import Domain
import HTTPTypes
import PrintPackage
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Print profiles over HTTP")
struct ProfileTests {
  private static func profile(_ material: String, process: String = "PBF-LB/P") -> JSON {
    var members = Samples.profile.members
    members["material"] = .text(material)
    members["process"] = .text(process)
    return .object(members)
  }

  private static let two: JSON = [
    ["name": "pa12", "profile": profile("PA12")],
    ["name": "petg", "profile": profile("PETG", process: "MEX")],
  ]

  private func design(_ world: World, _ new: [String: JSON]) async throws -> JSON {
    var body: [String: JSON] = ["name": "d", "licence": ["authorised_units": 9]]
    body.merge(new) { $1 }
    let design = try await world.server.must(
      .post, "/v1/brand/designs", key: world.acme.key, .object(body))
    let path = "/v1/brand/designs/\(design["id"].text)"
    try await world.server.must(
      .post, path + "/files?name=c.stl", key: world.acme.key, bytes: Samples.cube,
      headers: [.contentType: "model/stl"])
    return try await world.server.must(.post, path + "/release", key: world.acme.key)
  }

  private func part(
    _ world: World, _ design: JSON, sku: String, profile: JSON? = nil
  ) async throws -> RunningServer.Answer {
    var body: [String: JSON] = [
      "sku": .text(sku), "name": "Leg cap", "design": design["id"],
      "price": ["minor_units": 1290, "currency": "EUR"],
      "payout": ["minor_units": 640, "currency": "EUR"], "lead_days": 7,
    ]
    body["profile"] = profile
    return try await world.server.call(
      .post, "/v1/brand/parts", key: world.acme.key, .object(body))
  }

  @Test("offer, ticket and manifest have the profile of the part that was ordered")
  func ordered() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      try await server.must(
        .post, "/v1/bureau/sites/\(world.berlin.site["id"].text)/machines", key: world.berlin.key,
        [
          "name": "FFF 1", "process": "MEX", "materials": ["PETG"],
          "build_volume_mm": [200, 200, 200],
        ])
      let design = try await design(world, ["profiles": Self.two])
      let profiles = design["revision"]["profiles"].items
      #expect(profiles.map { $0["name"].text } == ["pa12", "petg"])
      let nylon = try await part(world, design, sku: "N").json
      let petg = try await part(world, design, sku: "G", profile: profiles[1]["id"]).json
      #expect(nylon["profile"] == profiles[0]["id"] && petg["profile_name"] == "petg")
      for (number, (part, index)) in [(nylon, 0), (petg, 1)].enumerated() {
        let order = try await world.order(world.acme, part, idempotencyKey: "\(number)")
        let offer = try #require(try await world.berlin.offers().first)
        #expect(offer["profile"] == profiles[index]["profile"])
        let job = try await server.must(
          .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
        #expect(job["profile"] == profiles[index]["profile"])
        let package = try await world.berlin.open(offer["job"].text)
        #expect(package.manifest.profile?.text == profiles[index]["id"].text)
        #expect(package.ticket.profile.material.name == (index == 0 ? "PA12" : "PETG"))
        let seen = try await server.must(
          .get, "/v1/brand/orders/\(order["id"].text)", key: world.acme.key)
        #expect(seen["job"]["profile"] == profiles[index]["id"])
      }
    }
  }

  @Test(
    "one profile has the usual name; both members or neither, and names that come twice, are refused"
  )
  func bodies() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let one = try await design(world, ["profile": Samples.profile])
      #expect(one["revision"]["profiles"].items.map { $0["name"].text } == ["standard"])
      let twice: JSON = [
        ["name": "a", "profile": Samples.profile], ["name": "A", "profile": Samples.profile],
      ]
      let path = "/v1/brand/designs/\(one["id"].text)"
      let cases: [(String, [String: JSON])] = [
        ("design.profiles", [:]), ("design.profiles", ["profiles": []]),
        ("design.profiles", ["profile": Samples.profile, "profiles": Self.two]),
        ("design.profile_twice", ["profiles": twice]),
        ("design.profile_name", ["profiles": [["name": "", "profile": Samples.profile]]]),
      ]
      for (code, body) in cases {
        var new: [String: JSON] = ["name": "d", "licence": ["authorised_units": 1]]
        new.merge(body) { $1 }
        let refused = try await server.call(
          .post, "/v1/brand/designs", key: world.acme.key, .object(new))
        #expect(refused.status == 422 && refused.code == code, "\(refused.code)")
        guard !body.isEmpty else { continue }
        let revision = try await server.call(
          .post, path + "/revisions", key: world.acme.key, .object(body))
        #expect(revision.status == 422 && revision.code == code, "\(revision.code)")
      }
      let released = try await server.call(
        .put, path + "/profiles", key: world.acme.key, ["profiles": Self.two],
        headers: [.ifMatch: "*"])
      #expect(released.status == 409 && released.code == "design.no_draft")
      try await server.must(.post, path + "/revisions", key: world.acme.key, [:])
      let blind = try await server.call(
        .put, path + "/profiles", key: world.acme.key, ["profiles": Self.two])
      #expect(blind.status == 428)
      let set = try await server.must(
        .put, path + "/profiles", key: world.acme.key, ["profiles": Self.two],
        headers: [.ifMatch: "*"])
      #expect(set["revision"]["profiles"].items.count == 2)
    }
  }

  @Test("a draft without a profile that is sold is refused; another brand's profile is absent")
  func sold() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await design(world, ["profiles": Self.two])
      let other = try await world.design(world.other)
      let foreign = try await part(
        world, design, sku: "X", profile: other["revision"]["profiles"][0]["id"])
      #expect(foreign.status == 404 && foreign.code == "not_found")
      let own = try await world.design(world.acme)
      let elsewhere = try await part(
        world, design, sku: "X", profile: own["revision"]["profiles"][0]["id"])
      #expect(elsewhere.status == 409 && elsewhere.code == "part.profile")
      _ = try await part(world, design, sku: "P")
      let path = "/v1/brand/designs/\(design["id"].text)"
      try await server.must(
        .post, path + "/revisions", key: world.acme.key,
        ["profiles": [["name": "petg", "profile": Self.profile("PETG", process: "MEX")]]])
      try await server.must(
        .post, path + "/files?name=n.stl", key: world.acme.key, bytes: Samples.cube,
        headers: [.contentType: "model/stl"])
      let refused = try await server.call(.post, path + "/release", key: world.acme.key)
      #expect(refused.status == 409 && refused.code == "design.profile_sold")
      #expect(refused.json["detail"].text.contains("pa12"))
    }
  }
}
