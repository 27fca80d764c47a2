import Foundation
import Geometry
import MeshFiles
import TestSupport

/// Reading and measuring STL: `everpart inspect` against trimesh, which both weld the mesh; and what the
/// broker does while it seals an upload, in constant memory, against numpy-stl, which welds nothing
/// either. Our times include the start of a process, the peers' exclude Python's imports. The same part
/// with its facets in a random order goes to the programs admesh and PrusaSlicer, too, process for process, and
/// as 3MF to lib3mf, which only reads it, as we then do.
enum MeshBenchmark {
  /// What this program does of its own, on one file, in a process of its own.
  static let parts: [String: @Sendable (String) throws -> Void] = [
    "measure": measure, "read": read, "walls": walls,
  ]

  static func run(_ settings: Settings) throws -> [Row] {
    let (binary, text) = ("\(settings.memory)/torus.stl", "\(settings.memory)/torus-ascii.stl")
    let shuffled = "\(settings.memory)/torus-shuffled.stl"
    let package = "\(settings.memory)/torus.3mf"
    defer { for file in [binary, text, shuffled, package] { unlink(file) } }
    let million = TorusMesh(around: 1000, across: 500)
    try million.writeBinary(to: binary)
    try million.writeBinary(to: shuffled, isShuffled: true)
    // Text takes the peer much longer.
    try (settings.isFull ? million : TorusMesh(around: 250, across: 200)).writeText(to: text)
    try Child.seconds(settings.everpart, ["convert", shuffled, package, "--unit", "millimeter"])
    guard let program = CommandLine.arguments.first else { return [] }
    let welded = Side(settings.everpart, ["inspect", "--quick", "--json"])
    let streamed = Side(program, ["measure"])
    return try compare("inspect binary STL", binary, welded, "trimesh", settings)
      + compare("inspect STL in random order", shuffled, welded, "trimesh", settings)
      + [
        whole("inspect STL in random order", shuffled, welded, Side("admesh", []), settings),
        whole(
          "inspect STL in random order", shuffled, welded, Side("prusa-slicer", ["--info"]),
          settings),
      ]
      + compare("inspect ASCII STL", text, welded, "trimesh", settings)
      + compare("measure binary STL in one pass", binary, streamed, "numpy-stl", settings)
      + compare("read 3MF", package, Side(program, ["read"]), "lib3mf", settings)
      + [try walls(of: shuffled, settings)]
  }

  /// No peer measures them at this size: the time is what counts, with reading and the tree.
  private static func walls(of file: String, _ settings: Settings) throws -> Row {
    guard let program = CommandLine.arguments.first else { throw Failure("no program") }
    let seconds = try (0..<settings.rounds).map { _ in
      try Child.json(program, ["walls", file], in: settings.disk)["seconds"].number
    }
    return Row(
      "walls of 1000k facets in random order, tree included", ours: milliseconds(median(seconds)),
      peer: "–", ratio: nil)
  }

  private struct Side {
    let program: String
    let arguments: [String]
    init(_ program: String, _ arguments: [String]) {
      (self.program, self.arguments) = (program, arguments)
    }
  }

  private static func compare(
    _ what: String, _ file: String, _ side: Side, _ peer: String, _ settings: Settings
  ) throws -> [Row] {
    let arguments = ["\(settings.peers)/meshes.py", peer, file]
    var found = (try Child.json(side.program, side.arguments + [file], in: settings.disk), JSON(0))
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      try Child.seconds(side.program, side.arguments + [file])
    } peer: {
      found.1 = try Child.json(settings.python, arguments, in: settings.disk)
      return found.1["seconds"].number
    }
    try agree(found.0, found.1)
    let tiny = "\(settings.memory)/tiny.stl"
    try TorusMesh(around: 5, across: 4).writeBinary(to: tiny)
    defer { unlink(tiny) }
    let grown = max(
      0,
      try Child.peak(side.program, side.arguments + [file])
        - Child.peak(side.program, side.arguments + [tiny]))
    let its = Int(found.1["grown"].number)
    let facets = found.1["triangles"].number
    return [
      Row("\(what), \(Int(facets / 1000))k facets", pairs, peer: peer) {
        "\(decimal(facets / $0 / 1e6, 2)) M/s"
      },
      Row(
        "\(what), memory growth", ours: mebibytes(grown), peer: mebibytes(its),
        ratio: Double(its) / Double(max(grown, 1 << 20))),
    ]
  }

  /// Two programs, each from its start to its end.
  private static func whole(
    _ what: String, _ file: String, _ side: Side, _ peer: Side, _ settings: Settings
  ) throws -> Row {
    let facets = try Child.json(side.program, side.arguments + [file], in: settings.disk)[
      "triangles"
    ].number
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      try Child.seconds(side.program, side.arguments + [file])
    } peer: {
      try Child.seconds(peer.program, peer.arguments + [file])
    }
    return Row("\(what), \(Int(facets / 1000))k facets", pairs, peer: peer.program) {
      "\(decimal(facets / $0 / 1e6, 2)) M/s"
    }
  }

  /// Times only count for the same answer.
  private static func agree(_ ours: JSON, _ peer: JSON) throws {
    // What a peer does not tell is no number.
    func near(_ a: Double, _ b: Double) -> Bool { b.isNaN || abs(a - b) <= 1e-4 * abs(b) }
    guard ours["triangles"].number == peer["triangles"].number,
      near(ours["volume_mm3"].number, peer["volume"].number),
      near(ours["area_mm2"].number, peer["area"].number),
      peer["shells"].number.isNaN
        || (ours["shells"].number == peer["shells"].number
          && ours["vertices"].number == peer["vertices"].number
          && ours["watertight"].number == peer["watertight"].number)
    else { throw Failure("the two sides measured something else:\n\(ours)\n\(peer)") }
  }

  /// `Benchmarks read FILE`: the bodies in memory, as a peer has them that measures nothing.
  static func read(_ path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: 0)
    var reader = MeshReader(declaredBytes: Int(size))
    while let piece = try file.read(upToCount: 256 << 10), !piece.isEmpty {
      try reader.update(piece)
    }
    let mesh = try reader.finish().mesh
    try answer(["triangles": mesh.triangles, "vertices": mesh.vertices.count])
  }

  /// `Benchmarks walls FILE`: how long the thinnest wall of a mesh in memory takes to be found.
  static func walls(_ path: String) throws {
    var reader = MeshReader()
    try reader.update(try Data(contentsOf: URL(filePath: path)))
    let mesh = try reader.finish().mesh.welded()
    let start = uptime()
    guard let tree = FacetTree(mesh) else { throw Failure("\(path) has no surface") }
    let walls = try WallDistances.thickness(of: tree, isClosed: true)
    try answer(["seconds": uptime() - start, "thickness_mm": walls.minimum?.distance ?? .nan])
  }

  /// `Benchmarks measure FILE`: what the broker does with an upload beside sealing it.
  static func measure(_ path: String) throws {
    var generator = SeededGenerator(seed: 2)
    var measure = StreamingMeasure(key: MeshHashKey(using: &generator))
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    while let piece = try file.read(upToCount: 256 << 10), !piece.isEmpty {
      try measure.update(piece)
    }
    let summary = try measure.finish()
    try answer([
      "triangles": summary.triangles, "volume_mm3": summary.volumeCubicMillimetres,
      "area_mm2": summary.areaSquareMillimetres,
    ])
  }

  private static func answer(_ found: [String: Any]) throws {
    FileHandle.standardOutput.write(Data(try JSON(found).bytes))
  }
}
