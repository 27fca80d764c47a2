import Foundation
import TestSupport
import Testing

extension Journeys {
  /// With EVERPART_KILL_POINTS=all a hundred points and 10,000 keys; else a few.
  private static let isLong = ProcessInfo.processInfo.environment["EVERPART_KILL_POINTS"] == "all"

  @Test("a rotation survives kill -9 at any durable write: every key opens, and it is finished")
  func rotationKills() async throws {
    let (keys, points) = Self.isLong ? (10_000, 100) : (300, 6)
    let server = try await RotatingServer(keys: keys)
    let all = keys + keys / 10
    // Untouched, for the count.
    try server.arm(at: 0, "before")
    #expect(try await server.rotate(to: 2))
    let writes = server.counted
    #expect(writes.contains { $0.contains("rename keys/ring.json") }, "\(writes)")
    #expect(writes.count >= 8 + keys / 100, "the shim counts nothing: \(writes)")
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    var killed = 0
    for version in 3..<(3 + points) {
      // A third of them where the ring and the versions' table change, which is where rows are few.
      let number = Int.random(
        in: 1...(version.isMultiple(of: 3) ? 8 : writes.count), using: &generator)
      let moment = Bool.random(using: &generator) ? "before" : "after"
      let point = "seed \(seed), \(moment) write \(number) of rotation to \(version)"
      try server.arm(at: number, moment)
      let isDone = try await server.rotate(to: version)
      if !isDone {
        killed += 1
        print("rotation kills: \(point): \(server.counted.last ?? "?")")
        let left = try await server.look()
        #expect(left.keys == all && left.refused.isEmpty, "\(point): \(left)")
        #expect(Set(left.used).isSubset(of: [version - 1, version]), "\(point): \(left)")
        server.disarm()
        try await server.restart()
        #expect(try await server.rotate(to: version), "\(point): \(server.log)")
      }
      server.disarm()
      let end = try await server.look()
      #expect(end.keys == all && end.refused.isEmpty, "\(point): \(end)")
      #expect(end.used == [version] && end.ring == [version], "\(point): \(end)")
    }
    #expect(killed >= points / 2, "only \(killed) of \(points) points were reached")
    let names = try FileManager.default.contentsOfDirectory(atPath: server.root.path("keys"))
    server.child.kill()
    try await server.restart()
    #expect(names.count <= 4, "\(names)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: server.root.path("keys")).sorted()
        == ["ring.json", "ring.json.state"])
  }
}
