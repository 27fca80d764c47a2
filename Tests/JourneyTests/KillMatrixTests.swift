import Foundation
import GRDB
import TestSupport
import Testing

extension Journeys {
  @Test(
    "an order survives kill -9 at any durable write of the server or the agent",
    arguments: [JourneyWorld.Part.server, .agent])
  func killMatrix(part: JourneyWorld.Part) async throws {
    try await orders(part, losingPower: false)
  }

  @Test(
    "an order survives a power cut at any durable write of the server or the agent",
    arguments: [JourneyWorld.Part.server, .agent])
  func powerMatrix(part: JourneyWorld.Part) async throws {
    try await orders(part, losingPower: true)
  }

  private func orders(_ part: JourneyWorld.Part, losingPower: Bool) async throws {
    let world = try await JourneyWorld(canLosePower: losingPower)
    try await world.publish(Mesh.canary(seed: 7, tetrahedra: 40))
    let handOvers = try HandOvers(watching: world.hotFolder)
    try world.startWorkshop()
    let run = KillRun(
      world: world, handOvers: handOvers, part: part, losesPower: losingPower)
    // Untouched, for the count.
    let writes = try await run.run(at: 0, "before").counted
    #expect(writes.count >= 8, "the shim counts nothing: \(writes)")
    var orders = 1
    var exhausted: Set<String> = []
    for (number, moment) in Self.points(of: writes.count) where !exhausted.contains(moment) {
      let (counted, wasKilled) = try await run.run(at: number, moment)
      orders += 1
      print(
        "\(losingPower ? "power" : "kill") matrix: \(part) \(moment) durable write \(number) of \(writes.count): "
          + (wasKilled ? counted.last ?? "?" : "not reached"))
      if !wasKilled { exhausted.insert(moment) }
    }
    world.server.kill()
    try check(world.root.path("broker"), orders: orders)
  }

  /// All points, with EVERPART_KILL_POINTS=all, up to the first of a moment that is not reached; else
  /// some.
  private static func points(of count: Int) -> [(Int, String)] {
    if ProcessInfo.processInfo.environment["EVERPART_KILL_POINTS"] == "all" {
      return ["before", "after"].flatMap { moment in (1...(count * 3)).map { ($0, moment) } }
    }
    let sample = Set((0..<8).map { 1 + $0 * (count - 1) / 7 }).sorted()
    return sample.enumerated().map { ($1, $0.isMultiple(of: 2) ? "before" : "after") }
  }

  /// One key release and one package an order, in the database itself.
  private func check(_ folder: String, orders: Int) throws {
    let name = try FileManager.default.contentsOfDirectory(atPath: folder).first {
      $0.hasSuffix(".sqlite") || $0.hasSuffix(".db")
    }
    let database = try DatabaseQueue(path: "\(folder)/\(try #require(name))")
    try database.read { rows in
      for table in ["customer_order", "job", "key_release", "package"] {
        let count = try Int.fetchOne(rows, sql: "SELECT count(*) FROM \(table)")
        #expect(count == orders, "\(table)")
      }
      let integrity = try String.fetchOne(rows, sql: "PRAGMA integrity_check")
      #expect(integrity == "ok")
    }
  }
}
