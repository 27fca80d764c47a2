import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Another tenant's things are not there")
struct TenancyTests {
  @Test("every path with another brand's or bureau's identifier answers 404, and nothing changes")
  func otherTenants() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let theirs = try await Theirs(world)
      let before = try await theirs.state(world)
      let keys = [
        "brand": world.other.key, "storefront": world.other.storefront,
        "bureau": world.lyon.key,
      ]
      var tried = 0
      for route in DescribedRoute.guarded where route.template.contains("{") {
        guard let key = keys[route.role] else { continue }
        let path = route.path { theirs.ids[$0] ?? DescribedRoute.unknown($0) }
        let answer = try await server.call(
          route.method, path, key: key, Bodies.valid(for: route),
          bytes: route.bytes.body, headers: route.bytes.headers)
        #expect(
          answer.status == 404 && (answer.code == "not_found" || route.method == .head),
          "\(route.testDescription): \(answer.status) \(answer.code)")
        tried += 1
      }
      #expect(tried >= 25)
      #expect(try await theirs.state(world) == before)
    }
  }

  @Test("lists hold the tenant's own things only")
  func lists() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      _ = try await Theirs(world)
      for path in [
        "/v1/brand/designs", "/v1/brand/parts", "/v1/brand/orders", "/v1/brand/uploads",
        "/v1/brand/shreddings",
      ] {
        let own = try await server.must(.get, path, key: world.acme.key)["data"].items
        #expect(own.count == (path == "/v1/brand/designs" ? 3 : 1))
        #expect(try await server.must(.get, path, key: world.other.key)["data"].items.isEmpty)
      }
      for path in ["/v1/storefront/parts", "/v1/storefront/orders"] {
        let own = try await server.must(.get, path, key: world.acme.storefront)
        #expect(own["data"].items.count == 1)
        let others = try await server.must(.get, path, key: world.other.storefront)
        #expect(others["data"].items.isEmpty)
      }
      #expect(try await world.berlin.offers().count == 1)
      #expect(try await world.lyon.offers().isEmpty)
    }
  }

  @Test("a body that names another brand's part or design is refused as not found")
  func bodies() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let theirs = try await Theirs(world)
      let order = try await server.call(
        .post, "/v1/storefront/orders", key: world.other.storefront,
        Samples.order(theirs.ids["part"] ?? ""), headers: [.idempotencyKey: "k"])
      #expect(order.status == 404 && order.code == "not_found")
      let part = try await server.call(
        .post, "/v1/brand/parts", key: world.other.key,
        [
          "sku": "X", "name": "Part", "design": .text(theirs.ids["design"] ?? ""),
          "price": ["minor_units": 1, "currency": "EUR"],
          "payout": ["minor_units": 1, "currency": "EUR"], "lead_days": 3,
        ])
      #expect(part.status == 404 && part.code == "not_found")
    }
  }

  @Test("a storefront sees no payout, design or licence of the brand's parts")
  func storefrontSeesLess() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let theirs = try await Theirs(world)
      let path = "/v1/storefront/parts/\(theirs.ids["part"] ?? "")"
      let part = try await server.must(.get, path, key: world.acme.storefront)
      for hidden in ["payout", "design", "licence", "revision"] {
        #expect(part[hidden] == .null, "\(hidden)")
      }
    }
  }
}

/// One of everything, Acme's and Berlin's: what Other and Lyon must not reach.
private struct Theirs {
  let ids: [String: String]

  init(_ world: World) async throws {
    let design = try await world.design(world.acme)
    let part = try await world.part(world.acme, design)
    let order = try await world.order(world.acme, part)
    let offer = try #require(try await world.berlin.offers().first)
    let key = try await world.key(world.acme, "engineer")
    ids = [
      "brand": world.acme.id, "bureau": world.berlin.id.text, "design": design["id"].text,
      "licence": design["licence"]["id"].text, "part": part["id"].text,
      "order": order["id"].text, "offer": offer["id"].text, "job": offer["job"].text,
      "file": design["files"][0]["id"].text, "revision": design["revision"]["id"].text,
      "key": key["id"].text, "site": world.berlin.site["id"].text,
      "upload": try await Self.upload(world), "shredding": try await Self.shredding(world),
    ]
  }

  /// A design's that was given up.
  private static func shredding(_ world: World) async throws -> String {
    let draft = try await world.design(world.acme, isReleased: false, hasGeometry: false)
    return try await world.server.must(
      .post, "/v1/brand/designs/\(draft["id"].text)/shred", key: world.acme.key,
      ["name": "leg cap"], headers: [.ifMatch: "*"])["id"].text
  }

  /// An open upload with some of its bytes.
  private static func upload(_ world: World) async throws -> String {
    let draft = try await world.design(world.acme, isReleased: false, hasGeometry: false)
    let tus = TusClient(world.server, key: world.acme.key)
    let upload = try await tus.begin(design: draft["id"].text, name: "leg-cap.stl")
    #expect(try await tus.patch(upload, at: 0, Array(Samples.cube[..<100])).status == 204)
    return upload
  }

  func state(_ world: World) async throws -> [JSON] {
    let (server, brand, bureau) = (world.server, world.acme.key, world.berlin.key)
    return [
      try await server.must(.get, "/v1/brand/designs", key: brand),
      try await server.must(.get, "/v1/brand/orders", key: brand),
      try await server.must(.get, "/v1/brand/uploads", key: brand),
      try await server.must(.get, "/v1/brand/shreddings", key: brand),
      try await server.must(.get, "/v1/brand/keys", key: brand),
      try await server.must(.get, "/v1/brand/audit", key: brand),
      try await server.must(.get, "/v1/brand/licences/\(ids["licence"] ?? "")", key: brand),
      try await server.must(.get, "/v1/bureau", key: bureau),
      try await server.must(.get, "/v1/bureau/offers", key: bureau),
    ]
  }
}
