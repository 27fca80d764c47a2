import Domain
import HTTPTypes
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("A brand's archive over HTTP")
struct ArchiveTests {
  private func recipient(_ kind: KeyKind = .mlkem768x25519) throws -> String {
    var generator = SeededGenerator(seed: 3)
    return try Identity.generate(kind, using: &generator).recipient.description
  }

  private func register(
    _ recipient: JSON, _ world: World, ifMatch: String? = nil
  ) async throws -> RunningServer.Answer {
    let key = world.acme.key
    let tag = try await world.server.call(.get, "/v1/brand", key: key).headers[.eTag] ?? ""
    return try await world.server.call(
      .put, "/v1/brand/archive-recipient", key: key, ["recipient": recipient],
      headers: [.ifMatch: ifMatch ?? tag])
  }

  @Test("an owner says whom it is sealed to; a wrong recipient, and a stale tag, change nothing")
  func recipients() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let text = try recipient()
      let settings = try await register(.text(text), world)
      #expect(settings.status == 200 && settings.json["archive_recipient"].text == text)
      for wrong in [
        "", "age1pq1", text + "q", text.uppercased(), "AGE-SECRET-KEY-1", "me@example.org",
      ] {
        let answer = try await register(.text(wrong), world)
        #expect(answer.status == 422 && answer.code == "brand.archive_recipient", "\(wrong)")
      }
      let stale = try await register(.null, world, ifMatch: "\"0\"")
      #expect(stale.status == 412)
      let blind = try await server.call(
        .put, "/v1/brand/archive-recipient", key: world.acme.key, [:])
      #expect(blind.status == 428)
      let read = try await server.must(.get, "/v1/brand", key: world.acme.key)
      #expect(read["archive_recipient"].text == text)
      #expect(try await register(.null, world).json["archive_recipient"] == .null)
      let trail = try await server.must(
        .get, "/v1/brand/audit?action=settings.changed", key: world.acme.key)["data"].items
      #expect(trail.count == 2 && trail[0]["detail"] == "no archive recipient")
      #expect(trail[1]["detail"].text.hasPrefix("archive recipient age1pq1"))
    }
  }

  @Test("the owner and the operator fetch it, each in the audit trail, and it is whole")
  func fetched() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let paths = [
        ("/v1/brand/archive", world.acme.key),
        ("/v1/operator/brands/\(world.acme.id)/archive", server.operatorKey),
      ]
      for (path, key) in paths {
        let refused = try await server.call(.get, path, key: key)
        #expect(refused.status == 409 && refused.code == "archive.no_recipient")
      }
      let classical = try await register(.text(try recipient(.x25519)), world)
      #expect(classical.status == 200)
      let exposed = try await server.call(.get, paths[0].0, key: paths[0].1)
      #expect(exposed.status == 409 && exposed.code == "archive.key_type")
      #expect(exposed.json["detail"].text.contains(design["id"].text))
      _ = try await register(.text(try recipient()), world)
      for (path, key) in paths {
        let answer = try await server.call(.get, path, key: key)
        #expect(answer.status == 200 && answer.headers[.contentType] == "application/x-tar")
        #expect(answer.headers[.contentLength] == "\(answer.body.count)")
        var (tar, names): (TarReader, [String]) = (
          TarReader(
            limits: .init(entryCountMax: 20, contentBytesMax: 1 << 20, totalBytesMax: 1 << 22)), []
        )
        try tar.update(answer.body[...]) { if case .file(let name, _) = $0 { names.append(name) } }
        try tar.finish()
        #expect(
          names == [
            "archive.json", "README.txt", "brand.json", "designs/\(design["id"].text).json",
            "files/\(design["files"][0]["id"].text).age", "index.json", "SHA256SUMS",
          ])
      }
      let trail = try await server.must(
        .get, "/v1/brand/audit?action=archive.exported", key: world.acme.key)["data"].items
      #expect(trail.map { $0["actor"]["kind"].text } == ["operator", "key"])
      let unknown = try await server.call(
        .get, "/v1/operator/brands/brd_\(String(repeating: "0", count: 32))/archive",
        key: server.operatorKey)
      #expect(unknown.status == 404)
    }
  }
}
