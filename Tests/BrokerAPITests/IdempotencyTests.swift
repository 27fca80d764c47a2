import Database
import Domain
import HTTPTypes
import Ledger
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("Idempotency-Key")
struct IdempotencyTests {
  /// A request that creates something, and where what it created is listed.
  struct Creation: Sendable {
    let path: String
    let key: String
    let body: JSON
    let other: JSON
  }

  /// One of each kind whose answer can be given again.
  private static func creations(_ world: World) async throws -> [Creation] {
    let server = world.server
    let design = try await world.design(world.acme)
    let bureau = try await server.must(.get, "/v1/bureau", key: world.berlin.key)
    let site = bureau["sites"].items[0]["id"].text
    func named(_ name: String, _ more: [String: JSON] = [:]) -> JSON {
      .object(more.merging(["name": .text(name)]) { $1 })
    }
    let design2: [String: JSON] = [
      "profile": Samples.profile, "licence": ["authorised_units": 5, "scrap_allowance": 0],
    ]
    let place: [String: JSON] = [
      "country": "DE", "coordinates": ["latitude": 50, "longitude": 10],
    ]
    let machine: [String: JSON] = [
      "process": "PBF-LB/P", "materials": ["PA12"],
      "build_volume_mm": [300, 300, 300],
    ]
    func part(_ sku: String) -> JSON {
      [
        "sku": .text(sku), "name": "Leg cap", "design": design["id"],
        "price": ["minor_units": 1290, "currency": "EUR"],
        "payout": ["minor_units": 640, "currency": "EUR"], "lead_days": 7,
      ]
    }
    func paper(_ scheme: String) -> JSON {
      [
        "scheme": .text(scheme), "issuer": "TÜV", "valid_from": "2026-01-01",
        "valid_until": "2027-01-01", "document_sha256": .text(String(repeating: "a", count: 64)),
      ]
    }
    let op = server.operatorKey
    return [
      Creation(path: "/v1/operator/brands", key: op, body: named("A"), other: named("B")),
      Creation(path: "/v1/operator/bureaus", key: op, body: named("A"), other: named("B")),
      Creation(
        path: "/v1/operator/bureaus/\(bureau["id"].text)/certifications", key: op,
        body: paper("ISO 9001"), other: paper("ISO 13485")),
      Creation(
        path: "/v1/brand/designs", key: world.acme.key, body: named("A", design2),
        other: named("B", design2)),
      Creation(
        path: "/v1/brand/parts", key: world.acme.key, body: part("A"), other: part("B")),
      Creation(
        path: "/v1/operator/bureaus/\(bureau["id"].text)/sites", key: op, body: named("A", place),
        other: named("B", place)),
      Creation(
        path: "/v1/bureau/sites/\(site)/machines", key: world.berlin.key,
        body: named("A", machine), other: named("B", machine)),
    ]
  }

