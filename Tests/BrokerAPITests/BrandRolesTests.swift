import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("What the roles of a brand's people may do")
struct BrandRolesTests {
  /// Every route of a brand, and who may use it. A new route has to be decided here, too.
  private static let table: [String: [String]] = {
    let (owners, all) = (["owner"], ["owner", "engineer", "sales"])
    let (engineers, sales) = (["owner", "engineer"], ["owner", "sales"])
    return [
      "GET /v1/brand/designs": all,
      "GET /v1/brand/designs/{design}": all,
      "POST /v1/brand/designs": engineers,
      "PATCH /v1/brand/designs/{design}": engineers,
      "POST /v1/brand/designs/{design}/files": engineers,
      "GET /v1/brand/designs/{design}/files/{file}/content": engineers,
      "POST /v1/brand/designs/{design}/files/{file}/compare": engineers,
      "POST /v1/brand/designs/{design}/release": engineers,
      "GET /v1/brand/designs/{design}/measurement": all,
      "GET /v1/brand/designs/{design}/revisions/{revision}/preview": all,
      "POST /v1/brand/designs/{design}/measurement": engineers,
      "PUT /v1/brand/designs/{design}/measurement": engineers,
      "PUT /v1/brand/designs/{design}/profiles": engineers,
      "GET /v1/brand/designs/{design}/revisions": all,
      "GET /v1/brand/designs/{design}/revisions/{revision}": all,
      "POST /v1/brand/designs/{design}/revisions": engineers,
      "POST /v1/brand/designs/{design}/revisions/{revision}/withdraw": engineers,
      "POST /v1/brand/designs/{design}/shred": owners,
      "POST /v1/brand/designs/{design}/revisions/{revision}/shred": owners,
      "GET /v1/brand/shreddings": owners,
      "GET /v1/brand/shreddings/{shredding}": owners,
      "GET /v1/brand/shreddings/{shredding}/releases": owners,
      "GET /v1/brand/uploads": engineers,
      "OPTIONS /v1/brand/uploads": engineers,
      "POST /v1/brand/uploads": engineers,
      "GET /v1/brand/uploads/{upload}": engineers,
      "HEAD /v1/brand/uploads/{upload}": engineers,
      "OPTIONS /v1/brand/uploads/{upload}": engineers,
      "PATCH /v1/brand/uploads/{upload}": engineers,
      "POST /v1/brand/uploads/{upload}": engineers,
      "DELETE /v1/brand/uploads/{upload}": engineers,
      "GET /v1/brand/licences/{licence}": all,
      "GET /v1/brand/licences/{licence}/entries": all,
      "GET /v1/brand/parts": all,
      "GET /v1/brand/parts/{part}": all,
      "POST /v1/brand/parts": sales,
      "PATCH /v1/brand/parts/{part}": sales,
      "GET /v1/brand/orders": all,
      "GET /v1/brand/orders/{order}": all,
      "GET /v1/brand/orders/{order}/events": all,
      "GET /v1/brand/orders/{order}/decisions": all,
      "GET /v1/brand/orders/{order}/reports": all,
      "POST /v1/brand/orders/{order}/cancel": sales,
      "POST /v1/brand/orders/{order}/delivered": sales,
      "POST /v1/brand/orders/{order}/lost": sales,
      "POST /v1/brand/orders/{order}/retry": sales,
      "POST /v1/brand/orders/{order}/reassign": sales,
      "POST /v1/brand/orders/{order}/abandon": sales,
      "GET /v1/brand": all,
      "PATCH /v1/brand": owners,
      "PUT /v1/brand/archive-recipient": owners,
      "GET /v1/brand/archive": owners,
      "GET /v1/brand/keys": owners,
      "POST /v1/brand/keys": owners,
      "DELETE /v1/brand/keys/{key}": owners,
      "GET /v1/brand/audit": owners,
      "GET /v1/brand/audit/export": owners,
    ]
  }()

  private static let routes = DescribedRoute.guarded.filter { $0.role == "brand" }

  @Test("the table decides every route of a brand, and the description says the same")
  func table() {
    #expect(Set(Self.routes.map { "\($0.method) \($0.template)" }) == Set(Self.table.keys))
    for route in Self.routes {
      let roles = Self.table["\(route.method) \(route.template)"] ?? []
      let operation =
        Contract.document["paths"][route.template][route.method.rawValue.lowercased()]
      let described = operation["security"].items.map { $0["key"][0].text }
      #expect(described == roles, "\(route.testDescription)")
      for role in roles { #expect(operation["description"].text.contains(role)) }
    }
  }

  @Test("each route admits the roles of the table, and tells every other one who may")
  func roles() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      var keys = ["owner": world.acme.key, "storefront": world.acme.storefront]
      for role in ["engineer", "sales"] {
        keys[role] = try await world.key(world.acme, role)["key"].text
      }
      for route in Self.routes {
        let roles = Self.table["\(route.method) \(route.template)"] ?? []
        for (role, key) in keys {
          let answer = try await server.call(
            route.method, route.path(), key: key, Bodies.valid(for: route),
            bytes: route.bytes.body, headers: route.bytes.headers)
          let name = "\(route.testDescription) as \(role): \(answer.status) \(answer.code)"
          if roles.contains(role) {
            #expect(![401, 403].contains(answer.status), "\(name)")
          } else {
            #expect(answer.status == 403, "\(name)")
            // An answer to HEAD has no body.
            guard route.method != .head else { continue }
            #expect(answer.code == "auth.role", "\(name)")
            let detail = answer.json["detail"].text
            #expect(roles.allSatisfy(detail.contains) && detail.contains(role), "\(detail)")
          }
        }
      }
    }
  }

  @Test("another brand's engineer and sales find nothing, whatever the role")
  func otherBrands() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      for role in ["engineer", "sales"] {
        let key = try await world.key(world.other, role)["key"].text
        let answer = try await server.call(
          .get, "/v1/brand/designs/\(design["id"].text)", key: key)
        #expect(answer.status == 404 && answer.code == "not_found")
        #expect(
          try await server.must(.get, "/v1/brand/designs", key: key)["data"].items.isEmpty)
      }
    }
  }
}
