/// What processes can print, as data: for each process of ISO/ASTM 52900 its limits, each with the source
/// of its number.
///
/// The rules that come with Everpart are `standard`, from `Rules/printability_rules.json`; that file is
/// the example for one's own. A rule file may hold any processes, also ones that 52900 does not know, and
/// takes the place of the standard rules for those that it holds (`replacing(with:)`).
public struct PrintabilityRules: Hashable, Sendable {
  /// What its author calls this state of the rules, for example `2026-11`; a report names it.
  public let edition: String
  /// The rules of each process, in the file's order; no process comes twice.
  public let processes: [ProcessRules]

  init(edition: String, processes: [ProcessRules]) {
    self.edition = edition
    self.processes = processes
  }

  /// The rules that come with Everpart. (A test holds that they can be read; could they not, they would
  /// be empty, and no process known.)
  public static let standard =
    (try? PrintabilityRules(json: PackageResources.printability_rules_json))
    ?? PrintabilityRules(edition: "", processes: [])

  /// The rules of a process by its code, such as `PBF-LB/P`; nil if there are none.
  public func rules(for process: String) -> ProcessRules? {
    processes.first { $0.process == process }
  }

  /// These rules, with those of `other` for the processes that it holds. The edition names both.
  public func replacing(with other: PrintabilityRules) -> PrintabilityRules {
    let replaced = processes.map { other.rules(for: $0.process) ?? $0 }
    let added = other.processes.filter { rules(for: $0.process) == nil }
    return PrintabilityRules(
      edition: "\(edition), \(other.edition)", processes: replaced + added)
  }
}

/// What one process can print.
public struct ProcessRules: Hashable, Sendable {
  /// The code, such as `MEX`.
  public let process: String
  /// What the process is called.
  public let name: String
  /// What stays in a hollow that nothing can leave, such as `liquid resin`; nil if it stays empty.
  public let trapped: String?
  /// Whether overhangs need supports, which must be taken away afterwards.
  public let needsSupports: Bool
  /// Facets that face down and lie flatter than this, in degrees from the horizontal, are overhangs.
  public let overhangAngle: Sourced<Double>?
  /// The diameter in millimetres of a hole through which `trapped` can leave: what is advised for a hollow
  /// that has none. Holes that are there are not held against it.
  public let escapeHoleMillimetres: Sourced<Double>?
  /// The room in a machine that is typical of the process.
  public let buildVolume: TypicalBuildVolume
  /// The limits, in the file's order.
  public let limits: [RuleLimit]

  /// What to measure orientations with.
  public var orientationRules: OrientationRules {
    overhangAngle.map { OrientationRules(overhangAngle: $0.value) } ?? OrientationRules()
  }

  /// The limits on one measure, the most severe first.
  public func limits(on measure: RuleLimit.Measure) -> [RuleLimit] {
    limits.filter { $0.measure == measure }.sorted { $0.severity < $1.severity }
  }
}

/// A number and where it is from.
public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The number.
  public let value: Value
  /// Where it is from.
  public let source: RuleSource
}

/// The room in a machine that is typical of a process.
public struct TypicalBuildVolume: Hashable, Sendable {
  /// Its sides along x, y and z, in millimetres.
  public let size: SIMD3<Double>
  /// The machine.
  public let machine: String
  /// Where the numbers are from.
  public let source: RuleSource
}

/// A limit on one measure of a part.
public struct RuleLimit: Hashable, Sendable {
  /// What is limited. The raw values are members of a rule file and of a report.
  public enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
    /// The thinnest wall, in millimetres; at least.
    case wall
    /// The smallest gap, in millimetres; at least.
    case gap
    /// The longest side of the part's box, in millimetres; at least.
    case partSize = "part_size"
    /// The volume of all hollows that nothing can leave, in cubic millimetres; at most. A hollow with a
    /// hole of any size is none of these.
    case enclosedVoid = "enclosed_void"
    /// The area of overhangs in the best orientation, in square millimetres; at most.
    case overhang
    /// Height over the shorter side of the footprint in the best orientation; at most.
    case slenderness
    /// The area that lies on the bed in the best orientation, in square millimetres; at most. Large flat
    /// areas warp.
    case bedArea = "bed_area"
    /// The layer height in millimetres; at least.
    case layerHeightMin = "layer_height_min"
    /// The layer height in millimetres; at most.
    case layerHeightMax = "layer_height_max"
  }

  /// What is limited.
  public let measure: Measure
  /// The limit, in the measure's unit.
  public let limit: Double
  /// What it means to be beyond it.
  public let severity: FindingSeverity
  /// What the limit holds for, if not for everything: `walls held on one side only`.
  public let appliesTo: String?
  /// Where the number is from.
  public let source: RuleSource
}

/// Where a number is from.
public struct RuleSource: Hashable, Sendable, Codable {
  /// How far to trust a number. The raw values are members of a rule file and of a report.
  public enum Quality: String, Hashable, Sendable, Codable, CaseIterable {
    /// A standard says so.
    case standard
    /// A reviewed paper says so.
    case paper
    /// A maker of machines or a bureau says so of its own.
    case vendorGuide = "vendor_guide"
    /// Somebody's experience.
    case ruleOfThumb = "rule_of_thumb"
  }

  /// What it is called.
  public let title: String
  /// How far to trust it.
  public let quality: Quality
  /// Its address, if it has one.
  public let location: String?

  enum CodingKeys: String, CodingKey {
    case title, quality
    case location = "where"
  }
}

/// What it means that a part is beyond a limit, the worst first. The raw values are members of a rule
/// file and of a report.
public enum FindingSeverity: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
  /// The part cannot be printed so.
  case error
  /// It can be printed, but may fail or differ from the drawing.
  case warning
  /// Worth knowing.
  case note

  /// The worse comes first.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}
