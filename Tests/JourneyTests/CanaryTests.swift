import Foundation
import HTTPClient
import Synchronization
import TestSupport
import Testing

extension Journeys {
  @Test("the scanner finds a window of the mesh in every spelling, and nothing else")
  func scannerFinds() throws {
    let mesh = Mesh.canary(seed: 11, tetrahedra: 8)
    let canary = Canary(mesh)
    let folder = try TemporaryDirectory()
    let piece = Array(mesh[501..<541])
    let hexadecimal = piece.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    var spellings = ["raw": piece, "hexadecimal": Array(hexadecimal.utf8)]
    spellings["capitals"] = Array(hexadecimal.uppercased().utf8)
    for alignment in 0..<3 {
      let data = Data([UInt8](repeating: 0x55, count: alignment) + piece)
      spellings["base64-\(alignment)"] = Array(data.base64EncodedString().utf8)
    }
    var random = SeededGenerator(seed: 12)
    for (name, spelling) in spellings {
      try folder.write(random.bytes(4321) + spelling + random.bytes(777), to: name)
    }
    try folder.write(random.bytes(100_000), to: "noise")
    try folder.write(Mesh.canary(seed: 13, tetrahedra: 8), to: "another mesh")
    #expect(try canary.files(below: folder.path) == spellings.keys.sorted())
  }

  @Test("no design in the clear but the part in the hot folder, after success, kills and refusals")
  func canary() async throws {
    let world = try await JourneyWorld()
    let mesh = Mesh.canary(seed: 21, tetrahedra: 1500)
    let canary = Canary(mesh)
    let clean: (String) throws -> Void = { moment in
      let found = try canary.files(below: world.root.path)
      #expect(found.isEmpty, "\(moment): \(found)")
    }
    try await refusals(world, mesh)
    try clean("after refusals")
    try await killWhileUploading(world, mesh)
    try clean("after kill -9 while uploading")
    try await world.startServer()
    try clean("after the start that follows")
    let tus = TusUpload(
      client: world.brand,
      design: String(try await world.draft().split(separator: "/").last ?? ""), bytes: mesh,
      key: "canary")
    let upload = try #require(try await tus.begin())
    #expect(try await tus.send(0..<mesh.count / 3, upload) == 204)
    try clean("with a segment")
    try await killing(world, mesh, from: mesh.count / 3) {
      _ = try await tus.send($0, at: mesh.count / 3, upload)
    }
    try clean("after kill -9 in the middle of a segment")
    try await world.startServer()
    #expect(try await tus.offset(upload) == mesh.count / 3)
    #expect(try await tus.send(mesh.count / 3..<mesh.count, upload) == 204)
    #expect(try await tus.offset(upload) == mesh.count)
    try clean("after an upload that was gone on with")
    try await world.publish(mesh)
    try clean("after an upload")

    // The agent dies at the rename that hands the part over: the only copy is the prepared part, and
    // the broker knows of the attempt.
    try world.arm(.agent, at: 1, "before", ending: "-1.stl")
    let order = try await world.place(idempotencyKey: "canary").must()["id"].text
    try await eventually("the agent's death") { world.agent?.status }
    let job = try await world.brand.get("/v1/brand/orders/\(order)").must()["job"]["id"].text
    #expect(
      try canary.files(below: world.root.path) == ["hot-folder/.\(job)-1.stl.part"],
      "\(world.counted(.agent))")
    try await reach(world, order, "printing")
    world.disarm(.agent)
    try world.startAgent()
    let part = "hot-folder/\(job)-1.stl"
    try await eventually("the hand-over: \(world.log(.agent))") {
      FileManager.default.fileExists(atPath: world.root.path(part)) ? true : nil
    }
    #expect(try canary.files(below: world.root.path) == [part])
    #expect(try world.root.read(part) == mesh)

    // Both die while it prints; nothing of it is elsewhere, and both go on.
    world.server.kill()
    world.agent?.kill()
    #expect(try canary.files(below: world.root.path) == [part])
    try await world.startServer()
    try world.startAgent()
    try world.startWorkshop()
    try await reach(world, order, "shipped")
    try clean("after completion")
    _ = try await world.storefront.post("/v1/storefront/orders/\(order)/delivered").must()
    world.server.kill()
    world.agent?.kill()
    try clean("at the end")
  }

  private func reach(_ world: JourneyWorld, _ order: String, _ state: String) async throws {
    try await eventually("\(state): \(world.log(.agent)) \(world.log(.server))") { () -> Bool? in
      let answer = try? await world.brand.get("/v1/brand/orders/\(order)")
      return answer?.body["job"]["state"].text == state ? true : nil
    }
  }

  /// A file that is cut short, one that is no mesh from the middle on, and another brand's try.
  private func refusals(_ world: JourneyWorld, _ mesh: [UInt8]) async throws {
    let design = try await world.draft()
    let short = try await world.upload(.bytes(Array(mesh.dropLast(777))), to: design)
    #expect((400..<500).contains(short.status), "\(short)")
    // A corner at infinity, in the middle.
    var hostile = mesh
    let facet = 84 + 50 * (mesh.count / 100)
    hostile.replaceSubrange((facet + 12)..<(facet + 16), with: [0, 0, 0x80, 0x7F])
    let refused = try await world.upload(.bytes(hostile), to: design)
    #expect((400..<500).contains(refused.status), "\(refused)")
    let stranger = try await world.upload(.bytes(mesh), to: design, by: world.otherBrand)
    #expect((400..<500).contains(stranger.status), "\(stranger)")
  }

  private func killWhileUploading(_ world: JourneyWorld, _ mesh: [UInt8]) async throws {
    let design = try await world.draft()
    try await killing(world, mesh, from: 0) { _ = try await world.upload($0, to: design) }
  }

  /// Kills the server while it receives what follows an offset of the mesh.
  private func killing(
    _ world: JourneyWorld, _ mesh: [UInt8], from offset: Int,
    _ send: (HTTPBody) async throws -> Void
  ) async throws {
    let sent = Mutex(0)
    let (half, server) = ((offset + mesh.count) / 2, world.server)
    let blobs = world.root.path("broker")
    let body = HTTPBody.stream(length: Int64(mesh.count - offset)) {
      let pulls = sent.withLock { count in
        count += 1
        return count
      }
      if pulls == 1 { return Array(mesh[offset..<half]) }
      // The second piece waits until the server has begun to keep the first, and dies with it.
      try await eventually("an unfinished blob", seconds: 30) { () -> Bool? in
        let names = try FileManager.default.subpathsOfDirectory(atPath: blobs)
        return names.contains { $0.contains(".unfinished-") } ? true : nil
      }
      server.kill()
      return Array(mesh[half...])
    }
    await #expect(throws: (any Error).self) { try await send(body) }
    #expect(server.wasKilled)
  }
}
