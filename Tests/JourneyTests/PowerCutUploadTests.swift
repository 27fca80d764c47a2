import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test(
    "every piece of an upload that was acknowledged survives a power cut, by its synchronisations",
    arguments: [nil, "f /broker/everpart.sqlite", "f /broker/blobs/", "d /broker/blobs/"])
  func uploadedPieces(ignored: String?) async throws {
    let world = try await JourneyWorld(canLosePower: true, ignoring: ignored.map { [$0] } ?? [])
    world.agent?.kill()
    let mesh = Mesh.canary(seed: 71, tetrahedra: 1500)
    let design = try await world.draft().split(separator: "/").last.map(String.init)
    let tus = TusUpload(
      client: world.brand, design: try #require(design), bytes: mesh, key: "power")
    let upload = try #require(try await tus.begin())
    var lost: String?
    for piece in 0..<3 where lost == nil {
      let (start, end) = (mesh.count * piece / 3, mesh.count * (piece + 1) / 3)
      let status = try await tus.send(start..<end, upload)
      // Where the bytes before it are gone.
      guard status == 204 else {
        lost = "what piece \(piece) goes on from: \(status)"
        break
      }
      try world.losePower(.server)
      lost = await whatIsMissing(world) {
        let offset = try await tus.offset(upload)
        return offset == end ? nil : "the offset is \(offset ?? -1) of \(end)"
      }
    }
    if lost == nil {
      world.server.kill()
      let stored = try await StoredFiles(world.root)
      lost = try await stored.opened()[tus.design] == [mesh] ? nil : "the file"
      try await stored.close()
    }
    #expect((lost == nil) == (ignored == nil), "\(lost ?? "nothing was lost")")
  }

  /// Starts the server after a power cut and looks; what is missing, where it does not start that.
  private func whatIsMissing(
    _ world: JourneyWorld, _ look: () async throws -> String?
  ) async -> String? {
    do {
      try await world.startServer()
      return try await look()
    } catch { return "\(error)" }
  }
}
