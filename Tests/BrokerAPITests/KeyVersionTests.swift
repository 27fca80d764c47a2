import Database
import Domain
import HTTPTypes
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import BrokerServer
@testable import Brokering
@testable import Vault

@Suite("Versions of the wrapping key", .timeLimit(.minutes(5)))
struct KeyVersionTests {
  static let path = "/v1/operator/vault/key-versions"

  /// Waits until everything that can be wrapped anew is.
  static func settled(_ server: RunningServer) async throws -> JSON {
    while true {
      let status = try await server.must(.get, path, key: server.operatorKey)
      if status["left"] == status["unreadable_count"], status["looked_at"] != .null {
        return status
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  @Test("an operator adds a version, everything is wrapped anew, and retires the one before")
  func rotates() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      _ = try await world.order(world.acme, try await world.part(world.acme, design))
      let key = server.operatorKey
      let before = try await server.must(.get, Self.path, key: key)
      #expect(before["newest"] == 1 && before["left"] == 0 && before["passphrase"] == false)
      #expect(
        before["versions"][0]["uses"] == [
          "design_file": 1, "upload_segment": 0, "ship_to": 1, "key_ring_check": 1,
        ])
      let gap = try await server.call(.post, Self.path, key: key, ["number": 3])
      #expect(gap.status == 409 && gap.code == "key_version.number")
      for _ in 0..<2 {
        let added = try await server.must(.post, Self.path, key: key, ["number": 2])
        #expect(added["newest"] == 2)
      }
      let newest = try await server.call(.post, "\(Self.path)/2/retire", key: key)
      #expect(newest.status == 409 && newest.code == "key_version.newest")
      let settled = try await Self.settled(server)
      #expect(
        settled["versions"][1]["uses"] == [
          "design_file": 1, "upload_segment": 0, "ship_to": 1, "key_ring_check": 1,
        ])
      for _ in 0..<2 {
        let retired = try await server.must(.post, "\(Self.path)/1/retire", key: key)
        #expect(retired["versions"][0]["in_ring"] == false)
      }
      for path in ["3", "x", "-1", "1.0"] {
        let answer = try await server.call(.post, "\(Self.path)/\(path)/retire", key: key)
        #expect(answer.status == 404, "\(path)")
      }
    }
  }

  @Test("a row that does not open is named in the status and, once, in the log, by its id alone")
  func unreadable() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let order = try await world.order(world.acme, try await world.part(world.acme, design))
      let database = try Database.open(directory: server.directory.path("data"))
      try await database.write {
        _ = try $0.run(
          Statement("UPDATE customer_order SET ship_to_key = $1"), [UInt8](repeating: 1, count: 120)
        )
      }
      try await database.close()
      try await server.must(.post, Self.path, key: server.operatorKey, ["number": 2])
      var status = try await Self.settled(server)
      while status["unreadable_count"] == 0 { status = try await Self.settled(server) }
      #expect(status["unreadable"][0]["id"] == order["id"])
      let refused = try await server.call(
        .post, "\(Self.path)/1/retire", key: server.operatorKey)
      #expect(refused.status == 409 && refused.code == "key_version.in_use")
      #expect(refused.json["detail"].text.contains("1 ship_to"))
      let looked = status["looked_at"]
      server.clock.advance(by: .seconds(1))
      while status["looked_at"] == looked {
        try await Task.sleep(for: .milliseconds(20))
        status = try await server.must(.get, Self.path, key: server.operatorKey)
      }
      #expect(server.log.count("a wrapped key does not open") == 1)
      #expect(server.log.count("id=\(order["id"].text)") == 1)
    }
  }

  @Test("uploads and orders during rotations and retirements: nothing is ever unreadable")
  func concurrent() async throws {
    let directory = try TemporaryDirectory()
    let made = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let part = try await world.part(
        world.acme, try await world.design(world.acme, units: 100_000))
      let traffic = Traffic()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            while traffic.goesOn {
              _ = try await world.design(world.acme)
              traffic.counts.withLock { $0.designs += 1 }
            }
          }
          group.addTask {
            while traffic.goesOn {
              let number = traffic.counts.withLock { counts in
                counts.orders += 1
                return counts.orders
              }
              _ = try await world.order(world.acme, part, idempotencyKey: "order-\(number)")
            }
          }
        }
        for version in 2...5 {
          try await server.must(
            .post, Self.path, key: server.operatorKey, ["number": .number(Double(version))])
          // Refused until the last use has ended, which somebody may begin again.
          while true {
            let retired = try await server.call(
              .post, "\(Self.path)/\(version - 1)/retire", key: server.operatorKey)
            if retired.status == 200 { break }
            try #require(retired.code == "key_version.in_use")
            try await Task.sleep(for: .milliseconds(20))
          }
        }
        traffic.isOver.withLock { $0 = true }
        try await group.waitForAll()
      }
      #expect(!server.log.lines.contains { $0.contains("does not open") })
      return traffic.counts.withLock { $0 }
    }
    #expect(made.designs > 4 && made.orders > 4)
    let database = try Database.open(directory: directory.path("data"))
    let ring = try KeyRingKeeper(
      path: directory.path("ring/key-ring.json"), outside: directory.path("data"),
      ambient: .simulated())
    for (source, count) in [
      (WrappedFileKeys() as any WrappedSecrets, made.designs), (WrappedShipToKeys(), made.orders),
    ] {
      let rows = try await database.read {
        try source.batch($0, after: .init(version: 0, id: ""), through: .max, limit: 100_000)
      }
      #expect(rows.count == count)
      for row in rows {
        _ = try await ring.holder.unwrap(row.secret, context: #require(row.context))
      }
    }
    try await database.close()
  }

  @Test("a server whose ring is sealed wants its passphrase, and rotates under it")
  func sealed() async throws {
    let directory = try TemporaryDirectory()
    let passphrase = try KeyRingPassphrase("correct horse battery", from: "test")
    let made = try await RunningServer.with(
      directory: directory, configure: { $0.keyRingPassphrase = passphrase }
    ) { server in
      let status = try await server.must(
        .post, Self.path, key: server.operatorKey, ["number": 2])
      #expect(status["passphrase"] == true)
      return server.operatorKey
    }
    let path = directory.path("ring/key-ring.json")
    await #expect(throws: KeyRingError.passphrase(path: path, .missing)) {
      try await RunningServer.with(directory: directory) { _ in }
    }
    try await RunningServer.with(
      directory: directory, operatorKey: "none made",
      configure: { $0.keyRingPassphrase = passphrase }
    ) { server in
      let status = try await server.must(.get, Self.path, key: made)
      #expect(status["newest"] == 2 && status["passphrase"] == true)
    }
  }
}

/// What two pairs of senders have stored, and whether they go on.
private final class Traffic: Sendable {
  let isOver = Mutex(false)
  let counts = Mutex((designs: 1, orders: 0))
  var goesOn: Bool { !isOver.withLock { $0 } }
}
