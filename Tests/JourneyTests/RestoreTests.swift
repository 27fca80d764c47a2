import Foundation
import HTTPClient
import TestSupport
import Testing

/// A broker whose database or payloads were restored from an older copy, with the commands that the README
/// shows.
extension Journeys {
  @Test("an old database beside newer payloads is refused, recovered, and delivers again")
  func oldDatabase() async throws {
    let world = try await JourneyWorld()
    let handOvers = try HandOvers(watching: world.hotFolder)
    try await world.publish(Mesh.canary(seed: 21, tetrahedra: 40))
    // In the printer when the copy is made, and offered: both delivered after.
    let printing = try await world.place(idempotencyKey: "printing").must()["id"].text
    try await eventually("the print") { () -> Bool? in
      try await world.brand.get("/v1/brand/orders/\(printing)").must()["job"]["state"] == "printing"
        ? true : nil
    }
    world.child(.agent)?.kill()
    let early = try await world.place(idempotencyKey: "early").must()["id"].text
    try await world.readme("while the server works", 3)
    try world.startAgent()
    try world.startWorkshop()
    let jobs = [try await world.deliver(printing), try await world.deliver(early)]
    let late = try await world.place(idempotencyKey: "late").must()["id"].text
    _ = try await world.deliver(late)
    let part = world.part
    try await world.publish(.bytes(Mesh.canary(seed: 22, tetrahedra: 40)), sku: "NEW")
    try await world.stopServer()

    let restored = try await world.readme("begin with an empty directory", 5)
    #expect(restored[3].code == 1 && restored[3].text.contains("database.behind"))
    #expect(restored[4].code == 1 && restored[4].text.contains("recover.confirm"))
    // The newest payloads are still there, and are better than those of the backup.
    let copied = try await world.shell("rm -r broker/blobs && cp -a data.broken/blobs broker/")
    #expect(copied.code == 0, "\(copied.text)")
    let found = try await world.command(world.check)
    for code in ["database.behind", "database.older", "blob.orphan"] {
      #expect(found.text.contains(code), "\(found.text)")
    }
    let refused = try await world.command(world.serveArguments)
    #expect(refused.code == 1 && refused.text.contains("everpart: database.behind: "))
    let removal = try await world.command(world.check + ["--remove-orphans"])
    #expect(removal.code == 1 && removal.text.contains("may belong to a newer database"))

    let recovered = try await world.command(world.recover + ["--yes"])
    #expect(recovered.code == 0, "\(recovered.text)")
    #expect(recovered.text.contains(early) && recovered.text.contains("at least "))
    try await world.startServer()
    let serving = try await world.command(world.check + ["--remove-orphans"])
    #expect(serving.code == 1 && serving.text.contains("another server works"))
    #expect(try await world.brand.get("/v1/brand/orders/\(late)").status == 404)
    let held = try await world.brand.get("/v1/brand/orders/\(early)").must()
    #expect(held["job"]["state"] == "held")
    #expect(Set(held["actions"].items.map(\.text)) == ["reassign", "abandon"])
    _ = try await world.brand.post("/v1/brand/orders/\(early)/abandon").must()
    // The bureau had it printed and shipped, but nobody remembers; its brand wants another.
    _ = try await world.brand.post("/v1/brand/orders/\(printing)/retry").must()
    #expect(try await world.deliver(printing) == jobs[0])

    world.sell(part)
    let next = try await world.place(idempotencyKey: "next").must()["id"].text
    let nextJob = try await world.deliver(next)
    try handOvers.update()
    #expect(
      handOvers.counts(of: jobs[0]) == ["\(jobs[0])-1.stl": 1, "\(jobs[0])-2.stl": 1])
    for job in [jobs[1], nextJob] {
      #expect(handOvers.counts(of: job).values.reduce(0, +) == 1, "\(handOvers.counts)")
    }
    #expect(try await world.onlyLicence()["consumed"] == 3, "two released, one presumed")
    try await world.stopServer()
    #expect(try await world.command(world.check + ["--read-data"]).code == 1, "the orphan")
    let tidy = try await world.command(world.check + ["--remove-orphans"])
    #expect(tidy.code == 0 && tidy.text.contains("Orphans removed: 1"), "\(tidy.text)")
    let clean = try await world.command(world.check + ["--read-data"])
    #expect(clean.code == 0, "\(clean.text)")
  }

  @Test("a newer database beside old payloads is refused, recovered, and sells what is left")
  func oldPayloads() async throws {
    let world = try await JourneyWorld()
    try await world.publish(Mesh.canary(seed: 23, tetrahedra: 40))
    let old = world.part
    #expect(try await world.shell("cp -a broker/blobs old-blobs").code == 0)
    try await world.publish(.bytes(Mesh.canary(seed: 24, tetrahedra: 40)), sku: "NEW")
    let new = world.part
    try await world.stopServer()
    _ = try await world.shell("rm -r broker/blobs && mv old-blobs broker/blobs")

    let refused = try await world.command(world.serveArguments)
    #expect(refused.code == 1 && refused.text.contains("everpart: blobs.behind: "))
    let found = try await world.command(world.check + ["--json"])
    #expect(found.code == 1 && found.text.contains("blobs.older"), "\(found.text)")
    let asked = try await world.command(world.recover)
    #expect(asked.code == 1 && asked.text.contains("Lost file"), "\(asked.text)")
    let recovered = try await world.command(world.recover + ["--yes", "--json"])
    #expect(recovered.code == 0, "\(recovered.text)")
    let said = try JSON(Array(recovered.text.utf8))
    #expect(said["plan"]["lost_files"].items.count == 1)
    #expect(said["report"]["lost_files"] == said["plan"]["lost_files"])
    let again = try await world.command(world.recover + ["--yes", "--json"])
    let nothing = try JSON(Array(again.text.utf8))
    #expect(again.code == 0 && nothing["plan"]["raises_generation"] == false, "\(again.text)")
    #expect(nothing["plan"]["lost_files"].items.isEmpty && nothing["report"] == .null)

    try await world.startServer()
    let lost = try await world.place(idempotencyKey: "lost").must()["id"].text
    try await eventually("the end of the order of a lost part") { () -> Bool? in
      try await world.brand.get("/v1/brand/orders/\(lost)").must()["state"] == "unmakeable"
        ? true : nil
    }
    #expect(try await world.licenceCounts()["consumed"] == 0)
    #expect(new != old)
    world.sell(old)
    try world.startWorkshop()
    _ = try await world.deliver(try await world.place(idempotencyKey: "old").must()["id"].text)
    try await world.stopServer()
    #expect(try await world.command(world.check + ["--read-data"]).code == 0)
  }

  @Test("kill -9 at any durable write of a recovery leaves one that can be done again")
  func killedRecovery() async throws {
    let world = try await JourneyWorld()
    world.child(.agent)?.kill()
    try await world.publish(Mesh.canary(seed: 25, tetrahedra: 4))
    let order = try await world.place(idempotencyKey: "early").must()["id"].text
    try await world.readme("while the server works", 3)
    _ = try await world.place(idempotencyKey: "late").must()
    try await world.stopServer()
    _ = try await world.shell("mv broker broker.broken && cp -a keys keys.newest")
    var (killed, number) = (0, 0)
    for moment in ["before", "after"] {
      number = 0
      while true {
        number += 1
        _ = try await world.shell(
          "rm -rf broker keys && mkdir -m 700 broker && cp -a backup/everpart.sqlite backup/blobs "
            + "broker/ && cp -a keys.newest keys")
        try world.arm(.server, at: number, moment)
        let run = try await world.command(world.recover + ["--yes"], killable: true)
        world.disarm(.server)
        if run.code != nil {
          #expect(run.code == 0, "\(run.text)")
          break
        }
        killed += 1
        let again = try await world.command(world.recover + ["--yes"])
        #expect(again.code == 0, "\(moment) \(number): \(again.text)")
        let check = try await world.command(world.check + ["--json"])
        #expect(check.code == 0, "\(moment) \(number): \(check.text)")
        try await world.startServer()
        let held = try await world.brand.get("/v1/brand/orders/\(order)").must()
        #expect(held["job"]["state"] == "held", "\(moment) \(number)")
        #expect(try await world.licenceCounts()["consumed"] == 1, "\(moment) \(number)")
        try await world.stopServer()
      }
    }
    #expect(killed >= 6, "the shim kills \(killed) times only")
  }
}

