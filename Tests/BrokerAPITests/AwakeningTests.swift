import Foundation
import HTTPTypes
import Ledger
import TestSupport
import Testing

@testable import BrokerServer

extension InstallationTests {
  @Test(
    "the first commit after a quiet time is known before it is acknowledged, and no other waits")
  func awakening() async throws {
    let place = try await Place()
    let keeper = place.keeper
    try await keeper.beat()
    #expect(!keeper.isAwakened, "a beat ends the time before it")
    try await place.commit()
    #expect(!keeper.isAwakened, "there was no quiet")
    try await keeper.beat()
    try await keeper.beat()
    #expect(!keeper.isAwakened, "nothing was committed")
    try await place.commit()
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          try await place.commit()
          if keeper.isAwakened { try await keeper.awaken() }
          #expect(try place.file.read()?.installation.beat == 3)
        }
      }
      try await group.waitForAll()
    }
    #expect(try await place.beats() == [3, 3], "many share a beat")
    try await place.commit()
    #expect(!keeper.isAwakened, "at most once an interval")
    // Where the file cannot be written, it stays due.
    for _ in 0..<2 { try await keeper.beat() }
    try await place.commit()
    let obstacle = place.directory.path(".ring.state.new")
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    await #expect(throws: InstallationError.self) { try await keeper.awaken() }
    #expect(keeper.isAwakened, "the file does not know it")
    try FileManager.default.removeItem(atPath: obstacle)
    try await keeper.awaken()
    #expect(try !keeper.isAwakened && place.file.read()?.installation.beat == 5)
  }

  @Test("an order after a quiet time is in no copy that was made in it, and the file knows")
  func orderAfterQuiet() async throws {
    let directory = try TemporaryDirectory()
    let file = StateFile(keyRingPath: directory.path("ring/key-ring.json"))
    try await RunningServer.with(
      directory: directory, configure: { $0.beatInterval = .seconds(3600) }
    ) { server in
      let world = try await World(server)
      let part = try await world.part(world.acme, try await world.design(world.acme))
      // Until an interval goes by without a commit.
      var copy: Int64 = -1
      while try file.read()?.installation.beat != copy {
        copy = try #require(try file.read()).installation.beat
        try await server.beat()
      }
      _ = try await server.must(.get, "/v1/brand/designs", key: world.acme.key)
      #expect(try file.read()?.installation.beat == copy, "a reader waits for nothing")
      for key in ["first", "second"] {
        _ = try await world.order(world.acme, part, idempotencyKey: key)
        #expect(try file.read()?.installation.beat == copy + 1, "\(key)")
      }
    }
  }
}
