import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

/// A route of the description, with identifiers that have the right form and name nothing.
struct DescribedRoute: Sendable, CustomTestStringConvertible {
  let method: HTTPRequest.Method
  let template: String
  let role: String

  var testDescription: String { "\(method) \(template)" }

  static let all: [DescribedRoute] = Contract.document["paths"].members.flatMap { path, item in
    item.members.map { method, operation in
      DescribedRoute(
        method: HTTPRequest.Method(rawValue: method.uppercased())!, template: path,
        role: operation["tags"][0].text)
    }
  }.sorted { $0.testDescription < $1.testDescription }

  static let guarded = all.filter { $0.role != "public" }

  /// The path with what the query needs, every identifier taken from the closure.
  func path(_ identifier: (String) -> String = DescribedRoute.unknown) -> String {
    let segments = template.split(separator: "/").map { segment in
      segment.hasPrefix("{") ? identifier(String(segment.dropFirst().dropLast())) : String(segment)
    }
    let path = "/" + segments.joined(separator: "/")
    return template.hasSuffix("/files") ? path + "?name=a.stl" : path
  }

  /// The body and the headers of what takes bytes, so that what is refused is neither.
  var bytes: (body: [UInt8]?, headers: HTTPFields) {
    if template.hasSuffix("/files") { return (Samples.cube, [.contentType: "model/stl"]) }
    guard template.hasPrefix("/v1/brand/uploads") else {
      return (nil, [.ifMatch: "\"1\""])
    }
    guard [.patch, .post].contains(method) else { return (nil, [.tusResumable: "1.0.0"]) }
    return (
      [1],
      [
        .tusResumable: "1.0.0", .uploadOffset: "0", .methodOverride: "PATCH",
        .contentType: "application/offset+octet-stream",
      ]
    )
  }

  /// An identifier that is well formed and of the right kind.
  static func unknown(_ name: String) -> String {
    let prefixes = [
      "brand": "brd", "bureau": "bur", "key": "key", "design": "dsn", "part": "prt",
      "licence": "lic", "order": "ord", "site": "sit", "offer": "off", "job": "job",
      "version": "ver", "revision": "rev", "file": "fil", "upload": "upl", "shredding": "shr",
    ]
    return (prefixes[name] ?? "???") + "_0194f6c2d1e97a3c8f00aa5512345678"
  }
}

@Suite("Who may use what")
struct AccessTests {
  @Test("every route but the public ones wants a key of exactly its role")
  func roles() async throws {
    #expect(DescribedRoute.guarded.count > 40)
    try await RunningServer.with { server in
      let world = try await World(server)
      let keys = [
        "operator": server.operatorKey, "brand": world.acme.key,
        "storefront": world.acme.storefront, "bureau": world.berlin.key,
      ]
      for route in DescribedRoute.guarded {
        let name = route.testDescription
        // The answer to a HEAD has no body.
        let says = { (answer: RunningServer.Answer, code: String) in
          route.method == .head ? answer.body.isEmpty : answer.code == code
        }
        let anonymous = try await server.call(route.method, route.path())
        #expect(anonymous.status == 401 && says(anonymous, "auth.missing"), "\(name)")
        #expect(anonymous.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true, "\(name)")
        let forged = try await server.call(
          route.method, route.path(), key: String(server.operatorKey.dropLast()) + "!")
        #expect(forged.status == 401 && says(forged, "auth.invalid"), "\(name)")
        for (role, key) in keys where role != route.role {
          let answer = try await server.call(route.method, route.path(), key: key)
          #expect(answer.status == 403 && says(answer, "auth.role"), "\(name) as \(role)")
        }
      }
    }
  }