/// What a command said, on both streams, and its exit code; nil when it was killed.
private struct Said {
  let code: Int32?
  let text: String
}

extension JourneyWorld {
  fileprivate var serveArguments: [String] { ["serve", "--port", "0"] + files }
  fileprivate var check: [String] { ["vault", "check"] + files }
  fileprivate var recover: [String] { ["recover"] + files }
  private var files: [String] {
    ["--data", root.path("broker"), "--key-ring", root.path("keys/key-ring.json")]
  }

  fileprivate func stopServer() async throws {
    server.terminate()
    try await eventually("the server's end") { server.isRunning ? nil : true }
  }

  fileprivate func command(_ arguments: [String], killable: Bool = false) async throws -> Said {
    try await run(
      try Product.require(), arguments,
      killable ? ["LD_PRELOAD": shim, "EVERPART_KILL_TRIGGER": root.path("shim/server")] : [:])
  }

  fileprivate func shell(_ line: String) async throws -> Said {
    let folder = URL(filePath: try Product.require()).deletingLastPathComponent().path
    return try await run(
      "/bin/sh", ["-c", "cd '\(root.path)' && PATH=\"\(folder):$PATH\" && \(line)"], [:])
  }

  private func run(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) async throws -> Said {
    try? FileManager.default.removeItem(atPath: root.path("command.err"))
    let child = try Child(
      program, arguments, output: root.path("command.out"), errors: root.path("command.err"),
      environment: environment, ownSession: true)
    try await eventually("the end of \(arguments)") { child.status }
    let said = ["command.out", "command.err"].map {
      String(decoding: (try? root.read($0)) ?? [], as: UTF8.self)
    }
    return Said(code: child.exitCode, text: said.joined())
  }

