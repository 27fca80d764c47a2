import Foundation
import GRDB
import TestSupport
import Testing

extension Journeys {
  @Test("what was acknowledged survives a power cut")
  func acknowledged() async throws {
    let world = try await JourneyWorld(canLosePower: true)
    let order = try await world.orderAndLosePower()
    #expect(try await world.whatWasLost(order: order) == nil)
    // And again: what came back is on the disk.
    try world.losePower(.server)
    #expect(try await world.whatWasLost(order: order) == nil)
  }

  @Test(
    "without one of its synchronisations something acknowledged is lost",
    arguments: [
      "f /broker/everpart.sqlite-wal", "d /broker", "f /broker/blobs/", "d /broker/blobs/",
      "f /keys/", "d /keys",
    ])
  func eachCounts(ignored: String) async throws {
    let world = try await JourneyWorld(canLosePower: true, ignoring: [ignored])
    let order = try await world.orderAndLosePower()
    #expect(try await world.whatWasLost(order: order) != nil)
  }
}

extension JourneyWorld {
  /// Publishes a part, has it ordered, and cuts the server's power after the last acknowledgement.
  fileprivate func orderAndLosePower() async throws -> String {
    try await publish(Mesh.canary(seed: 11, tetrahedra: 40))
    let order = try await place(idempotencyKey: "power").must()["id"].text
    try losePower(.server)
    return order
  }

  /// Starts the server and looks for the order, its design's file and the payload; what is missing.
  fileprivate func whatWasLost(order: String) async throws -> String? {
    do {
      try await startServer()
    } catch {
      return "\(error)"
    }
    let answer = try await brand.get("/v1/brand/orders/\(order)")
    guard answer.status == 200 else { return "the order: \(answer.status)" }
    guard try await place(idempotencyKey: "power").must()["id"].text == order else {
      return "the order's idempotency key"
    }
    let rows = try DatabaseQueue(path: root.path("broker/everpart.sqlite")).read {
      try Row.fetchAll($0, sql: "SELECT blob_name, payload_bytes FROM design_file")
    }
    guard rows.count == 1 else { return "the file" }
    let name: String = rows[0]["blob_name"]
    let blob = root.path("broker/blobs/\(name.prefix(2))/\(name)")
    let status = try? FileManager.default.attributesOfItem(atPath: blob)
    guard status?[.size] as? Int == rows[0]["payload_bytes"] else { return "the payload" }
    return nil
  }
}
