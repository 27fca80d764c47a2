import HTTPTypes
import TestSupport
import Testing
import Workers

@testable import BrokerAPI
@testable import BrokerServer

@Suite("STEP files over HTTP")
struct StepTests {
  @Test(
    "a STEP file is sold by the sizes that its brand says, and the bureau is told whose they are")
  func declared() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false, hasGeometry: false)
      let path = "/v1/brand/designs/\(design["id"].text)"
      try await server.must(
        .post, path + "/files?name=plate.step", key: world.acme.key, bytes: SampleMesh.step,
        headers: [.contentType: "model/step"])
      let missing = try await Processes.eventually("that it is looked at") {
        let measurement = try await server.must(
          .get, path + "/measurement?wait=5", key: world.acme.key)
        return measurement["state"] == "refused" ? measurement : nil
      }
      #expect(missing["code"] == "geometry.not_measured")
      let refused = try await server.call(.post, path + "/release", key: world.acme.key)
      #expect(refused.status == 409 && refused.code == "geometry.not_measured")

      let sizes: JSON = [
        "size_mm": [40, 30, 10], "volume_mm3": 10869, "area_mm2": 3950.8,
      ]
      let impossible: JSON = ["size_mm": [40, 30, 10], "volume_mm3": 99999, "area_mm2": 3950.8]
      let wrong = try await server.call(
        .put, path + "/measurement", key: world.acme.key, impossible)
      #expect(wrong.status == 422 && wrong.code == "geometry.sizes")
      let foreign = try await server.call(
        .put, path + "/measurement", key: world.other.key, sizes)
      #expect(foreign.status == 404)
      let said = try await server.must(.put, path + "/measurement", key: world.acme.key, sizes)
      let measurement = said["files"].items[0]["measurement"]
      #expect(measurement["measured_by"] == "brand" && measurement["format"] == "step")

      let released = try await server.must(.post, path + "/release", key: world.acme.key)
      _ = try await world.order(world.acme, try await world.part(world.acme, released))
      let offers = try await server.must(.get, "/v1/bureau/offers", key: world.berlin.key)
      let file = try #require(offers["data"].items.first)["files"].items[0]
      #expect(file["measured_by"] == "brand" && file["volume_mm3"] == 10869)
      #expect(file["size_mm"] == [40, 30, 10] && file["unit"] == .null)
      #expect(file["media_type"] == "model/step")
    }
  }

  @Test("a converter sees no file that holds a secret of the server")
  func hides() {
    var configuration = Configuration(dataDirectory: "/opt/data", keyRingPath: "/opt/ring")
    configuration.tls = .init(certificateChain: "/opt/chain", privateKey: "/opt/key")
    configuration.secretPaths = ["/opt/passphrase"]
    #expect(
      configuration.hiddenPaths
        == ["/opt/data", "/opt/ring", "/opt/ring.state", "/opt/key", "/opt/passphrase"])
  }
}
