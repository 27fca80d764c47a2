import Domain

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

  /// What keeps it from being signed and reported, in words; empty when nothing does. These are the
  /// broker's own limits: a completion that is in the journal has to be one that it takes.
  var faults: [String] {
    [Self.fault("machine", machine), Self.fault("material_lot", materialLot)].compactMap(\.self)
      + ((measurements ?? [:]).count > 100 ? ["there are more than 100 measurements"] : [])
      + ((measurements ?? [:]).keys.allSatisfy { $0.isPlainText(maximumBytes: 200) }
        ? [] : ["a measured feature's name is not 1 to 200 bytes of plain text"])
  }

  /// What is wrong with a text that the broker gets.
  static func fault(_ member: String, _ text: String?) -> String? {
    guard let text else { return "“\(member)” is missing" }
    return text.isPlainText(maximumBytes: 200)
      ? nil : "“\(member)” is not 1 to 200 bytes of text without control characters"
  }
}
