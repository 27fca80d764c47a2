public import Domain

/// A picture of a decision: where the part goes, which bureau makes it, which others could, and which
/// cannot and why. An SVG that needs nothing beside it.
///
/// Distances from the destination are true to scale, and lines from it are great circles (``MapProjection``).
public struct DecisionMap: Sendable {
  /// A bureau that can make it.
  public struct Candidate: Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// Where it is.
    public var place: Coordinates
    /// How far, in kilometres.
    public var distanceKilometres: Double
    /// From 0 to 1.
    public var score: Double

    /// A candidate.
    public init(name: String, place: Coordinates, distanceKilometres: Double, score: Double) {
      self.name = name
      self.place = place
      self.distanceKilometres = distanceKilometres
      self.score = score
    }
  }

  /// A bureau that cannot make it.
  public struct Excluded: Hashable, Sendable {
    /// Where it is.
    public var place: Coordinates
    /// Why not.
    public var gate: MatchGate

    /// An excluded bureau.
    public init(place: Coordinates, gate: MatchGate) {
      self.place = place
      self.gate = gate
    }
  }

  /// What is wanted, in a few words.
  public var title: String
  /// What more there is to say of it, in a line.
  public var subtitle: String
  /// Where the part goes.
  public var destination: Coordinates
  /// The best of those that can, the best first; ten are drawn.
  public var candidates: [Candidate]
  /// How many can.
  public var candidateCount: Int
  /// Which of them makes it.
  public var chosen: Int?
  /// Those that cannot.
  public var excluded: [Excluded]

  /// A map.
  public init(
    title: String, subtitle: String, destination: Coordinates, candidates: [Candidate],
    candidateCount: Int? = nil, chosen: Int?, excluded: [Excluded]
  ) {
    self.title = title
    self.subtitle = subtitle
    self.destination = destination
    self.candidates = candidates
    self.candidateCount = candidateCount ?? candidates.count
    self.chosen = chosen
    self.excluded = excluded
  }

  /// So many candidates are drawn.
  public static let candidatesMax = 10
  /// So many excluded bureaus are drawn at most, the nearest to the destination first.
  static let excludedMax = 400
  static let size = SIMD2<Double>(1120, 640)
  static let mapSize = SIMD2<Double>(760, 640)

  /// The page.
  public var svg: String {
    var page = DecisionPage(self)
    return page.drawn()
  }
}

extension MatchGate {
  /// What is said of those that it excludes: "31 do not run the process".
  public func words(count: Int, country: Country?) -> String {
    let isOne = count == 1
    return switch self {
    case .process: isOne ? "does not run the process" : "do not run the process"
    case .material: isOne ? "does not have the material" : "do not have the material"
    case .buildVolume: isOne ? "has no room for the part" : "have no room for the part"
    case .certification: isOne ? "is not certified that day" : "are not certified that day"
    case .territory: "\(isOne ? "does" : "do") not ship \(country.map { "to \($0)" } ?? "there")"
    case .capacity: isOne ? "takes no more jobs" : "take no more jobs"
    }
  }
}
