import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("what is said to be erased stays so after a power cut")
  func erasedStays() async throws {
    let world = try await JourneyWorld(canLosePower: true)
    #expect(try await world.shredAndLosePower() == nil)
  }

  @Test(
    "without one of its synchronisations something of a shredding comes back",
    arguments: [
      "f /broker/everpart.sqlite-wal$", "f /broker/everpart.sqlite$", "d /broker/blobs/",
    ])
  func eachCountsInShredding(ignored: String) async throws {
    let world = try await JourneyWorld(canLosePower: true)
    #expect(try await world.shredAndLosePower(ignoring: [ignored]) != nil)
  }

  @Test(
    "an import and an export that ended well survive a power cut, and need each synchronisation")
  func archivesStay() async throws {
    let leaving = try await Leaving()
    let exported = try await leaving.exportAndLosePower(ignoring: [])
    #expect(exported == nil)
    for ignored in ["f /", "d /"] {
      #expect(try await leaving.exportAndLosePower(ignoring: [ignored]) != nil, "\(ignored)")
    }
    _ = try await leaving.export().must()
    leaving.world.server.kill()
    let imported = try await leaving.importAndLosePower(ignoring: [])
    #expect(imported == nil)
    for ignored in [
      "f /broker/everpart.sqlite", "d /broker", "f /broker/blobs/", "d /broker/blobs/", "f /keys/",
      "d /keys",
    ] {
      #expect(try await leaving.importAndLosePower(ignoring: [ignored]) != nil, "\(ignored)")
    }
  }
}

extension JourneyWorld {
  /// Shreds a design, and cuts the server's power when it is said to be erased.
  ///
  /// - Parameter ignored: synchronisations that do nothing from the shredding on.
  /// - Returns: what came back.
  fileprivate func shredAndLosePower(ignoring ignored: [String] = []) async throws -> String? {
    agent?.kill()
    let design = try await Shredded(self, key: "power")
    let keys = try await design.wrappedKeys()
    try ignore(ignored, of: .server)
    try await design.shred()
    try losePower(.server)
    guard try root.keys(keys, inFilesOf: "broker/") == 0 else { return "a wrapped key" }
    let payloads = try FileManager.default.subpathsOfDirectory(atPath: root.path("broker/blobs"))
      .filter { $0.contains("/") }
    guard payloads.isEmpty else { return "a payload" }
    do {
      try await startServer()
    } catch {
      return "\(error)"
    }
    let listed = try await brand.get("/v1/brand/shreddings").must()["data"].items
    guard listed.count == 1, listed[0]["state"] == "erased" else { return "the design: \(listed)" }
    let revision = try await brand.get(design.path).must()["revision"]
    return revision["state"] == "shredded" ? nil : "the revision: \(revision["state"].text)"
  }
}

extension Leaving {
  /// Exports into a folder of its own, whose machine loses its power when the command has ended well.
  ///
  /// - Returns: what was lost.
  fileprivate func exportAndLosePower(ignoring ignored: [String]) async throws -> String? {
    let cut = try Cut(self, ignoring: ignored)
    let archive = cut.place + "/brand.tar"
    _ = try await folder.run(
      ["vault", "export", "--brand", brand, "-o", archive, "--server", world.url],
      environment: cut.environment.merging(["EVERPART_KEY": world.chief.key]) { $1 }
    ).must()
    let before = try Data(contentsOf: URL(filePath: archive))
    try cut.losePower([""])
    let after = try? Data(contentsOf: URL(filePath: archive))
    return after == before ? nil : "the archive"
  }

  /// The same for an import into a new installation.
  fileprivate func importAndLosePower(ignoring ignored: [String]) async throws -> String? {
    let cut = try Cut(self, ignoring: ignored)
    _ = try await folder.run(importArguments(cut.place), environment: cut.environment).must()
    try cut.losePower(["/broker", "/keys"])
    let check = try await check(cut.place)
    guard check.code == 0 else { return "\(check.errors)\(check.text)" }
    guard try await rows(cut.place) == [1, 2, 2, 3, 2, 2] else { return "rows" }
    try await folder.run(importArguments(cut.place)).isRefused("archive.brand_exists")
    return nil
  }
}

/// A folder on a machine that will lose its power.
private struct Cut {
  let place: String
  let environment: [String: String]
  private let power: PowerCut

  init(_ leaving: Leaving, ignoring ignored: [String]) throws {
    let name = "cut-\(UInt64.random(in: 0...(.max)))"
    place = leaving.folder.path(name)
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    power = try PowerCut(into: leaving.world.root.path("shim/\(name)"))
    environment = try power.environment(of: .server, beside: leaving.world.shim)
    try power.ignore(ignored, of: .server)
  }

  func losePower(_ folders: [String]) throws {
    for folder in folders { try power.restore(place + folder, of: .server) }
  }
}
