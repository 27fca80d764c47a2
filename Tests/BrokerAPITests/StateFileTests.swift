import Database
import Domain
import Foundation
import HTTPTypes
import Ledger
import TestSupport
import Testing

@testable import BrokerServer

@Suite("A state file that cannot be written")
struct StateFileTests {
  @Test("while the state file cannot be written no key leaves, and the server is not ready")
  func stateFileGone() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      let obstacle = server.directory.path("ring/.key-ring.json.state.new")
      _ = try await world.order(world.acme, part)
      let offer = try #require(try await world.berlin.offers().first)
      while (try? FileManager.default.createDirectory(
        atPath: obstacle, withIntermediateDirectories: false)) == nil
      {}
      let job = try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)["id"].text
      let path = "/v1/bureau/jobs/\(job)/package"
      let refused = try await server.call(.get, path, key: world.berlin.key)
      #expect(refused.status == 503 && refused.code == "release.state_file")
      let notReady = try await server.call(.get, "/readyz")
      #expect(notReady.status == 503 && notReady.json["detail"].text.contains("state file"))
      try FileManager.default.removeItem(atPath: obstacle)
      #expect(try await server.call(.get, path, key: world.berlin.key).status == 200)
      #expect(try await server.call(.get, "/readyz").status == 200)
    }
  }
}

extension InstallationTests {
  @Test("the file knows an entry before it is said to, and many who ask share a beat")
  func covering() async throws {
    let place = try await Place()
    try await place.keeper.beat()
    let ledger = Ledger(ambient: SimulatedClock(seed: 5).ambient)
    func entry() async throws -> Int64 {
      try await place.database.write { tx in
        try ledger.append(
          tx, kind: .recovered, brand: nil, body: ["a": 1], at: Instant(milliseconds: 0))
        return try ledger.last(tx).number
      }
    }
    let first = try await entry()
    #expect(try place.file.read()?.ledgerNumber == first - 1)
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask { try await place.keeper.cover(first) }
      }
      while try await group.next() != nil {
        #expect(try place.file.read()?.ledgerNumber == first)
      }
    }
    let beat = try await place.beats()[0]
    #expect(beat == 2, "20 who asked made \(beat ?? 0) beats")
    // What is known already costs nothing, also while nothing can be written.
    let obstacle = place.directory.path(".ring.state.new")
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    try await place.keeper.cover(first)
    let second = try await entry()
    await #expect(throws: InstallationError.self) { try await place.keeper.cover(second) }
    await #expect(throws: InstallationError.self) { try await place.keeper.requireBeating() }
    try FileManager.default.removeItem(atPath: obstacle)
    try await place.keeper.cover(second)
    try await place.keeper.requireBeating()
    #expect(try place.file.read()?.ledgerNumber == second)
  }
}
