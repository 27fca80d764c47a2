import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import Vault
import Workers

@testable import BrokerAPI
@testable import BrokerServer

@Suite("Uploads", .serialized)
struct UploadTests {
  @Test("a hostile file is refused with its code, and nothing of it stays")
  func hostile() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, hasGeometry: false)
      let path = "/v1/brand/designs/\(design["id"].text)/files?name="
      var notFinite = Samples.cube
      notFinite.replaceSubrange(96..<100, with: [0, 0, 0xC0, 0x7F])
      let cases: [(String, [UInt8], String)] = [
        ("truncated.stl", Array(Samples.cube.dropLast(10)), "mesh.truncated"),
        ("count.stl", Samples.stlHead(facetCount: 1_000_000) + Samples.cube.dropFirst(84), "mesh."),
        ("nan.stl", notFinite, "mesh.not_finite"),
        ("trailing.stl", Samples.cube + [1, 2, 3], "mesh."),
        ("html.stl", Array("<html>".utf8), "mesh."),
        ("empty.stl", [], "mesh."),
        ("none.stl", Samples.stlHead(facetCount: 0), "mesh."),
        ("..%2Fescape.stl", Samples.cube, "file.name"),
        ("a%0Ab.stl", Samples.cube, "file.name"),
        ("a.stl&purpose=sculpture", Samples.cube, "request.query"),
      ]
      for (name, bytes, code) in cases {
        let answer = try await server.call(
          .post, path + name, key: world.acme.key, bytes: bytes,
          headers: [.contentType: "model/stl"])
        #expect((400..<500).contains(answer.status), "\(name): \(answer.status)")
        #expect(answer.code.hasPrefix(code), "\(name): \(answer.code)")
      }
      let image = try await server.call(
        .post, path + "a.stl", key: world.acme.key, bytes: Samples.cube,
        headers: [.contentType: "image/png"])
      #expect(image.status == 415 && image.code == "file.media_type")
      #expect(try blobs(server).isEmpty)
      for code in ["", "design.geometry_taken"] {
        let answer = try await server.call(
          .post, path + "a\(code).stl", key: world.acme.key, bytes: Samples.cube,
          headers: [.contentType: "model/stl"])
        #expect(answer.code == code)
      }
      for purpose in ["drawing", "geometry"] {
        let answer = try await server.call(
          .post, path + "a.stl&purpose=\(purpose)", key: world.acme.key,
          bytes: SampleDocument.pdf,
          headers: [.contentType: purpose == "drawing" ? "application/pdf" : "model/stl"])
        #expect(answer.status == 409 && answer.code == "file.name_taken")
      }
      let after = try await server.must(
        .get, "/v1/brand/designs/\(design["id"].text)", key: world.acme.key)
      #expect(after["files"].items.count == 1)
      #expect(try blobs(server).count == 1)
    }
  }

  @Test("no file on the disk holds a byte sequence of the geometry")
  func sealed() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      _ = try await world.design(world.acme)
      let needle = Data(Samples.cube[96..<146])
      for name in try server.directory.files() {
        #expect(Data(try server.directory.read(name)).range(of: needle) == nil, "\(name)")
      }
    }
  }

  @Test("a body that stops short is no file")
  func cutOff() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let path = "/v1/brand/designs/\(design["id"].text)"
      // The connection closes half-way: the client never gets an answer.
      _ = try? await RawClient(port: server.port).send(
        head: Self.head(path, key: world.acme.key, length: Samples.cube.count, name: "half.stl"),
        next: { $0 == 0 ? Array(Samples.cube.prefix(300)) : nil }, closesEarly: true)
      // The server notices in its own time; what counts is that the file never appears.
      try await eventually { try blobs(server).count == 1 }
      let after = try await server.must(.get, path, key: world.acme.key)
      #expect(after["files"].items.map { $0["name"] } == ["leg-cap.stl"])
    }
  }

  @Test("who is refused in the middle of a long body is told that the connection ends")
  func refusedEarly() async throws {
    try await RunningServer.with { server in
      let answer = try await RawClient(port: server.port).send(
        head: Self.head(
          "/v1/brand/designs/\(DescribedRoute.unknown("design"))", key: "none", length: 1 << 40,
          name: "a.stl"),
        next: { _ in [UInt8](repeating: 0, count: 1 << 16) })
      #expect(answer.status == 401)
      #expect(answer.head.lowercased().contains("connection: close"))
    }
  }

  @Test("a file of 200 MB is sealed, measured and fetched in its package")
  func large() async throws {
    // Without optimisation all of this takes minutes.
    try await RunningServer.with(
      configure: { $0.workerBudget = WorkerBudget(cpuSeconds: 3600, seconds: 3600) }
    ) { server in
      let world = try await World(server)
      let facets = 4_000_000  // 200 MB
      let design = try await world.design(world.acme, hasGeometry: false)
      let path = "/v1/brand/designs/\(design["id"].text)"
      let piece = (0..<2000).flatMap { index -> [UInt8] in
        let x = Float(index) / 10
        return Samples.facet([[x, 0, 0], [x, 20, 0], [x, 0, 20]])
      }
      let length = 84 + facets * 50
      let answer = try await RawClient(port: server.port).send(
        head: Self.head(path, key: world.acme.key, length: length, name: "large.stl"),
        next: { number in
          if number == 0 { return Samples.stlHead(facetCount: facets) }
          return number <= facets / 2000 ? piece : nil
        })
      #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
      #expect(try JSON(answer.body)["bytes"].number == Double(length))
      #expect(try JSON(answer.body)["measurement"]["triangles"].number == Double(facets))
      try await fetch(world, path, length: length)
    }
  }

  private func fetch(_ world: World, _ path: String, length: Int) async throws {
    let server = world.server
    try await Processes.eventually("the measurement", seconds: 600) {
      let state = try await server.must(.get, path + "/measurement?wait=20", key: world.acme.key)
      return state["state"] == "done" ? true : nil
    }
    let design = try await server.must(.post, path + "/release", key: world.acme.key)
    let part = try await world.part(world.acme, design)
    _ = try await world.order(world.acme, part)
    let offer = try #require(try await world.berlin.offers().first)
    try await server.must(
      .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
    let received = Mutex(0)
    let answer = try await RawClient(port: server.port).send(
      head: "GET /v1/bureau/jobs/\(offer["job"].text)/package HTTP/1.1\r\nHost: localhost\r\n"
        + "Connection: close\r\nAuthorization: Bearer \(world.berlin.key)\r\n\r\n",
      next: { _ in nil },
      keep: { bytes in received.withLock { $0 += bytes.count } }, keepsBody: false)
    #expect(answer.status == 200)
    #expect(received.withLock { $0 } > length)
  }

  private static func head(_ path: String, key: String, length: Int, name: String) -> String {
    "POST \(path)/files?name=\(name) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      + "Authorization: Bearer \(key)\r\nContent-Type: model/stl\r\n"
      + "Content-Length: \(length)\r\n\r\n"
  }

  private func blobs(_ server: RunningServer) throws -> [String] {
    try server.directory.files().filter { $0.hasPrefix("data/blobs/") }
  }
}
