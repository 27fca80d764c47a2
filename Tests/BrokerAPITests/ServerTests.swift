import BureauProtocol
import Database
import Dispatching
import Domain
import Foundation
import HTTPTypes
import Logging
import Sealing
import Synchronization
import TestSupport
import Testing
import Vault

@testable import BrokerAPI
@testable import BrokerServer

@Suite("The server as a whole")
struct ServerTests {
  @Test("what other machines can reach wants TLS or a proxy that speaks it")
  func safeAddresses() {
    func check(_ change: (inout Configuration) -> Void) -> ServerError? {
      var configuration = Configuration(dataDirectory: "/d", keyRingPath: "/k")
      change(&configuration)
      do { try configuration.check() } catch { return error }
      return nil
    }
    let tls = Configuration.TLSFiles(certificateChain: "c", privateKey: "k")
    for host in ["127.0.0.1", "127.8.8.8", "::1", "localhost"] {
      #expect(check { $0.host = host } == nil, "\(host)")
    }
    for host in ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "127.1", "example.org"] {
      #expect(check { $0.host = host } != nil, "\(host)")
      #expect(check { ($0.host, $0.isBehindProxy) = (host, true) } == nil, "\(host)")
      #expect(check { ($0.host, $0.tls) = (host, tls) } == nil, "\(host)")
    }
    #expect(check { ($0.tls, $0.isBehindProxy) = (tls, true) } != nil)
    #expect(check { $0.port = 70_000 } != nil)
    #expect(check { $0.policy.leaseSeconds = 0 } != nil)
    #expect(check { $0.policy.offerSeconds = 1 } != nil)
    #expect(check { $0.policy.packageDays = 0 } != nil)
  }

  @Test("a second server is refused while the first works in the data directory")
  func lock() async throws {
    try await RunningServer.with { server in
      var configuration = Configuration(
        dataDirectory: server.directory.path("data"),
        keyRingPath: server.directory.path("ring/key-ring.json"))
      configuration.port = 0
      await #expect(throws: ServerError.directoryInUse(path: server.directory.path("data"))) {
        try await BrokerServer(
          configuration, ambient: .simulated(), logger: Logger(label: "test"),
          firstKey: { _ in Issue.record("no key may be made") })
      }
    }
  }

  @Test("a server that starts again has everything, and makes no second first key")
  func restart() async throws {
    let directory = try TemporaryDirectory()
    let (brand, key, design) = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      return (world.acme, server.operatorKey, design)
    }
    #expect(key.hasPrefix("evp_live_"))
    try await RunningServer.with(directory: directory, operatorKey: "none made") { server in
      #expect(server.operatorKey == "none made")
      let listed = try await server.must(.get, "/v1/operator/brands", key: key)
      #expect(listed["data"].items.count == 2)
      let same = try await server.must(
        .get, "/v1/brand/designs/\(design["id"].text)", key: brand.key)
      #expect(same == design)
    }
    try await RunningServer.with(
      directory: directory, configure: { $0.makesOperatorKey = true }
    ) { server in
      #expect(server.operatorKey != key)
      let keys = try await server.must(.get, "/v1/operator/keys", key: server.operatorKey)
      let labels = keys["data"].items.map { $0["label"].text }.sorted()
      #expect(labels == ["first", "made at a start, \(server.clock.now.day)"])
    }
  }

  @Test("a server tells whether it made the key ring, and the id of the key that bureaus will pin")
  func announces() async throws {
    let directory = try TemporaryDirectory()
    func start() async throws -> (isNew: Bool, keyID: String, pinned: [String], log: [String]) {
      let log = LogCatcher()
      let server = try await BrokerServer(
        Configuration(
          dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/ring.json")),
        ambient: .simulated(), logger: log.logger, firstKey: { _ in })
      let pinned = server.composition.dispatcher.trust().keys(for: .broker).compactMap {
        try? VerificationKey(parsing: $0).keyid
      }
      try await server.composition.database.close()
      return (server.hasNewKeyRing, server.brokerKeyID, pinned, log.lines)
    }
    let first = try await start()
    let second = try await start()
    #expect(first.isNew && !second.isNew)
    #expect(first.pinned == [first.keyID])
    #expect(second.keyID == first.keyID)
    // The command line says it, so the log does not.
    #expect(!first.log.contains { $0.contains("key ring") })
  }

  @Test("a start with a valid key ring that did not seal the data is refused, and changes nothing")
  func otherKeyRing() async throws {
    let directory = try TemporaryDirectory()
    func start(_ ring: String, _ data: String = "data") async throws {
      let server = try await BrokerServer(
        Configuration(
          dataDirectory: directory.path(data), keyRingPath: directory.path("\(ring)/ring.json")),
        ambient: .simulated(seed: ring == "ours" ? 1 : 2), logger: Logger(label: "test"),
        firstKey: { _ in })
      try await server.composition.database.close()
    }
    try await start("ours")
    try await start("theirs", "other data")
    let theirs = directory.path("theirs/ring.json")
    await #expect(throws: KeyRingError.other(path: theirs)) { try await start("theirs") }
    try await start("ours")
  }

  @Test("a start removes what a crash left of unfinished blobs, and no blob")
  func unfinishedBlobs() async throws {
    let directory = try TemporaryDirectory()
    @Sendable func blobs() throws -> [String] {
      try directory.files().filter { $0.hasPrefix("data/blobs/") }
    }
    let stored = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      _ = try await world.design(world.acme)
      return try blobs()
    }
    #expect(stored.count == 1)
    try directory.write([1, 2, 3], to: "data/blobs/ab/.unfinished-abcd-1-1")
    #expect(try blobs().count == 2)
    let left = try await RunningServer.with(directory: directory, operatorKey: "none made") { _ in
      try blobs()
    }
    #expect(left == stored)
  }

  @Test("a row that does not decode is a fault of ours, and the log says which column")
  func corruptRow() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let path = "/v1/brand/designs/\(design["id"].text)"
      let database = try Database.open(directory: server.directory.path("data"))
      try await database.write { transaction in
        try transaction.run(
          Statement("UPDATE print_profile SET profile = $1"), #"{"process":"unheard of"}"#)
      }
      try await database.close()
      // By a client that takes a fault for an answer.
      let answer = try await RawClient(port: server.port).send(
        head: "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
          + "\(world.acme.key)\r\n\r\n", next: { _ in nil })
      #expect(answer.status == 500)
      #expect(try JSON(answer.body)["code"] == "internal")
      #expect(!String(decoding: answer.body, as: UTF8.self).contains("profile"))
      let lines = server.log.lines.filter { $0.contains("database.column_mismatch: profile") }
      #expect(lines.count == 1 && lines.allSatisfy { !$0.contains("unheard of") })
    }
  }

  @Test("data and key ring are for their owner only")
  func modes() async throws {
    try await RunningServer.with { server in
      for (name, mode) in [("data", 0o700), ("ring", 0o700), ("ring/key-ring.json", 0o600)] {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: server.directory.path(name))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(name)")
      }
      let secret = String(server.operatorKey.dropFirst(9))
      for name in try server.directory.files() {
        // What the server is writing anew gets its name while this looks, under which it is looked at.
        let content = FileManager.default.contents(atPath: server.directory.path(name))
        #expect(content?.range(of: Data(secret.utf8)) == nil, "\(name)")
      }
    }
  }

  @Test("it is healthy and ready, and not ready when the blob store is gone")
  func readiness() async throws {
    try await RunningServer.with { server in
      #expect(try await server.must(.get, "/healthz")["status"] == "ok")
      let ready = try await server.must(.get, "/readyz")
      #expect(ready["checks"] == ["database", "blob store", "state file"])
      try FileManager.default.removeItem(atPath: server.directory.path("data/blobs"))
      let answer = try await server.call(.get, "/readyz")
      #expect(answer.status == 503 && answer.code == "not_ready")
      #expect(answer.json["detail"].text.contains("blob store"))
      #expect(answer.headers[.retryAfter] != nil)
      #expect(!answer.json["detail"].text.contains(server.directory.path))
    }
  }

  @Test("a long poll ends at once, with what there is, when the server is asked to stop")
  func stopping() async throws {
    let clock = ContinuousClock()
    let start = Mutex<ContinuousClock.Instant?>(nil)
    try await RunningServer.with { server in
      let world = try await World(server)
      let order = try await world.order(
        world.acme, try await world.part(world.acme, try await world.design(world.acme)))
      // A poll that was answered before shows that the next one has reached the server's wait: both go
      // over connections that it accepts in order.
      let polls = [
        ("/v1/bureau/jobs?wait=30", world.berlin.key),
        ("/v1/bureau/offers?wait=30", world.lyon.key),
        (
          "/v1/storefront/orders/\(order["id"].text)/events?after=100&wait=30",
          world.acme.storefront
        ),
      ]
      let answers = polls.map { path, key in
        Task { try await server.call(.get, path, key: key) }
      }
      while server.log.lines.count(where: { $0.contains("poll begins") }) < 3 { await Task.yield() }
      start.withLock { $0 = clock.now }
      await server.stop()
      for answer in answers { #expect(try await answer.value.status == 200) }
    }
    let took = clock.now - (start.withLock { $0 } ?? clock.now)
    #expect(took < .seconds(15), "stopping took \(took)")
  }

  @Test("an event wakes who waits for it")
  func wakes() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let order = try await world.order(
        world.acme, try await world.part(world.acme, try await world.design(world.acme)))
      let path = "/v1/storefront/orders/\(order["id"].text)"
      let events = Task {
        try await server.must(.get, path + "/events?after=2&wait=12", key: world.acme.storefront)
      }
      while !server.log.lines.contains(where: { $0.contains("poll begins") }) {
        await Task.yield()
      }
      try await server.must(.post, path + "/cancel", key: world.acme.storefront)
      #expect(try await events.value["data"].items.map { $0["kind"].text } == ["job.cancel"])
    }
  }
}
