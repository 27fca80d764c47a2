import Domain
import HTTPTypes
import TestSupport
import Testing

@testable import everpart

@Suite("Releasing from the command line")
struct ReleaseCommandTests {
  @Test("a release approves what it has shown, and nothing that came after it")
  func shown() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false)
      let path = "/v1/brand/designs/\(design["id"].text)"
      let client = BrokerClient(
        server: "http://127.0.0.1:\(server.port)", key: world.acme.key)
      defer { client.shutdown() }
      let problem = await #expect(throws: Problem.self) {
        _ = try await BrandCommand.Release.release(path, by: client) { shown in
          #expect(shown["files"].elements.count == 1)
          // Somebody else of the brand, at the same time.
          try await server.must(
            .post, path + "/files?name=plan.csv&purpose=inspection_plan", key: world.acme.key,
            bytes: SampleDocument.csv, headers: [.contentType: "text/csv"])
        }
      }
      #expect(problem?.code == "precondition.failed")
      let now = try await server.must(.get, path, key: world.acme.key)["revision"]
      #expect(now["state"] == "draft" && now["approvals"].items.isEmpty)
      let released = try await BrandCommand.Release.release(path, by: client) { shown in
        #expect(shown["files"].elements.count == 2)
      }
      #expect(released["revision"]["state"] == "released")
    }
  }
}
