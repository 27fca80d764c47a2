import Foundation
import TestSupport

/// Forgets what a process of a ``JourneyWorld`` wrote and did not synchronise, as a power cut does
/// (`Shim/power_cut.c`).
struct PowerCut {
  private let folder: String
  private let shim: String
  private let restorer: String

  init(into folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    shim = try Product.compile("power_cut.c", ["-shared", "-fPIC"], into: folder)
    restorer = try Product.compile("power_cut.c", ["-DRESTORE"], into: folder)
  }

  /// What a process whose writes may be lost is started with.
  func environment(of part: JourneyWorld.Part, beside shims: String) throws -> [String: String] {
    try FileManager.default.createDirectory(
      atPath: records(part), withIntermediateDirectories: true)
    return ["LD_PRELOAD": "\(shims):\(shim)", "EVERPART_DISK": records(part)]
  }

  /// From now on synchronising these does nothing: `f` or `d` (file or folder) and a part of a path.
  func ignore(_ calls: [String], of part: JourneyWorld.Part) throws {
    try FileManager.default.createDirectory(
      atPath: records(part), withIntermediateDirectories: true)
    try Data((calls.joined(separator: "\n") + "\n").utf8).write(
      to: URL(filePath: "\(records(part))/ignore"))
  }

  /// Makes a folder what the disk has of it. The process is not running.
  ///
  /// - Parameter endings: where others write too: only files that end so, and none is made again.
  func restore(_ path: String, of part: JourneyWorld.Part, endings: [String] = []) throws {
    let output = "\(folder)/restore.err"
    let program = try Child(
      restorer, [records(part), path] + endings, output: "\(folder)/restore.out", errors: output)
    program.wait()
    guard program.exitCode == 0 else {
      let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      throw Child.Failure(description: "\(path) was not restored: \(said)")
    }
  }

  private func records(_ part: JourneyWorld.Part) -> String { "\(folder)/\(part)" }
}
