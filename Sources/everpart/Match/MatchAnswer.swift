import Domain
import Matching

/// An answer line (`Matching.md`).
struct MatchAnswer: Encodable {
  /// How many bureaus are ranked.
  static let rankedMax = 10

  struct Ranked: Encodable {
    let bureau: String
    let distanceKilometres: Double
    let score: Double

    private enum CodingKeys: String, CodingKey {
      case bureau, score
      case distanceKilometres = "distance_km"
    }
  }

  let id: String
  /// The bureau that is to make it; null when there is none.
  let assigned: String?
  let distanceKilometres: Double?
  let ranked: [Ranked]
  let excluded: [String: Int]
  /// Every bureau, when all were asked for.
  let bureaus: [ExplainedBureau]?

  init(
    _ request: MatchedRequest, assigned: RankedBureau?, ranked: [RankedBureau],
    in index: NetworkIndex,
    explainedBy ranking: Ranking?
  ) {
    id = request.id
    self.assigned = assigned.map { index.id(of: $0.bureau) }
    distanceKilometres = assigned?.distanceKilometres
    self.ranked = ranked.prefix(Self.rankedMax).map {
      Ranked(
        bureau: index.id(of: $0.bureau), distanceKilometres: $0.distanceKilometres, score: $0.score)
    }
    let counts = index.exclusions(for: request.request)
    excluded = Dictionary(
      uniqueKeysWithValues: MatchGate.allCases.filter { counts[$0] > 0 }.map {
        ($0.code, counts[$0])
      })
    bureaus = ranking.map { ranking in
      index.bureaus.map { bureau in
        ExplainedBureau(
          MatchVerdict(bureau, for: request.request, by: ranking), request.request)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    // Null where there is none, so that the members are always the same.
    try container.encode(assigned, forKey: .assigned)
    try container.encode(distanceKilometres, forKey: .distanceKilometres)
    try container.encode(ranked, forKey: .ranked)
    try container.encode(excluded, forKey: .excluded)
    try container.encodeIfPresent(bureaus, forKey: .bureaus)
  }

  private enum CodingKeys: String, CodingKey {
    case id, assigned, ranked, excluded, bureaus
    case distanceKilometres = "distance_km"
  }
}

/// What came of one bureau.
struct ExplainedBureau: Encodable {
  let bureau: String
  /// The code of the gate that excludes it; null for one that can do it.
  let code: String?
  /// What decided that.
  let datum: Datum?
  let reason: String?
  let machine: String?
  let distanceKilometres: Double?
  let score: Double?

  /// The members that a code has, and no others.
  struct Datum: Encodable {
    var processes: [String]?
    var materials: [String]?
    var buildVolume: [Double]?
    var scheme: String?
    var validFrom: CalendarDay?
    var validUntil: CalendarDay?
    var shipsTo: [Country]?
    var capacity: Int?

    private enum CodingKeys: String, CodingKey {
      case processes, materials, scheme, capacity
      case buildVolume = "build_volume_mm"
      case validFrom = "valid_from"
      case validUntil = "valid_until"
      case shipsTo = "ships_to"
    }

    init(_ exclusion: MatchVerdict.Exclusion) {
      switch exclusion {
      case .process(let runs): processes = runs
      case .material(let has): materials = has
      case .buildVolume(let room): buildVolume = [room.x, room.y, room.z]
      case .certificationMissing(let scheme): self.scheme = scheme
      case .certificationExpired(let scheme, let day): (self.scheme, validUntil) = (scheme, day)
      case .certificationNotYetValid(let scheme, let day): (self.scheme, validFrom) = (scheme, day)
      case .territory(let countries): shipsTo = countries
      case .capacity: capacity = 0
      }
    }
  }

  init(_ verdict: MatchVerdict, _ request: MatchRequest) {
    bureau = verdict.bureau
    code = verdict.exclusion?.gate.code
    datum = verdict.exclusion.map { Datum($0) }
    reason = verdict.exclusion?.words(for: request)
    machine = verdict.machine
    distanceKilometres = verdict.distanceKilometres
    score = verdict.score
  }

  private enum CodingKeys: String, CodingKey {
    case bureau, code, datum, reason, machine, score
    case distanceKilometres = "distance_km"
  }
}
