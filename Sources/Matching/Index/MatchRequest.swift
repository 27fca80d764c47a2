public import Domain

/// What a job needs of whoever makes it, in the words of ``BureauCapabilities``.
public struct MatchRequest: Hashable, Sendable {
  /// The process.
  public var process: String
  /// The material, by its canonical name.
  public var material: String
  /// The boxes around the files: each must fit into the machine.
  public var sizes: [BoxSize]
  /// The schemes that the bureau must be certified to.
  public var schemes: [String]
  /// The day of production: certifications must be valid on it.
  public var productionDay: CalendarDay
  /// Where the part goes.
  public var destination: Coordinates
  /// The country that it goes to.
  public var country: Country

  /// A request.
  public init(
    process: String, material: String, sizes: [BoxSize], schemes: [String],
    productionDay: CalendarDay, destination: Coordinates, country: Country
  ) {
    self.process = process
    self.material = material
    self.sizes = sizes
    self.schemes = schemes
    self.productionDay = productionDay
    self.destination = destination
    self.country = country
  }
}

/// What a bureau is asked, in this order. It is excluded for the first that its best machine fails: the one
/// that comes furthest.
public enum MatchGate: Int, Hashable, Sendable, CaseIterable {
  /// It runs the process.
  case process
  /// It has the material for it.
  case material
  /// The part fits, turned about the axes.
  case buildVolume
  /// It is certified on the day of production.
  case certification
  /// It ships to the country.
  case territory
  /// It takes another job.
  case capacity

  /// Stable and machine-readable.
  public var code: String {
    switch self {
    case .process: "process"
    case .material: "material"
    case .buildVolume: "build_volume"
    case .certification: "certification"
    case .territory: "territory"
    case .capacity: "capacity"
    }
  }
}

/// How many bureaus each gate excludes.
public struct ExclusionCounts: Hashable, Sendable {
  private var counts = [Int](repeating: 0, count: MatchGate.allCases.count)

  init() {}

  /// The bureaus whose first failing gate this is.
  public internal(set) subscript(gate: MatchGate) -> Int {
    get { counts[gate.rawValue] }
    set { counts[gate.rawValue] = newValue }
  }

  /// All bureaus that are excluded.
  public var total: Int { counts.reduce(0, +) }
}

/// A bureau that can make a job, and what that is worth.
public struct RankedBureau: Hashable, Sendable {
  /// The bureau's number in the index.
  public var bureau: Int
  /// The number, within the bureau, of the machine that would make it.
  public var machine: Int
  /// The great-circle distance to the destination in kilometres.
  public var distanceKilometres: Double
  /// From 0 to 1 (``Ranking``).
  public var score: Double
}
