import Domain
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
      (#"{"names": {"any": {"one": 1, "b": [], "a": {}}}}"#, "names.any.b"),
      (#"{"names": {}, "\u0007": 1}"#, "oddest"),
      (#"{"n\u0061mes" : { } , "inner":[ ]}"#, nil), (#"{"names":{},"n\u0061me":1}"#, "“name”"),
      (#"{"names": {"}": {"one": -1.5e3}, "\"": {"one": 1}, "[": {"one":true}}}"#, nil),
      (#"{"names": {"\\": {"two": "\\\""}}}"#, #"\.two"#),
      (#"{"inner": 3, "names": [{"any": null}], "last": {}}"#, "last"),
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

  @Test("a text in another encoding than UTF-8 is refused, and one that ends too soon")
  func encodings() throws {
    let members = BodyMembers(of: Outer.self)
    let bodies: [[UInt8]] = [
      Array(#"{"names": {}}"#.utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
      [0xEF, 0xBB, 0xBF] + Array(#"{"names": {}}"#.utf8),
    ]
    for body in bodies {
      #expect(throws: Problem.self) { try members.check(body) }
    }
    let whole = Array(#"{"inner": [{"one": 1}], "names": {"a\"": {"one": 2}}}"#.utf8)
    try members.check(whole)
    for length in 1..<whole.count {
      #expect(throws: Problem.self) { try members.check(Array(whole[..<length])) }
    }
  }
}
