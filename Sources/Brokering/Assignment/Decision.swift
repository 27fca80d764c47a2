import Database
public import Domain
public import Matching

/// A stored choice: what was asked, of which network, and what came of it.
public struct DecisionView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: DecisionID
  /// When it was made.
  public var decidedAt: Instant
  /// The network's version that it saw.
  public var networkVersion: Int64
  /// The gates and the ranking, by name and version.
  public var policy: String
  /// What was asked.
  public var inputs: DecisionInputs
  /// What came of it.
  public var outcome: DecisionOutcome
  /// What the bureaus that the outcome names are called today, by identifier.
  public var bureauNames: [String: String] = [:]

  init(row: Row) throws {
    id = try row.identifier("id")
    decidedAt = try row.instant("decided_at")
    networkVersion = try row.integer("network_version")
    policy = try row.text("policy")
    inputs = try row.json("inputs")
    outcome = try row.json("outcome")
  }

  private enum CodingKeys: String, CodingKey {
    case id, policy, inputs, outcome
    case bureauNames = "bureau_names"
    case decidedAt = "decided_at"
    case networkVersion = "network_version"
  }
}

/// What a choice depended on besides the network. Profile, sizes and terms are those of the revision
/// and the licence, which do not change.
public struct DecisionInputs: Hashable, Sendable, Codable {
  // Written by hand in DecisionJSON.swift, too.

  /// The revision to print.
  public var revision: RevisionID
  /// The revision's print profile. Left out in decisions from when a revision had one alone.
  public var profile: ProfileID?
  /// The licence to print under.
  public var licence: LicenceID
  /// Whether only post-quantum keys could receive the design, which its brand may change at any time.
  /// Left out in decisions from when the licence's terms said so.
  public var isPostQuantumOnly: Bool?
  /// How many units.
  public var quantity: Int
  /// The day on which certifications and licence had to be valid.
  public var productionDay: CalendarDay
  /// Where to, rounded to a tenth of a degree.
  public var destination: Coordinates
  /// The bureaus that had been asked before, and how that ended.
  public var priorAnswers: [String: PriorAnswer]

  private enum CodingKeys: String, CodingKey {
    case revision, profile, licence, quantity, destination
    case isPostQuantumOnly = "pq_only"
    case productionDay = "production_day"
    case priorAnswers = "prior_answers"
  }
}

/// What came of a choice: enough to explain it, however large the network.
public struct DecisionOutcome: Hashable, Sendable, Codable {
  // Written by hand in DecisionJSON.swift, too.

  /// How many bureaus a reason excluded.
  public struct ReasonCount: Hashable, Sendable, Codable {
    /// The reason's code.
    public var code: String
    /// How many bureaus it holds against.
    public var count: Int
    /// Who may be shown it.
    public var audience: Exclusion.Audience
  }

  /// How many candidates and how many excluded bureaus are kept one by one.
  static let countMax = 10

  /// The best ten, the first of which was chosen.
  public var candidates: [Candidate]
  /// How many there were.
  public var candidateCount: Int
  /// Ten of the excluded bureaus: those with the fewest reasons, which came closest.
  public var exclusions: [MatchOutcome.ExcludedBureau]
  /// How many there were.
  public var exclusionCount: Int
  /// All reasons against all bureaus, by code.
  public var reasons: [ReasonCount]

  /// The bureaus that are named one by one.
  var bureaus: [BureauID] { candidates.map(\.bureau) + exclusions.map(\.bureau) }

  init(_ outcome: MatchOutcome) {
    candidates = Array(outcome.candidates.prefix(Self.countMax))
    candidateCount = outcome.candidates.count
    let closest =
      outcome.exclusions.count <= Self.countMax
      ? outcome.exclusions
      : outcome.exclusions.sorted {
        ($0.reasons.count, $0.bureau) < ($1.reasons.count, $1.bureau)
      }
    exclusions = Array(closest.prefix(Self.countMax))
    exclusionCount = outcome.exclusions.count
    // There are a dozen codes and a bureau has two or three: looking through lists beats hashing.
    var counts: [ReasonCount] = []
    for exclusion in outcome.exclusions {
      for (index, reason) in exclusion.reasons.enumerated() {
        // Two missing certifications are one bureau that lacks certifications.
        if exclusion.reasons[..<index].contains(where: { $0.code == reason.code }) { continue }
        if let known = counts.firstIndex(where: { $0.code == reason.code }) {
          counts[known].count += 1
        } else {
          counts.append(ReasonCount(code: reason.code, count: 1, audience: reason.audience))
        }
      }
    }
    reasons = counts.sorted { $0.code < $1.code }
  }

  private enum CodingKeys: String, CodingKey {
    case candidates, exclusions, reasons
    case candidateCount = "candidate_count"
    case exclusionCount = "exclusion_count"
  }
}
