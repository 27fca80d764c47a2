import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Members of a request's body")
struct BodyMembersTests {
  @Test("one that nobody reads is refused by name, wherever it stands")
  func unknown() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let licence: [String: JSON] = ["authorised_units": 5, "territory": ["DE"]]
      let refused = try await server.call(
        .post, "/v1/brand/designs", key: world.acme.key,
        ["name": "Cap", "profile": Samples.profile, "licence": .object(licence)])
      #expect(refused.status == 400 && refused.code == "request.body")
      #expect(refused.json["detail"].text.contains("licence.territory"))
      let listed = try await server.must(.get, "/v1/brand/designs", key: world.acme.key)
      #expect(listed["data"].items.isEmpty)
    }
  }

  private struct Outer: Codable {
    struct Inner: Codable { let one: Int }

    let inner: [Inner]?
    let names: [String: Inner]
  }

  @Test(
    "are found in lists, in values, and not where anything may be",
    arguments: [
      (#"{"inner": [{"one": 1}], "names": {"any": {"one": 1}}}"#, nil),
      (#"{"inner": null, "names": {}}"#, nil), ("", nil),
      (#"{"inner": [{"one": 1}, {"one": 2, "two": 3}], "names": {}}"#, "inner.1.two"),
      (#"{"names": {"any": {"one": 1, "b": [], "a": {}}}}"#, "names.any.a"),
      (#"{"names": {}, "\u0007": 1}"#, "oddest"),
    ] as [(String, String?)])
  func paths(body: String, unknown: String?) throws {
    let members = BodyMembers(of: Outer.self)
    do {
      try members.check(Array(body.utf8))
      #expect(unknown == nil, "\(body)")
    } catch {
      #expect("\(error)".contains(try #require(unknown)), "\(error)")
    }
  }
}
