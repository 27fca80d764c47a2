import Foundation
import FuzzTargets
import TestSupport

enum Corpus {
  /// Broken inputs beyond the corpus for each target; EVERPART_FUZZ_ROUNDS changes it.
  static let rounds =
    ProcessInfo.processInfo.environment["EVERPART_FUZZ_ROUNDS"].flatMap(Int.init) ?? 300

  /// How many files of a target's corpus are tried whole, and how many inputs are made of them. In a debug
  /// build a mesh takes up to a second to measure, and a sheet seconds to draw.
  static func share(of target: FuzzTarget) -> (files: Int, inputs: Int) {
    switch target {
    case .drawing: (2, 0)
    case .geometry: (30, min(rounds, 10))
    default: (.max, rounds)
    }
  }

  /// The same each time, so that a run which turns red has met a change and not a new file; EVERPART_FUZZ_SEED
  /// has others, and `Deploy/fuzz` looks for them.
  static let seed =
    ProcessInfo.processInfo.environment["EVERPART_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  static func files(of target: FuzzTarget) throws -> [[UInt8]] {
    try folders(of: target).flatMap { folder, ending in
      // What broke something once comes first.
      try Repository.names(in: folder).sorted { name, other in
        name.hasPrefix("found_") && !other.hasPrefix("found_")
      }.filter { $0.hasSuffix(ending) }
        .map { try Repository.bytes("\(folder)/\($0)") }.filter { $0.count <= 64 << 10 }
    }
  }

  private static func folders(of target: FuzzTarget) -> [(folder: String, ending: String)] {
    let own = [("Fixtures/fuzz/\(target.rawValue)", "")]
    return switch target {
    case .drawing: [("Fixtures/fuzz/geometry", "")]
    case .rules: own + [("Sources/Geometry/Printability/Rules", ".json")]
    case .any: own + [("Fixtures/meshes", ""), ("Fixtures/parts", ".stl")]
    case .stl, .geometry: own + [("Fixtures/meshes", ".stl")]
    case .obj: own + [("Fixtures/meshes", ".obj")]
    case .ply: own + [("Fixtures/meshes", ".ply")]
    case .threeMF, .model, .keyStore: own
    }
  }

  /// Leaves what is tried where it can be found after a trap has ended the whole run.
  static func note(_ target: FuzzTarget, _ input: [UInt8], _ what: String) {
    let folder = FileManager.default.temporaryDirectory
    try? Data(input).write(to: folder.appending(path: "everpart-fuzz-\(target.rawValue)"))
    try? Data(what.utf8).write(to: folder.appending(path: "everpart-fuzz-\(target.rawValue).txt"))
  }
}
