import Foundation
import TestSupport
import Testing

extension Journeys {
  private static let isLong = ProcessInfo.processInfo.environment["EVERPART_KILL_POINTS"] == "all"

  @Test("kill -9 at any durable write of an export leaves the whole archive or none")
  func exportKills() async throws {
    let leaving = try await Leaving()
    let arguments = [
      "vault", "export", "--brand", leaving.brand, "-o", leaving.archive, "--server",
      leaving.world.url,
    ]
    let shim = Shim(leaving)
    var killed = 0
    for moment in ["before", "after"] {
      for number in 1... {
        try? FileManager.default.removeItem(atPath: leaving.archive)
        let run = try await shim.run(
          arguments, key: leaving.world.chief.key, at: number, moment)
        if run.code != nil {
          #expect(run.code == 0, "\(run.errors)")
          break
        }
        killed += 1
        if FileManager.default.fileExists(atPath: leaving.archive) {
          let listed = try await leaving.folder.shell("tar -tf \"$1\" SHA256SUMS", leaving.archive)
          #expect(listed.code == 0, "\(moment) \(number): \(shim.counted)")
          try await leaving.export().isRefused("file.exists")
        } else {
          _ = try await leaving.export().must()
        }
        let left = try leaving.folder.files.files().filter { $0.hasPrefix("brand.tar") }
        #expect(left == ["brand.tar"], "\(moment) \(number): \(shim.counted)")
      }
    }
    #expect(killed == 6, "the shim kills \(killed) times")
    // The broker's own: its entry in the trail comes before the first byte, or there is none.
    for (number, moment) in [(1, "before"), (1, "after")] {
      try leaving.world.arm(.server, at: number, moment)
      try? FileManager.default.removeItem(atPath: leaving.archive)
      try await leaving.export().isRefused("archive.interrupted")
      #expect(!FileManager.default.fileExists(atPath: leaving.archive))
      try await leaving.world.reviveServer()
      _ = try await leaving.export().must()
    }
  }

  @Test("kill -9 at any durable write of an import leaves nothing of the brand or all of it")
  func importKills() async throws {
    let leaving = try await Leaving()
    _ = try await leaving.export().must()
    leaving.world.server.kill()
    let shim = Shim(leaving)
    let whole: [Int64] = [1, 2, 2, 3, 2, 2]
    var installations = 0
    func place() throws -> String {
      installations += 1
      let path = leaving.folder.path("there-\(installations)")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      return path
    }
    // Untouched, for the count.
    let first = try place()
    _ = try await shim.run(leaving.importArguments(first), at: 0, "before").must()
    let writes = shim.counted
    #expect(writes.count >= 25, "the shim counts too little: \(writes)")
    #expect(try await leaving.rows(first) == whole)
    var outcomes: [String: Int] = [:]
    var exhausted: Set<String> = []
    for (number, moment) in Self.points(of: writes) where !exhausted.contains(moment) {
      let there = try place()
      let run = try await shim.run(leaving.importArguments(there), at: number, moment)
      if run.code != nil {
        exhausted.insert(moment)
        continue
      }
      let point =
        "\(moment) durable write \(number) of \(writes.count): \(shim.counted.last ?? "?")"
      print("import kills: \(point)")
      let rows = try await leaving.rows(there)
      #expect(
        rows == nil || rows == whole || rows == [0, 0, 0, 0, 0, 0], "\(point): \(rows ?? [])")
      let again = try await leaving.folder.run(leaving.importArguments(there))
      if rows == whole {
        again.isRefused("archive.brand_exists")
      } else {
        _ = again.must()
      }
      outcomes[rows == whole ? "whole" : "nothing", default: 0] += 1
      _ = try await leaving.check(there).must()
      #expect(try await leaving.rows(there) == whole, "\(point)")
      try FileManager.default.removeItem(atPath: there)
    }
    #expect(outcomes["nothing"] ?? 0 > 3 && outcomes["whole"] ?? 0 > 0, "\(outcomes)")
  }

  /// All points, with EVERPART_KILL_POINTS=all, up to the first of a moment that is not reached; else
  /// some, and the last ones, between which the commit is.
  private static func points(of writes: [String]) -> [(Int, String)] {
    if isLong {
      return ["before", "after"].flatMap { moment in (1...(writes.count * 2)).map { ($0, moment) } }
    }
    let spread = (0..<6).map { 1 + $0 * (writes.count - 1) / 6 }
    let sample = Set(spread + (writes.count - 6...writes.count)).sorted()
    return sample.enumerated().map { ($1, $0.isMultiple(of: 2) ? "before" : "after") }
  }
}

/// Runs commands that the shim counts and can kill.
private final class Shim {
  private let leaving: Leaving
  private var armed = 0

  init(_ leaving: Leaving) { self.leaving = leaving }

  private var trigger: String { leaving.world.root.path("shim/command") }

  /// What was counted in the last run: a line a durable write.
  var counted: [String] {
    let text = try? String(contentsOfFile: trigger + ".log", encoding: .utf8)
    return (text ?? "").split(separator: "\n").map {
      $0.replacingOccurrences(of: leaving.folder.files.path + "/", with: "")
    }
  }

  /// Runs a command to its end, or to its N-th durable write: then it has no exit code.
  func run(
    _ arguments: [String], key: String? = nil, at number: Int, _ moment: String
  ) async throws -> CommandFolder.Outcome {
    armed += 1
    try? FileManager.default.removeItem(atPath: trigger + ".log")
    try leaving.world.root.write("\(armed) \(number) \(moment)\n".utf8, to: "shim/command")
    var environment = ["LD_PRELOAD": leaving.world.shim, "EVERPART_KILL_TRIGGER": trigger]
    environment["EVERPART_KEY"] = key
    let outcome = try await leaving.folder.run(arguments, environment: environment)
    unlink(trigger)
    return outcome
  }
}
