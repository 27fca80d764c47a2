import Database
import Foundation
import HTTPClient
import TestSupport
import Testing

/// A brand that is about to leave its broker: two designs with documents, a unit of one licence consumed, and
/// a recipient of its own.
struct Leaving {
  let world: JourneyWorld
  let folder: CommandFolder
  let brand: String
  /// What was uploaded.
  let contents: [[UInt8]]

  var identity: String { folder.path("identity") }
  var archive: String { folder.path("brand.tar") }

  /// - Parameter options: for `keygen`.
  init(_ options: [String] = []) async throws {
    world = try await JourneyWorld()
    folder = try CommandFolder()
    contents = [
      Mesh.canary(seed: 61, tetrahedra: 40), Mesh.canary(seed: 62, tetrahedra: 700),
      SampleDocument.pdf,
    ]
    let isClassical = !options.isEmpty
    try await world.publish(
      .bytes(contents[1]), sku: "TWO", drawing: contents[2], postQuantumOnly: !isClassical)
    try await world.publish(.bytes(contents[0]), sku: "ONE", postQuantumOnly: !isClassical)
    let world = world
    let order = try await world.place(idempotencyKey: "before").must()["id"].text
    try await eventually("the print: \(world.log(.agent))") { () -> Bool? in
      try await world.brand.get("/v1/brand/orders/\(order)").must()["job"]["state"] == "printing"
        ? true : nil
    }
    world.agent?.kill()
    brand = try await world.brand.get("/v1/brand").must()["id"].text
    let recipient = try await folder.key("identity", options)
    // It is refused until there is somebody to seal to.
    try await export().isRefused("archive.no_recipient")
    _ = try await folder.run(
      ["brand", "settings", "--archive-recipient", recipient, "--server", world.url],
      environment: ["EVERPART_KEY": world.brand.key]
    ).must()
  }

  /// The operator's command, or the owner's.
  func export(
    to output: String? = nil, by owner: Client? = nil
  ) async throws -> CommandFolder.Outcome {
    let who = owner == nil ? ["vault", "export", "--brand", brand] : ["brand", "export"]
    return try await folder.run(
      who + ["-o", output ?? archive, "--server", world.url],
      environment: ["EVERPART_KEY": (owner ?? world.chief).key])
  }

  func importArguments(_ directory: String) -> [String] {
    [
      "vault", "import", archive, "-i", identity, "--data", "\(directory)/broker", "--key-ring",
      "\(directory)/keys/key-ring.json", "--json",
    ]
  }

  func check(_ directory: String) async throws -> CommandFolder.Outcome {
    try await folder.run([
      "vault", "check", "--read-data", "--data", "\(directory)/broker", "--key-ring",
      "\(directory)/keys/key-ring.json",
    ])
  }

  /// How many brands and files a data directory has; nil where there is no database yet.
  func rows(_ directory: String) async throws -> [Int64]? {
    guard
      let database = try? Database.openToRead(directory: "\(directory)/broker"),
      try await database.isMigrated()
    else { return nil }
    let counts = try await database.read { transaction in
      try ["brand", "design", "revision", "design_file", "licence", "part"].map {
        try transaction.row(Statement("SELECT COUNT(*) AS n FROM \($0)"))?.integer("n") ?? 0
      }
    }
    try await database.close()
    return counts
  }
}
