import Foundation
import HTTPClient
import Synchronization
import TestSupport
import Testing

extension Journeys {
  /// EVERPART_LARGE_TESTS=1 makes it 1 GiB: two minutes up, and more than ten in a debug agent.
  private static let uploadBytes =
    ProcessInfo.processInfo.environment["EVERPART_LARGE_TESTS"] == nil ? 64 << 20 : 1 << 30

  @Test("a design of any size passes through the server, in and out, in less than 48 MiB")
  func uploadMemory() async throws {
    let world = try await JourneyWorld()
    // Everything that is loaded and grown once is there after a first upload.
    try await world.publish(Mesh.canary(seed: 31, tetrahedra: 40))
    let before = try #require(world.server.peakResidentKiB)
    let facets = Mesh.canary(seed: 32, tetrahedra: 1000).dropFirst(84)
    let pieces = Self.uploadBytes / facets.count
    let count = UInt32(pieces * facets.count / 50)
    let header = [UInt8](repeating: 0, count: 80) + (0..<4).map { UInt8(count >> ($0 * 8) & 0xFF) }
    let sent = Mutex(-1)
    let body = HTTPBody.stream(length: Int64(header.count + pieces * facets.count)) {
      let number = sent.withLock { number in
        number += 1
        return number
      }
      return number == 0 ? header : number <= pieces ? Array(facets) : nil
    }
    try await world.publish(body, sku: "GC-26")
    let after = try #require(world.server.peakResidentKiB)
    print("upload of \(Self.uploadBytes >> 20) MiB: peak \(before) KiB before, \(after) KiB after")
    #expect(after - before < 48 << 10)
    // The bureau's agent fetches it.
    let order = try await world.place(idempotencyKey: "large").must()["id"].text
    try await eventually("printing: \(world.log(.agent))", seconds: 1500) { () -> Bool? in
      let order = try await world.brand.get("/v1/brand/orders/\(order)").must()
      return order["job"]["state"].text == "printing" ? true : nil
    }
    let fetched = try #require(world.server.peakResidentKiB)
    print("and its package fetched: \(fetched) KiB")
    #expect(fetched - before < 48 << 10)
  }
}
