import Domain
import FoundationEssentials
import Glibc

/// What a bureau's tools said about a print, in `<name>.done`.
struct PrintOutcome: Codable, Hashable, Sendable {
  /// The machine that printed.
  var machine: String?
  /// The lot of the material.
  var materialLot: String?
  /// What was measured, in millimetres, by the inspection plan's features.
  var measurements: [String: Double]?
  /// Whether the part passed; left out means that it did.
  var passed: Bool?
  /// When the agent saw it.
  var seenAt: Instant?

  private enum CodingKeys: String, CodingKey {
    case machine, measurements, passed
    case materialLot = "material_lot"
    case seenAt = "seen_at"
  }
}

/// The connector to a folder that the bureau's tools watch. What reaches a disk: the part, in that
/// folder, from hand-over until the broker has accepted its completion.
///
/// Beside a part `job_…-1.stl` lies its job sheet, `job_…-1.stl.ticket.json`: what the ticket says of
/// profile, inspection plan and address, for the people and tools that print, measure and ship. It is
/// personal data, and goes when the parcel has gone. The part is answered by marker files beside it: `job_…-1.stl.done` (a
/// ``PrintOutcome``), `.failed` (`{"reason": …}`) and `.shipped` (`{"carrier": …, "tracking": …}`).
struct HotFolder: Sendable {
  enum Marker: String, Sendable, CaseIterable {
    case done
    case failed
    case shipped
  }

  let path: String

  /// - Throws: `agent.directory` if it is no folder that can be used.
  init(path: String) throws {
    self.path = path
    if mkdir(path, 0o700) != 0 && errno != EEXIST { throw AgentDirectory.problem(path) }
    guard access(path, W_OK | X_OK) == 0 else { throw AgentDirectory.problem(path) }
  }

  /// The name that a part gets: job and attempt, so that no two hand-overs share one.
  static func partName(job: JobID, attempt: Int, fileName: String) -> String {
    let ending = fileName.split(separator: ".").last.map { String($0).lowercased() } ?? "bin"
    let plain =
      ending.utf8.count <= 8
      && ending.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    return "\(job)-\(attempt).\(plain ? ending : "bin")"
  }

  /// Writes a part beside its final name, and its job sheet, durably. Tools ignore names that begin
  /// with a dot.
  func prepare(_ content: [UInt8], sheet: [UInt8], as name: String) throws {
    // Under a name with a dot first: tools would take any other for a part.
    try SmallFile.writeDurably(sheet, to: temporarySheet(name))
    guard rename(temporarySheet(name), self.sheet(name)) == 0 else {
      throw AgentDirectory.problem(self.sheet(name))
    }
    try SmallFile.writeDurably(content, to: temporary(name))
    try SmallFile.synchronizeDirectory(of: temporary(name))
  }

  /// Gives a prepared part its final name: the one moment at which it is handed over.
  func handOver(_ name: String) throws {
    guard !isPresent(name) else { throw AgentDirectory.problem(file(name)) }
    guard rename(temporary(name), file(name)) == 0 else { throw AgentDirectory.problem(file(name)) }
    try SmallFile.synchronizeDirectory(of: file(name))
  }

  /// Whether the part is there under the name that it is prepared with. As long as it is, it was not
  /// handed over: the rename that hands it over takes this name away.
  func isPrepared(_ name: String) -> Bool { access(temporary(name), F_OK) == 0 }

  /// Whether the part is there under its final name.
  func isPresent(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

  /// Whether anything under the final name shows that the tools had the part.
  func hasTrace(_ name: String) -> Bool {
    isPresent(name) || Marker.allCases.contains { access(file(name, $0), F_OK) == 0 }
  }

  /// What a marker says; nil while it is not there or not whole JSON yet.
  func read<Value: Decodable>(
    _ marker: Marker, of name: String, as type: Value.Type
  ) throws -> Value? {
    guard let bytes = try SmallFile.read(file(name, marker), bytesMax: 64 << 10) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  /// Removes the part under both names. What a journalling file system keeps of it is the bureau's.
  func removePart(_ name: String) {
    unlink(temporary(name))
    unlink(file(name))
  }

  /// Removes an attempt's job sheet and markers.
  func removeMarkers(_ name: String) {
    unlink(temporarySheet(name))
    unlink(sheet(name))
    Marker.allCases.forEach { unlink(file(name, $0)) }
  }

  private func file(_ name: String) -> String { "\(path)/\(name)" }
  private func file(_ name: String, _ marker: Marker) -> String {
    "\(path)/\(name).\(marker.rawValue)"
  }
  private func sheet(_ name: String) -> String { "\(path)/\(name).ticket.json" }
  private func temporarySheet(_ name: String) -> String { "\(path)/.\(name).ticket.json" }
  private func temporary(_ name: String) -> String { "\(path)/.\(name).part" }
}