  @Test(
    "a key of the right form but unknown, a revoked key and another scheme are all refused alike")
  func unusableKeys() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = "/v1/operator/brands/\(world.acme.id)/keys"
      let made = try await server.must(
        .post, path, key: server.operatorKey, ["role": "storefront", "label": "shop"])
      let key = made["key"].text
      try await server.must(.get, "/v1/storefront/parts", key: key)
      try await server.must(.delete, "\(path)/\(made["id"].text)", key: server.operatorKey)
      for authorization in [
        "Bearer \(key)", "Basic \(world.acme.key)", "Bearer", "Bearer  ", world.acme.key,
        "Bearer evp_live_" + String(repeating: "a", count: 36),
      ] {
        let answer = try await server.call(
          .get, "/v1/storefront/parts", headers: [.authorization: authorization])
        #expect(answer.status == 401 && answer.code == "auth.invalid", "\(authorization)")
      }
      let listed = try await server.must(
        .get, path + "?role=storefront", key: server.operatorKey)["data"].items
      let revoked = listed.first { $0["id"] == made["id"] }
      #expect(revoked != nil && revoked?["revoked_at"] != .null)
      #expect(!listed.contains { $0["key"] != .null })
    }
  }

  @Test("unknown and malformed identifiers are 404 on every route that has one")
  func unknownIdentifiers() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let keys = [
        "operator": server.operatorKey, "brand": world.acme.key,
        "storefront": world.acme.storefront, "bureau": world.berlin.key,
      ]
      for route in DescribedRoute.guarded where route.template.contains("{") {
        let key = try #require(keys[route.role])
        for identifier in [DescribedRoute.unknown, { _ in "x" }, { _ in "%2e%2e" }] {
          let path = route.path(identifier)
          let answer = try await server.call(
            route.method, path, key: key, Bodies.valid(for: route),
            bytes: route.bytes.body, headers: route.bytes.headers)
          // Lists of what an unknown tenant has are empty rather than absent.
          let isEmptyList = answer.status == 200 && answer.json["data"].items.isEmpty
          #expect(
            answer.status == 404 && (answer.code == "not_found" || route.method == .head)
              || isEmptyList,
            "\(route.testDescription): \(path) \(answer.status) \(answer.code)")
        }
      }
    }
  }
}

/// A body that each route takes, so that what is refused is not the body.
enum Bodies {
  static func valid(for route: DescribedRoute) -> JSON? {
    switch (route.method, route.template.split(separator: "/").last.map(String.init) ?? "") {
    case (.post, "brands"), (.post, "bureaus"): ["name": "Name"]
    case (.post, "keys") where route.template.contains("bureaus"): ["label": "label"]
    case (.post, "keys"): ["role": "engineer", "label": "label"]
    case (.post, "certifications"):
      [
        "scheme": "ISO 9001", "issuer": "TÜV", "valid_from": "2026-01-01",
        "valid_until": "2027-01-01", "document_sha256": .text(String(repeating: "0", count: 64)),
      ]
    case (.post, "designs"):
      ["name": "d", "profile": Samples.profile, "licence": ["authorised_units": 1]]
    case (.post, "parts"):
      [
        "sku": "A", "name": "Part", "design": .text(DescribedRoute.unknown("design")),
        "price": ["minor_units": 1, "currency": "EUR"],
        "payout": ["minor_units": 1, "currency": "EUR"], "lead_days": 3,
      ]
    case (.post, "orders"): Samples.order(DescribedRoute.unknown("part"))
    case (.post, "sites"):
      ["name": "Site", "country": "DE", "coordinates": ["latitude": 1, "longitude": 1]]
    case (.post, "machines"):
      [
        "name": "M", "process": "MEX", "materials": ["PETG"], "build_volume_mm": [200, 200, 200],
      ]
    case (.post, "withdraw"): ["reason": "unsafe"]
    case (.post, "shred"): ["name": "leg cap"]
    case (.patch, "{design}"): ["name": "d"]
    case (.patch, "{part}"): ["name": "p"]
    case (.patch, "brand"): ["release_approvals": 1]
    case (.post, "decline"): ["reason": "no capacity"]
    case (.post, "lease"): ["holder": "agent"]
    case (.post, "lost") where route.role == "bureau": ["attempt": 1, "reason": "no trace"]
    case (.post, "heartbeat"): ["epoch": 1]
    case (.post, "reports"): ["epoch": 1, "attempt": 1, "report": ["kind": "started"]]
    case (.put, "archive-recipient"): [:]
    case (.put, "measurement"): ["size_mm": [40, 30, 10], "volume_mm3": 9000, "area_mm2": 4000]
    case (.put, "profiles"): ["profiles": [["name": "p", "profile": Samples.profile]]]
    case (.post, "compare"): ["sha256": .text(String(repeating: "0", count: 64))]
    case (.put, "quota"): ["open_uploads_max": 3]
    case (.put, "enrolment"):
      ["statement": ["payloadType": "x", "payload": "", "signatures": []]]
    default: nil
    }
  }
}
