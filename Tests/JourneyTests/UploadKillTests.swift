import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("an upload survives kill -9 at any durable write of the server, and becomes one file")
  func uploadKills() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    let mesh = Mesh.canary(seed: 51, tetrahedra: 1500)
    var uploaded: [String] = []
    // Untouched, for the count.
    try world.arm(.server, at: 0, "before")
    uploaded.append(try await upload(mesh, to: world, key: "count"))
    let writes = world.counted(.server)
    #expect(writes.count >= 20, "the shim counts too little: \(writes)")
    var exhausted: Set<String> = []
    for (number, moment) in points(of: writes.count) where !exhausted.contains(moment) {
      try world.arm(.server, at: number, moment)
      uploaded.append(try await upload(mesh, to: world, key: "\(number)-\(moment)"))
      let wasKilled = world.wasServerKilled
      print(
        "upload kills: \(moment) durable write \(number) of \(writes.count): "
          + (wasKilled ? world.counted(.server).last ?? "?" : "not reached"))
      if !wasKilled { exhausted.insert(moment) }
      world.wasServerKilled = false
    }
    world.disarm(.server)
    // The next start sweeps what the kills left.
    world.server.kill()
    try await world.startServer()
    world.server.kill()
    let stored = try await StoredFiles(world.root)
    let files = try await stored.opened()
    #expect(files.count == uploaded.count)
    for design in uploaded { #expect(files[design] == [mesh], "\(design)") }
    #expect(try await stored.leftovers() == [])
    try await stored.close()
  }

  /// All points, with EVERPART_KILL_POINTS=all, up to the first of a moment that is not reached; else
  /// some.
  private func points(of count: Int) -> [(Int, String)] {
    if ProcessInfo.processInfo.environment["EVERPART_KILL_POINTS"] == "all" {
      return ["before", "after"].flatMap { moment in (1...(count * 3)).map { ($0, moment) } }
    }
    let sample = Set((0..<8).map { 1 + $0 * (count - 1) / 7 }).sorted()
    return sample.enumerated().map { ($1, $0.isMultiple(of: 2) ? "before" : "after") }
  }

  /// Uploads in four pieces, of which the third goes into the segment of the second; starts the server
  /// again when it was killed. The design.
  private func upload(_ mesh: [UInt8], to world: JourneyWorld, key: String) async throws -> String {
    var design: String?
    try await eventually("a design for \(key): \(world.log(.server))") { () -> Bool? in
      try await world.reviveServer()
      let path = try? await world.draft(idempotencyKey: "design-\(key)")
      design = path?.split(separator: "/").last.map(String.init)
      return design == nil ? nil : true
    }
    let tus = TusUpload(
      client: world.brand, design: try #require(design), bytes: mesh, key: "upload-\(key)")
    try await eventually("upload \(key): \(world.log(.server))", seconds: 90) { () -> Bool? in
      try await world.reviveServer()
      guard let upload = try? await tus.begin(), let offset = try? await tus.offset(upload) else {
        return nil
      }
      if offset == mesh.count {
        let view = try? await world.brand.get(upload).must()
        return view?["state"] == "finished" ? true : nil
      }
      let piece = mesh.count / 4 + 1
      _ = try? await tus.send(offset..<min(mesh.count, offset + piece), upload)
      return nil
    }
    return try #require(design)
  }
}
