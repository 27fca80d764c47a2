import Foundation
import TestSupport

/// Sealing and opening age files: our command against the age command, on the same file in memory,
/// the result thrown away; and from file to file in memory, against `cp` of the same file.
enum SealBenchmark {
  static func run(_ settings: Settings) throws -> [Row] {
    let bytes = settings.sealedMebibytes << 20
    let (plain, sealed) = ("\(settings.memory)/plain", "\(settings.memory)/sealed.age")
    let output = "\(settings.memory)/output"
    let key = "\(settings.memory)/key.txt"
    try write(bytes, to: plain)
    defer { for file in [plain, sealed, key, output] { unlink(file) } }
    try Child.seconds("age-keygen", ["-o", key])
    let text = try String(contentsOfFile: key, encoding: .utf8)
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let recipient = words.first(where: { $0.hasPrefix("age1") }) else {
      throw Failure("age-keygen wrote no recipient")
    }
    try Child.seconds("age", ["-r", recipient, "-o", sealed, plain])

    let sealing = ["-r", recipient, plain]
    let (ourSeal, ageSeal) = (["seal"] + sealing, sealing)
    let opening = ["-i", key, sealed]
    let (ourOpen, ageOpen) = (["open"] + opening, ["-d"] + opening)
    return try compare("seal", bytes, ourSeal, ageSeal, settings)
      + compare("open", bytes, ourOpen, ageOpen, settings)
      + toFile("seal", bytes, ourSeal, of: plain, to: output, settings)
      + toFile("open", bytes, ourOpen, of: sealed, to: output, settings)
  }

  /// How much slower than a copy: `cp` moves the same bytes in the kernel and does nothing to them.
  private static func toFile(
    _ verb: String, _ bytes: Int, _ ours: [String], of file: String, to output: String,
    _ settings: Settings
  ) throws -> [Row] {
    // Each side writes a new file. What is removed is not in the time.
    let pairs = try Pairs.measure(rounds: settings.sealRounds) {
      unlink(output)
      return try Child.seconds(settings.everpart, [ours[0], "-o", output] + ours.dropFirst())
    } peer: {
      unlink(output)
      return try Child.seconds("cp", [file, output])
    }
    return [
      Row("\(verb) \(mebibytes(bytes)), file to file", pairs, peer: "cp") {
        "\(decimal(Double(bytes) / $0 / 1e9, 2)) GB/s"
      }
    ]
  }

  private static func compare(
    _ verb: String, _ bytes: Int, _ ours: [String], _ peer: [String], _ settings: Settings
  ) throws -> [Row] {
    let pairs = try Pairs.measure(rounds: settings.sealRounds) {
      try Child.seconds(settings.everpart, ours)
    } peer: {
      try Child.seconds("age", peer)
    }
    let (mine, its) = (
      try Child.peak(settings.everpart, ours), try Child.peak("age", peer)
    )
    return [
      Row("\(verb) \(mebibytes(bytes)), X25519", pairs, peer: "age") {
        "\(decimal(Double(bytes) / $0 / 1e9, 2)) GB/s"
      },
      Row(
        "\(verb), peak memory", ours: mebibytes(mine), peer: mebibytes(its),
        ratio: Double(its) / Double(mine)),
    ]
  }

  private static func write(_ bytes: Int, to path: String) throws {
    var generator = SeededGenerator(seed: 1)
    try writeFile(path) { file in
      for _ in 0..<(bytes >> 20) {
        let words = (0..<(1 << 17)).map { _ in generator.next() }
        try file.write(contentsOf: words.withUnsafeBytes { Data($0) })
      }
    }
  }
}
