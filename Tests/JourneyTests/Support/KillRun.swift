import Foundation
import TestSupport
import Testing

/// One order through a kill: where, and what has to hold when it has ended.
struct KillRun {
  let world: JourneyWorld
  let handOvers: HandOvers
  let part: JourneyWorld.Part
  /// Whether the kill also loses what was not synchronised.
  var losesPower = false

  /// Places an order, lets the process be killed at its N-th durable write, starts it again, and
  /// follows the order to its end.
  ///
  /// - Returns: what was counted, and whether the kill came: not when the order needs fewer writes.
  func run(at number: Int, _ moment: String) async throws -> (counted: [String], wasKilled: Bool) {
    let key = "\(part)-\(number)-\(moment)"
    let before = try await world.licenceCounts()
    try world.arm(part, at: number, moment)
    var wasKilled = false
    var (order, job) = ("", "")
    try await eventually("order \(key), \(order): \(world.log(part))", seconds: 90) { () -> Bool? in
      if let child = world.child(part), !child.isRunning {
        #expect(child.wasKilled && !wasKilled, "\(key): ended by itself: \(world.log(part))")
        wasKilled = true
        world.disarm(part)
        if losesPower { try world.losePower(part) }
        if part == .server { try await world.startServer() } else { try world.startAgent() }
      }
      // Without an answer the server was killed: the next look starts it.
      if order.isEmpty {
        guard let answer = try? await world.place(idempotencyKey: key) else { return nil }
        order = try answer.must()["id"].text
      }
      let path = "/v1/brand/orders/\(order)"
      guard let answer = try? await world.brand.get(path), answer.status == 200 else { return nil }
      job = answer.body["job"]["id"].text
      let state = answer.body["job"]["state"].text
      switch state {
      case "shipped":
        _ = try? await world.storefront.post("/v1/storefront/orders/\(order)/delivered")
        return nil
      case "held" where isForgotten: return true
      case "held", "cancelled", "unmakeable":
        throw Child.Failure(
          description: "order \(key) ended as \(state): \(world.log(.agent))")
      case "delivered": return isTidy(job) ? true : nil
      default: return nil
      }
    }
    let wasForgotten = isForgotten
    world.disarm(part)
    let counted = world.counted(part)
    guard !wasForgotten else {
      try handOvers.update()
      #expect(handOvers.counts(of: job).allSatisfy { $0.value <= 2 }, "\(key)")
      return (counted, wasKilled)
    }
    try await check(order, job, key, since: before)
    return (counted, wasKilled)
  }

  /// Whether the power was cut when a part had its final name and the disk had not: nobody can know
  /// whether the bureau's tools saw it. Where it is gone, they did, and a person decides; where it is
  /// back under its first name, it is handed over again.
  private var isForgotten: Bool {
    guard losesPower, part == .agent else { return false }
    let last = world.counted(part).suffix(2)
    let isRename = { (line: String) in line.contains("rename") && line.hasSuffix(".stl") }
    return last.last.map(isRename) == true
      || (last.first.map(isRename) == true && last.last?.hasSuffix("fsync hot-folder") == true)
  }

  /// Whether the agent has put the job away: its last line is in the journal, the folder is clean.
  private func isTidy(_ job: String) -> Bool {
    let journal = try? String(
      contentsOfFile: world.root.path("agent/journal.jsonl"), encoding: .utf8)
    let isClosed = (journal ?? "").split(separator: "\n").contains {
      $0.contains(job) && $0.contains("\"closed\"")
    }
    // What the workshop was writing when it lost its power too is not the agent's.
    let left =
      (try? FileManager.default.contentsOfDirectory(atPath: world.hotFolder))?.filter {
        !($0.hasPrefix(".") && ($0.contains(".stl.done") || $0.contains(".stl.shipped")))
      } ?? []
    // The last kill may come before the journal's last line is durable; the agent is running again.
    return isClosed && !left.contains { $0.contains(job) } && world.child(part)?.isRunning == true
  }

  private func check(
    _ order: String, _ job: String, _ key: String, since before: JSON
  ) async throws {
    let again = try await world.place(idempotencyKey: key).must()
    #expect(again["id"].text == order, "\(key): placed twice")
    try handOvers.update()
    let counts = handOvers.counts(of: job)
    #expect(Array(counts.values) == [1], "\(key): handed over \(counts)")
    let after = try await world.licenceCounts()
    #expect(after["consumed"].number == before["consumed"].number + 1, "\(key): consumed")
    #expect(after["reserved"] == before["reserved"], "\(key): reserved")
    let all = try await world.licenceEntries().filter { $0["job"].text == job }
    for kind in ["licence.reserved", "key.released", "job.completed"] {
      let entries = all.filter { $0["kind"].text == kind }
      #expect(entries.count == 1, "\(key): \(entries.count) entries \(kind)")
    }
    let events = try await world.brand.get("/v1/brand/orders/\(order)/events").must()
    let kinds = events["data"].items.map { $0["kind"].text }
    #expect(
      kinds == [
        "order.placed", "job.offer", "job.accept", "job.start", "job.complete", "job.pass",
        "job.ship", "job.deliver",
      ], "\(key): \(kinds)")
  }
}
