import Dispatch
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

/// A request that is let in and then holds back its body: what it does, it does when the body is there, and
/// by then its key may have been revoked.
@Suite("Requests that hold back their body")
struct HeldBodyTests {
  private func answer(
    _ server: RunningServer, _ method: String, _ path: String, key: String, headers: String = "",
    _ body: [UInt8], meanwhile: () async throws -> Void
  ) async throws -> RawClient.Answer {
    let (asked, go) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
    let head =
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n\(headers)"
      + "Expect: 100-continue\r\nContent-Length: \(body.count)\r\n\r\n"
    let client = RawClient(port: server.port)
    async let answer = client.sendWhenAsked(head: head, body: body) {
      asked.continuation.finish()
      go.wait()
    }
    do {
      // It has been let in: a key that is refused is not asked for its body.
      for await _ in asked.stream {}
      defer { go.signal() }
      try await meanwhile()
    }
    let (first, last) = try await answer
    #expect(first == 100)
    return last
  }

  private func expectRefused(_ answer: RawClient.Answer) throws {
    #expect(answer.status == 401)
    #expect(try JSON(answer.body)["code"] == "auth.invalid")
  }

  @Test("a key that is revoked meanwhile makes no other key")
  func makesNoKey() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let stolen = try await world.key(world.acme, "owner")
      try expectRefused(
        try await answer(
          server, "POST", "/v1/brand/keys", key: stolen["key"].text,
          headers: "Content-Type: application/json\r\n",
          Array(#"{"role": "owner", "label": "back"}"#.utf8)
        ) {
          try await server.must(
            .delete, "/v1/brand/keys/\(stolen["id"].text)", key: world.acme.key)
        })
      let keys = try await server.must(.get, "/v1/brand/keys", key: world.acme.key)["data"].items
      #expect(!keys.contains { $0["label"] == "back" })
    }
  }

  @Test("a bureau's accepts no offer, where no body is wanted at all")
  func acceptsNothing() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      _ = try await world.order(world.acme, part)
      let offer = try #require(try await world.berlin.offers().first)["id"].text
      let path = "/v1/operator/bureaus/\(world.berlin.id)/keys"
      let stolen = try await server.must(
        .post, path, key: server.operatorKey, ["label": "stolen"])
      try expectRefused(
        try await answer(
          server, "POST", "/v1/bureau/offers/\(offer)/accept", key: stolen["key"].text,
          headers: "Content-Type: application/json\r\n", Array("{}".utf8)
        ) {
          try await server.must(
            .delete, "\(path)/\(stolen["id"].text)", key: server.operatorKey)
        })
      #expect(try await world.berlin.offers().count == 1)
    }
  }

  @Test("an engineer's brings no bytes into an upload, nor a file into a draft")
  func uploadsNothing() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, hasGeometry: false)["id"].text
      for tus in [true, false] {
        let stolen = try await world.key(world.acme, "engineer")
        let upload =
          tus
          ? try await TusClient(server, key: world.acme.key).begin(design: design, name: "a.stl")
          : ""
        try expectRefused(
          try await answer(
            server, tus ? "PATCH" : "POST",
            tus
              ? "/v1/brand/uploads/\(upload)"
              : "/v1/brand/designs/\(design)/files?name=b.stl",
            key: stolen["key"].text,
            headers: tus
              ? "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                + "Content-Type: application/offset+octet-stream\r\n"
              : "Content-Type: model/stl\r\n",
            Samples.cube
          ) {
            try await server.must(
              .delete, "/v1/brand/keys/\(stolen["id"].text)", key: world.acme.key)
          })
        if tus {
          let head = try await TusClient(server, key: world.acme.key).head(upload)
          #expect(head.headers[.uploadOffset] == "0")
        }
      }
      let files = try await server.must(
        .get, "/v1/brand/designs/\(design)", key: world.acme.key)["files"].items
      #expect(files.isEmpty)
    }
  }
}
