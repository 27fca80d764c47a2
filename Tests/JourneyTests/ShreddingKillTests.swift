import Database
import Foundation
import HTTPClient
import TestSupport
import Testing

extension Journeys {
  @Test(
    "a shredding survives kill -9 at any durable write of the server, and leaves no key and no payload"
  )
  func shreddingKills() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    var keys: [[UInt8]] = []
    // Untouched, for the count.
    let first = try await Shredded(world, key: "count")
    keys += try await first.wrappedKeys()
    try world.arm(.server, at: 0, "before")
    try await first.shred()
    let writes = world.counted(.server)
    #expect(writes.count >= 6, "the shim counts too little: \(writes)")
    world.disarm(.server)
    var killed = 0
    var exhausted: Set<String> = []
    for (number, moment) in shreddingPoints(of: writes.count) where !exhausted.contains(moment) {
      let design = try await Shredded(world, key: "\(number)-\(moment)")
      keys += try await design.wrappedKeys()
      try world.arm(.server, at: number, moment)
      try await design.shred()
      let wasKilled = world.wasServerKilled
      print(
        "shredding kills: \(moment) durable write \(number) of \(writes.count): "
          + (wasKilled ? world.counted(.server).last ?? "?" : "not reached"))
      world.disarm(.server)
      killed += wasKilled ? 1 : 0
      if !wasKilled { exhausted.insert(moment) }
      world.wasServerKilled = false
    }
    #expect(killed >= 3, "only \(killed) points were reached")
    world.server.kill()
    try await world.startServer()
    let listed = try await world.brand.get("/v1/brand/shreddings?limit=100").must()["data"].items
    #expect(Set(listed.map { $0["design"].text }).count == listed.count, "shredded once each")
    #expect(listed.allSatisfy { $0["state"] == "erased" }, "\(listed)")
    // The next start sweeps what the kills left.
    world.server.kill()
    let folder = world.root.path("broker")
    let blobs = try FileManager.default.subpathsOfDirectory(atPath: folder + "/blobs")
      .filter { $0.contains("/") }
    #expect(blobs == [])
    #expect(try world.root.keys(keys, inFilesOf: "broker/") == 0)
    let check = try await world.command(
      "vault", "check", "--data", folder, "--key-ring", world.root.path("keys/key-ring.json"),
      key: "")
    #expect(check.code == 0, "\(check.said)")
  }

  /// All points, with EVERPART_KILL_POINTS=all, up to the first of a moment that is not reached; else
  /// some.
  private func shreddingPoints(of count: Int) -> [(Int, String)] {
    if ProcessInfo.processInfo.environment["EVERPART_KILL_POINTS"] == "all" {
      return ["before", "after"].flatMap { moment in (1...(count * 3)).map { ($0, moment) } }
    }
    let sample = Set((0..<8).map { 1 + $0 * (count - 1) / 7 }).sorted()
    return sample.enumerated().map { ($1, $0.isMultiple(of: 2) ? "before" : "after") }
  }
}

/// A draft with a file and an upload that has begun, to be shredded.
struct Shredded {
  let world: JourneyWorld
  let key: String
  let path: String

  init(_ world: JourneyWorld, key: String) async throws {
    (self.world, self.key) = (world, key)
    path = try await world.draft()
    _ = try await world.brand.send(
      "POST", "\(path)/files?name=sheet.pdf&purpose=drawing", .bytes(SampleDocument.pdf),
      type: "application/pdf"
    ).must()
    let mesh = Mesh.canary(seed: 91, tetrahedra: 400)
    let tus = TusUpload(
      client: world.brand, design: String(path.split(separator: "/").last ?? ""), bytes: mesh,
      key: "upload-\(key)")
    let upload = try #require(try await tus.begin())
    #expect(try await tus.send(0..<(mesh.count / 2), upload) == 204)
  }

  /// What its rows have now.
  func wrappedKeys() async throws -> [[UInt8]] {
    let database = try Database.openToRead(directory: world.root.path("broker"))
    let keys = try await database.read {
      try $0.rows(
        Statement(
          """
          SELECT wrapped_key FROM design_file WHERE wrapped_key IS NOT NULL
          UNION ALL SELECT wrapped_key FROM upload_segment
          """)
      ).map { try $0.blob("wrapped_key") }
    }
    try await database.close()
    #expect(keys.count >= 2)
    return keys
  }

  /// Asks until it is done, and starts the server again when it was killed.
  func shred() async throws {
    var id = ""
    try await eventually("the shredding \(key): \(world.log(.server))", seconds: 90) {
      () -> Bool? in
      try await world.reviveServer()
      guard
        let answer = try? await world.brand.post(
          "\(path)/shred", ["name": "Leg cap"], idempotencyKey: "shred-\(key)", ifMatch: "*")
      else { return nil }
      id = try answer.must()["id"].text
      return true
    }
    try await eventually("the end of \(id): \(world.log(.server))", seconds: 90) { () -> Bool? in
      try await world.reviveServer()
      let report = try? await world.brand.get("/v1/brand/shreddings/\(id)")
      return report?.body["state"] == "erased" ? true : nil
    }
  }
}