  @Test("what was created under a key is answered again; another request under it is refused")
  func replay() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      for (number, creation) in try await Self.creations(world).enumerated() {
        func send(_ body: JSON, _ key: String) async throws -> RunningServer.Answer {
          try await server.call(
            .post, creation.path, key: creation.key, body,
            headers: [.idempotencyKey: key == "a b" ? key : "\(key)\(number)"])
        }
        let first = try await send(creation.body, "k")
        #expect(first.status == 201, "\(creation.path): \(first.code) \(first.json)")
        #expect(first.headers[.idempotentReplayed] == nil)
        let again = try await send(creation.body, "k")
        #expect(again.status == 201 && again.json == first.json, "\(creation.path): \(again.json)")
        #expect(again.headers[.idempotentReplayed] == "true", "\(creation.path)")
        let other = try await send(creation.other, "k")
        #expect(other.status == 422, "\(creation.path)")
        #expect(other.code == "idempotency.mismatch", "\(creation.path)")
        let next = try await send(creation.other, "l")
        #expect(next.status == 201 && next.json["id"] != first.json["id"], "\(creation.path)")
        let malformed = try await send(creation.other, "a b")
        #expect(malformed.code == "idempotency.key", "\(creation.path)")
      }
    }
  }

  @Test("a key belongs to the path, too: the same body elsewhere is another request")
  func path() async throws {
    try await RunningServer.with { server in
      func create(_ kind: String) async throws -> RunningServer.Answer {
        try await server.call(
          .post, "/v1/operator/\(kind)", key: server.operatorKey, ["name": "Same"],
          headers: [.idempotencyKey: "k"])
      }
      let brand = try await create("brands")
      let bureau = try await create("bureaus")
      #expect(brand.status == 201)
      #expect(bureau.code == "idempotency.mismatch")
    }
  }

  @Test("32 equal requests at once with one key make one design, and one licence")
  func concurrent() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let body: JSON = [
        "name": "leg cap", "profile": Samples.profile,
        "licence": ["authorised_units": 5, "scrap_allowance": 0],
      ]
      let answers = try await withThrowingTaskGroup(of: RunningServer.Answer.self) { group in
        for _ in 0..<32 {
          group.addTask {
            try await server.call(
              .post, "/v1/brand/designs", key: world.acme.key, body,
              headers: [.idempotencyKey: "one"])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 201 })
      #expect(Set(answers.map { $0.json["id"].text }).count == 1)
      #expect(Set(answers.map { $0.json["licence"]["id"].text }).count == 1)
      #expect(answers.count { $0.headers[.idempotentReplayed] == nil } == 1)
      let designs = try await server.must(.get, "/v1/brand/designs", key: world.acme.key)
      #expect(designs["data"].items.count == 1)
    }
  }

  @Test("a key is the tenant's: it holds for a rotated API key and for no other tenant")
  func scope() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      let first = try await world.order(world.acme, part, idempotencyKey: "k")
      let rotated = try await server.must(
        .post, "/v1/operator/brands/\(world.acme.id)/keys", key: server.operatorKey,
        ["role": "storefront", "label": "rotated"])
      let again = try await server.call(
        .post, "/v1/storefront/orders", key: rotated["key"].text, Samples.order(part["id"].text),
        headers: [.idempotencyKey: "k"])
      #expect(again.json["id"] == first["id"])
      #expect(again.headers[.idempotentReplayed] == "true")
      let theirs = try await world.part(world.other, try await world.design(world.other))
      let other = try await world.order(world.other, theirs, idempotencyKey: "k")
      #expect(other["id"] != first["id"])
    }
  }

  @Test("a request that made an API key is not answered again: its secret is gone")
  func secrets() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let bureau = try await server.must(.get, "/v1/bureau", key: world.berlin.key)
      for (path, body) in [
        ("brands/\(world.acme.id)", ["role": "owner", "label": "k"] as JSON),
        ("bureaus/\(bureau["id"].text)", ["label": "k"]),
      ] {
        func issue() async throws -> RunningServer.Answer {
          try await server.call(
            .post, "/v1/operator/\(path)/keys", key: server.operatorKey, body,
            headers: [.idempotencyKey: "k-\(path)"])
        }
        func keys() async throws -> Int {
          try await server.must(.get, "/v1/operator/\(path)/keys", key: server.operatorKey)["data"]
            .items.count
        }
        let before = try await keys()
        let first = try await issue()
        #expect(first.status == 201)
        let again = try await issue()
        #expect(again.status == 409 && again.code == "key.made_before")
        #expect(again.json["detail"].text.contains(first.json["id"].text))
        #expect(!again.json["detail"].text.contains(first.json["key"].text))
        #expect(try await keys() == before + 1)
      }
    }
  }

  @Test("every route that creates something takes the header, and says so")
  func described() {
    for route in RouteTable.all where route.method == .post && route.status == .created {
      let uploads = route.path == "/v1/brand/designs/{design}/files"
      #expect((route.idempotencyKey == .ignored) == uploads, "\(route.path)")
      let parameters = Contract.document["paths"][route.path]["post"]["parameters"].items
      let header = parameters.first { $0["name"] == "Idempotency-Key" }
      #expect((header == nil) == uploads, "\(route.path)")
      let isRequired: JSON = .bool(route.path == "/v1/storefront/orders")
      #expect(uploads || header?["required"] == isRequired, "\(route.path)")
    }
  }

  @Test("so do the steps that could be made twice")
  func steps() {
    let paths = "/v1/brand/orders/"
    for route in RouteTable.all where route.path.hasPrefix(paths) {
      let steps = ["lost", "retry", "reassign", "abandon"]
      let isStep = steps.contains { route.path.hasSuffix("/\($0)") }
      #expect((route.idempotencyKey == .optional) == isStep, "\(route.path)")
    }
  }

  @Test("records are forgotten after thirty days, and not before")
  func pruning() async throws {
    let (directory, clock) = (try TemporaryDirectory(), SimulatedClock())
    let database = try Database.open(directory: directory.path("data"))
    try await database.migrate()
    let pruning = IdempotencyPruning(database: database, ambient: clock.ambient)
    func record(_ keys: Range<Int>) async throws {
      try await database.write { [now = clock.now] transaction in
        for key in keys {
          let request = IdempotentRequest(scope: "test", key: "k\(key)", fingerprint: [1])
          _ = try request.earlier(transaction, or: "r", at: now)
        }
      }
    }
    func count() async throws -> Int {
      let rows = try await database.read {
        try $0.row(Statement("SELECT COUNT(*) AS count FROM idempotency"))
      }
      return try rows?.integer("count") ?? -1
    }
    let old = IdempotencyPruning.batchMax * 2 + 3
    try await record(0..<old)
    clock.advance(by: .seconds(30 * 86_400))
    try await pruning.round()
    #expect(try await count() == old)
    clock.advance(by: .milliseconds(1))
    try await record(old..<old + 1)
    try await pruning.round()
    #expect(try await count() == 1)
    try await database.close()
  }
}