  /// Runs the commands that the README shows after a sentence, in this world's directory.
  @discardableResult
  fileprivate func readme(_ sentence: String, _ count: Int) async throws -> [Said] {
    let text = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
    let section = try #require(text.range(of: "## Backups"))
    let start = try #require(
      text.range(of: sentence, range: section.upperBound..<text.endIndex), "\(sentence)")
    let lines = text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("    ") }.prefix { $0.hasPrefix("    ") }
    #expect(lines.count == count, "\(lines)")
    var said: [Said] = []
    for line in lines {
      // What the README calls data is called broker here.
      said.append(
        try await shell(
          String(line).replacing(/(?<before>^|[^-\w])data\b/) {
            "\($0.before)broker"
          }))
      if !line.contains("everpart ") { #expect(said.last?.code == 0, "\(line) \(said)") }
    }
    return said
  }

  /// Follows an order to its end; its job.
  fileprivate func deliver(_ order: String) async throws -> String {
    try await eventually("the delivery of \(order): \(log(.agent))") { () -> String? in
      let answer = try await brand.get("/v1/brand/orders/\(order)").must()
      switch answer["state"].text {
      case "shipped":
        _ = try? await storefront.post("/v1/storefront/orders/\(order)/delivered")
        return nil
      case "delivered": return answer["job"]["id"].text
      case "cancelled", "unmakeable":
        throw Child.Failure(description: "\(order) ended as \(answer["state"].text)")
      default: return nil
      }
    }
  }

  /// The licence of the one design that the copy knows.
  fileprivate func onlyLicence() async throws -> JSON {
    let designs = try await brand.get("/v1/brand/designs").must()["data"].items
    try #require(designs.count == 1)
    return try await brand.get("/v1/brand/licences/\(designs[0]["licence"]["id"].text)").must()
  }
}
