import ArgumentParser
import Domain
import FoundationEssentials
import Glibc

/// The other side of the hot folder, simulated, for demonstrations and tests.
struct Workshop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workshop",
    abstract: "Simulate the printer, the inspection bench and the shipping desk.",
    discussion: """
      A SIMULATION: nothing is printed, measured or shipped, and what it writes for every part \
      that the agent hands over (machine, material lot, measurements, carrier, tracking number) is \
      made up. It runs until it is killed.
      """)

  @Option(help: "The folder that the agent hands parts over in.")
  var hotFolder: String

  @Option(help: "How long a print takes; the parcel leaves as long after.")
  var seconds = 3.0

  func validate() throws {
    guard seconds >= 0, seconds <= 86_400 else {
      throw ValidationError("--seconds is from 0 to 86400.")
    }
  }

  func run() throws {
    Terminal.write(
      Terminal.paint("simulation", .yellow)
        + "  no printer here: every part in \(hotFolder) is answered with made-up results")
    if access(hotFolder, F_OK) != 0 {
      Terminal.write("waiting  for \(Terminal.plain(hotFolder)), which `agent run` makes")
    }
    var seenAt: [String: Duration] = [:]
    while true {
      let names = try Self.names(in: hotFolder)
      let now = Ambient.system.uptime()
      var waiting: [String: Duration] = [:]
      for (work, part) in Self.work(names) {
        let key = "\(work.rawValue) \(part)"
        let since = seenAt[key] ?? now
        if now - since < .seconds(seconds) {
          waiting[key] = since
        } else {
          try answer(work, part)
        }
      }
      seenAt = waiting
      usleep(100_000)
    }
  }

  // MARK: the folder

  private enum Work: String {
    case print
    case ship
  }

  /// What has not been answered: parts to print, and prints to ship.
  private static func work(_ names: Set<String>) -> [(Work, String)] {
    names.sorted().compactMap { name in
      guard name.hasPrefix("job_") else { return nil }
      if name.hasSuffix(".done") {
        let part = String(name.dropLast(5))
        return names.contains(part + ".shipped") ? nil : (.ship, part)
      }
      if name.hasSuffix(".ticket.json") { return nil }
      let isMarker = name.hasSuffix(".failed") || name.hasSuffix(".shipped")
      let isAnswered = names.contains(name + ".done") || names.contains(name + ".failed")
      return isMarker || isAnswered ? nil : (.print, name)
    }
  }

  private static func names(in folder: String) throws -> Set<String> {
    guard let directory = opendir(folder) else {
      // The agent has not made it yet.
      if errno == ENOENT { return [] }
      throw SystemFailure(folder)
    }
    defer { closedir(directory) }
    var names: Set<String> = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.insert(name) }
    }
    return names
  }

  private func answer(_ work: Work, _ part: String) throws {
    switch work {
    case .print:
      try write(try bench(for: part).outcome(of: part), to: part + ".done")
      Terminal.write("printed  \(Terminal.plain(part))  (simulated)")
    case .ship:
      // The agent clears the folder when it is done with a part, for example one that failed.
      guard access("\(hotFolder)/\(part).done", F_OK) == 0 else { return }
      try write(Bench().shipment(of: part), to: part + ".shipped")
      Terminal.write("shipped  \(Terminal.plain(part))  (simulated)")
    }
  }

  /// Under another name and then renamed, so that the agent never reads a half.
  private func write(_ value: JSONValue, to name: String) throws {
    let file = try OutputFile("\(hotFolder)/.\(name)")
    try file.write(Array(try jsonText(value).utf8))
    try file.finish()
    guard rename("\(hotFolder)/.\(name)", "\(hotFolder)/\(name)") == 0 else {
      throw SystemFailure(name)
    }
  }

  /// Reads the inspection plan off the job sheet that lies beside a part.
  private func bench(for part: String) throws -> Bench {
    struct Sheet: Decodable { let profile: PrintProfile }
    let text = try readSmallFile("\(hotFolder)/\(part).ticket.json")
    let plan = try JSONDecoder().decode(Sheet.self, from: Data(text.utf8)).profile.inspection
    return Bench(
      sizes: Dictionary(
        plan.map { ($0.feature, ($0.nominalMillimetres, $0.toleranceMillimetres)) },
        uniquingKeysWith: { first, _ in first }))
  }
}

/// Makes results up, the same ones whenever it is asked about the same part.
private struct Bench {
  /// Nominal sizes and tolerances in millimetres.
  var sizes: [String: (nominal: Double, tolerance: Double)] = [:]

  func outcome(of part: String) -> JSONValue {
    let measured = sizes.map { feature, size in
      // Up to two fifths of the tolerance, either way, to the hundredth where that is fine enough.
      let share = Double(number(part + feature) % 2001) / 1000 - 1
      let deviation = share * size.tolerance * 0.4
      let scale = size.tolerance >= 0.05 ? 100.0 : 100_000
      return (feature, JSONValue.number(((size.nominal + deviation) * scale).rounded() / scale))
    }
    return [
      "machine": "simulated printer",
      "material_lot": .string("SIM-\(digits(part + "lot", 6))"),
      "measurements": .object(Dictionary(uniqueKeysWithValues: measured)),
    ]
  }

  func shipment(of part: String) -> JSONValue {
    ["carrier": "Simulated Post", "tracking": .string("SIM\(digits(part + "parcel", 10))")]
  }

  private func digits(_ text: String, _ count: Int) -> String {
    String((0..<count).map { Character(String(number("\(text)\($0)") % 10)) })
  }

  /// FNV-1a with a final mix (Fowler, Noll and Vo; MurmurHash3's `fmix64`): repeatable in every
  /// process, unlike `Hasher`.
  private func number(_ text: String) -> UInt64 {
    var hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }
}
