import BrokerServer
import HTTPTypes
import TestSupport
import Testing
import Vault

@Suite("Measuring over HTTP")
struct MeasuringTests {
  private func draft(_ world: World) async throws -> String {
    let design = try await world.design(world.acme, isReleased: false)
    return "/v1/brand/designs/\(design["id"].text)"
  }

  private func settled(_ world: World, _ path: String) async throws -> JSON {
    try await Processes.eventually("the measurement") {
      let measurement = try await world.server.must(
        .get, path + "/measurement?wait=5", key: world.acme.key)
      return ["pending", "running"].contains(measurement["state"].text) ? nil : measurement
    }
  }

  @Test("a revision shows what is measured of its mesh, and its release waits for that")
  func measured() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let path = try await draft(world)
      try await server.must(.post, path + "/release", key: world.acme.key)
      let design = try await server.must(.get, path, key: world.acme.key)
      let measurement = design["revision"]["measurement"]
      #expect(measurement["state"] == "done" && measurement["vertices"] == 8)
      #expect(measurement["watertight"] == .bool(true) && measurement["shells"] == 1)
      #expect(try await settled(world, path) == measurement)
      #expect(design["files"].items.first?["measurement"]["triangles"] == 12)
    }
  }

  @Test("a mesh that ends its workers is told, asked for again, and harms nobody else")
  func quarantined() async throws {
    try await RunningServer.with(
      configure: { $0.workerProgram = WorkerDouble.dies.path }
    ) { server in
      let world = try await World(server)
      let path = try await draft(world)
      let held = try await settled(world, path)
      #expect(held["state"] == "quarantined" && held["code"] == "mesh.quarantined")
      #expect(held["crashes"] == 2)
      let refused = try await server.call(.post, path + "/release", key: world.acme.key)
      #expect(refused.status == 409 && refused.code == "mesh.quarantined")
      #expect(server.log.count("a mesh is in quarantine") == 1)
      let again = try await server.must(.post, path + "/measurement", key: world.acme.key)
      #expect(again["state"] == "pending" && again["crashes"] == 0)
      #expect(try await settled(world, path)["state"] == "quarantined")
      let id = try #require(path.split(separator: "/").last)
      let standing = try await server.must(
        .post, "/v1/operator/brands/\(world.acme.id)/designs/\(id)/measurement",
        key: server.operatorKey)
      #expect(standing["state"] == "pending")
      let foreign = try await server.call(
        .post, "/v1/operator/brands/\(world.other.id)/designs/\(id)/measurement",
        key: server.operatorKey)
      #expect(foreign.status == 404)
      let trail = try await server.must(.get, "/v1/brand/audit", key: world.acme.key)
      let asked = trail["data"].items.filter { $0["action"] == "measuring.asked" }
      #expect(asked.map { $0["actor"]["kind"].text } == ["operator", "key"])
      // The workers died; the server did not.
      #expect(try await server.call(.get, "/readyz").status == 200)
    }
  }

  @Test("a full queue answers 429 with Retry-After, and says when to come back")
  func queueFull() async throws {
    try await RunningServer.with(configure: {
      $0.workerProgram = WorkerDouble.neverAnswers.path
      $0.vaultLimits.measuring.queueMax = 1
    }) { server in
      let world = try await World(server)
      _ = try await draft(world)
      let next = try await world.design(world.acme, isReleased: false, hasGeometry: false)
      let refused = try await server.call(
        .post, "/v1/brand/designs/\(next["id"].text)/files?name=leg-cap.stl", key: world.acme.key,
        bytes: Samples.cube, headers: [.contentType: "model/stl"])
      #expect(refused.status == 429 && refused.code == "measuring.queue_full")
      #expect(refused.headers[.retryAfter] == "5")
      // Another brand's queue is its own.
      _ = try await world.design(world.other, isReleased: false)
    }
  }

  @Test("a server that stops while a worker never answers counts nothing against the mesh")
  func stops() async throws {
    let directory = try TemporaryDirectory()
    let (path, key, operatorKey) = try await RunningServer.with(
      directory: directory, configure: { $0.workerProgram = WorkerDouble.neverAnswers.path }
    ) { server in
      let world = try await World(server)
      let path = try await draft(world)
      try await Processes.eventually("the worker's start") {
        let state = try await server.must(.get, path + "/measurement", key: world.acme.key)
        return state["state"] == "running" ? state : nil
      }
      return (path, world.acme.key, server.operatorKey)
    }
    try await RunningServer.with(directory: directory, operatorKey: operatorKey) { server in
      let measurement = try await Processes.eventually("the measurement") {
        let measurement = try await server.must(.get, path + "/measurement?wait=5", key: key)
        return measurement["state"] == "done" ? measurement : nil
      }
      #expect(measurement["crashes"] == 0 && measurement["attempts"] == 2)
    }
  }

  @Test("without a worker that starts, uploads are taken, releases wait, and the log says why")
  func broken() async throws {
    try await RunningServer.with(configure: { $0.workerProgram = "/nonexistent" }) { server in
      let world = try await World(server)
      let path = try await draft(world)
      try await Processes.eventually("a second try") {
        let measurement = try await server.must(.get, path + "/measurement", key: world.acme.key)
        return measurement["attempts"] == .number(2) ? measurement : nil
      }
      let measurement = try await server.must(.get, path + "/measurement", key: world.acme.key)
      #expect(measurement["crashes"] == 0)
      #expect(server.log.count("/nonexistent cannot be started") >= 1)
    }
  }
}
