import BrokerServer
import HTTPTypes
import TestSupport
import Testing
import Workers

@testable import BrokerAPI

@Suite("Mesh formats over HTTP")
struct MeshFormatTests {
  private func settled(_ world: World, _ path: String) async throws -> JSON {
    try await Processes.eventually("the measurement") {
      let measurement = try await world.server.must(
        .get, path + "/measurement?wait=5", key: world.acme.key)
      return ["pending", "running"].contains(measurement["state"].text) ? nil : measurement
    }
  }

  private func draft(_ world: World) async throws -> String {
    let design = try await world.design(world.acme, isReleased: false, hasGeometry: false)
    return "/v1/brand/designs/\(design["id"].text)"
  }

  @Test("an OBJ file in inches is uploaded, measured and released, and sold by its sizes")
  func obj() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = try await draft(world)
      let file = try await server.must(
        .post, path + "/files?name=cap.obj&unit=inch", key: world.acme.key,
        bytes: SampleMesh.boxOBJ(2, 3, 1), headers: [.contentType: "model/obj"])
      #expect(file["unit"] == "inch" && file["measurement"] == .null)
      let design = try await server.must(.post, path + "/release", key: world.acme.key)
      let measurement = try #require(design["files"].items.first)["measurement"]
      #expect(measurement["format"] == "obj" && measurement["triangles"] == 12)
      #expect(measurement["unit"] == "inch" && measurement["unit_source"] == "sender")
      #expect((measurement["size_mm"].items[0].number - 50.8).magnitude < 1e-9)
      let part = try await world.part(world.acme, design)
      #expect(try await world.order(world.acme, part)["id"].text.hasPrefix("ord_"))
    }
  }

  @Test("a unit that there is not, and one for a document, are refused")
  func units() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = try await draft(world) + "/files?name=a.stl"
      for (query, type, status, code) in [
        ("&unit=mm", "model/stl", 400, "request.query"),
        ("&unit=inch&purpose=drawing", "application/pdf", 422, "file.unit"),
        ("&unit=inch", "model/obj", 422, "file.content"),
      ] {
        let answer = try await server.call(
          .post, path + query, key: world.acme.key, bytes: Samples.cube,
          headers: [.contentType: type])
        #expect(answer.status == status && answer.code == code, "\(query): \(answer.code)")
      }
      let tus = TusClient(server, key: world.acme.key)
      let id = String(try #require(path.split(separator: "/").dropLast().last))
      let metadata = TusClient.metadata(id, "a.stl")
      let wrong = try await tus.create(
        design: id,
        headers: [.uploadMetadata: metadata + ",unit \(TusClient.base64("parsec"))"])
      #expect(wrong.status == 400 && wrong.code == "upload.metadata")
      let right = try await tus.create(
        design: id, headers: [.uploadMetadata: metadata + ",unit \(TusClient.base64("inch"))"])
      let upload = try #require(right.headers[.location]?.split(separator: "/").last)
      #expect(try await tus.patch(String(upload), at: 0, Samples.cube).status == 204)
      let view = try await server.must(
        .get, "/v1/brand/uploads/\(upload)", key: world.acme.key)
      #expect(view["unit"] == "inch" && view["file"]["measurement"]["unit"] == "inch")
    }
  }

  @Test("a 3MF file that unpacks to far more than it may is refused by its worker, with its code")
  func bomb() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = try await draft(world)
      let model = "<model>" + String(repeating: "&lol;", count: 1000)
      try await server.must(
        .post, path + "/files?name=cap.3mf", key: world.acme.key,
        bytes: SampleMesh.threeMF(
          model: "<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY lol \"lol\">]>" + model),
        headers: [.contentType: "model/3mf"])
      let refused = try await settled(world, path)
      #expect(refused["state"] == "refused" && refused["code"].text.hasPrefix("mesh."))
      let answer = try await server.call(.post, path + "/release", key: world.acme.key)
      #expect(answer.status == 409 && answer.code == refused["code"].text)
      let files = try await server.must(.get, path, key: world.acme.key)["files"].items
      #expect(files.first?["measurement"] == .null)
    }
  }

  @Test(
    "bureaus see the picture of a part with its offer where the brand says so, and nowhere else")
  func preview() async throws {
    try await RunningServer.with(configure: {
      $0.workerBudget = WorkerBudget(cpuSeconds: 600, previewWidth: 32)
    }) { server in
      let world = try await World(server)
      let bureau = world.berlin
      let design = try await world.design(world.acme)
      let path = "/v1/brand/designs/\(design["id"].text)"
      let picture = try await Processes.eventually("the picture") {
        let answer = try await server.call(
          .get, path + "/revisions/\(design["revision"]["id"].text)/preview", key: world.acme.key)
        return answer.status == 200 ? answer : nil
      }
      #expect(picture.headers[.contentType] == "image/png" && picture.body.count > 200)
      _ = try await world.order(world.acme, try await world.part(world.acme, design))
      let offer = try #require(
        try await server.must(.get, "/v1/bureau/offers", key: bureau.key)["data"].items.first)
      #expect(offer["preview"] == .null && offer["files"].items[0]["unit"] == "millimeter")
      let place = "/v1/bureau/offers/\(offer["id"].text)/preview"
      let hidden = try await server.call(.get, place, key: bureau.key)
      #expect(hidden.status == 404 && hidden.code == "preview.none")

      try await server.must(
        .patch, path, key: world.acme.key, ["preview_in_offers": .bool(true)],
        headers: [.ifMatch: "*"])
      let shown = try await server.must(
        .get, "/v1/bureau/offers/\(offer["id"].text)", key: bureau.key)
      #expect(shown["preview"].text == place)
      #expect(try await server.call(.get, place, key: bureau.key).body == picture.body)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/decline", key: bureau.key,
        ["reason": "busy"])
      #expect(try await server.call(.get, place, key: bureau.key).code == "preview.none")
      let trail = try await server.must(.get, "/v1/brand/audit", key: world.acme.key)
      #expect(trail["data"].items.contains { $0["action"] == "design.preview_set" })
    }
  }
}
