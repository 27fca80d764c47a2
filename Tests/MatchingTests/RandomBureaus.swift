import Domain
import Matching
import TestSupport

/// Bureaus and requests of few enough values that gates are met and missed, and places and scores are the
/// same, about as often as not.
struct RandomBureaus {
  var generator: SeededGenerator
  /// Whether places are some few, among them the poles and both sides of the date line, or anywhere.
  var isCrowded = true

  private static let processes = ["PBF-LB/P", "MEX", "CNC routing"]
  private static let materials = ["PA12", "PETG", "oak"]
  private static let schemes = ["ISO 9001", "EN 45545-2", "ISO 13485"]
  private static let countries = ["DE", "FJ", "FR"].compactMap { Country($0) }
  /// Among them two that single precision cannot tell apart.
  private static let sides = [100, 200, 250.1, 250.1.nextUp, 330, 500]

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func bureaus(_ count: Int) -> [BureauCapabilities] {
    // Identifiers whose order by bytes is neither that of their making nor that of their letters.
    (0..<count).map { bureau(id: "\(["b", "B", "é", "z"][$0 % 4])\(97 * $0 % 1009)") }.shuffled(
      using: &generator)
  }

  mutating func bureau(id: String) -> BureauCapabilities {
    let sites = (0..<pick([0, 1, 1, 1, 2])).map { site in
      BureauCapabilities.Site(
        coordinates: place(), country: pick(Self.countries),
        machines: (0..<pick([0, 1, 1, 2, 3])).map { machine in
          BureauCapabilities.Machine(
            id: "m\(site)\(machine)", process: pick(Self.processes),
            materials: (0..<pick([1, 1, 2, 3])).map { _ in pick(Self.materials) },
            buildVolume: box())
        })
    }
    return BureauCapabilities(
      id: id, name: "Bureau \(id)", sites: sites,
      certificates: (0..<pick([0, 1, 2, 3])).map { _ in certificate(sites.count) },
      shipsTo: pick([true, true, false])
        ? nil : Self.countries.filter { _ in pick([true, false]) },
      jobsLeft: pick([nil, nil, 0, 1, 40]), queueHours: pick([0, 0, 12, 12, 72.5]))
  }

  mutating func certificate(_ siteCount: Int) -> BureauCapabilities.Certificate {
    let from = Int.random(in: 20_000..<20_030, using: &generator)
    return BureauCapabilities.Certificate(
      scheme: pick(Self.schemes), validFrom: CalendarDay(daysSinceEpoch: from),
      validUntil: CalendarDay(daysSinceEpoch: from + Int.random(in: 0..<30, using: &generator)),
      scope: .init(
        site: siteCount == 0
          ? nil : pick([nil, nil, Int.random(in: 0..<siteCount, using: &generator)]),
        process: pick([nil, nil, nil, Self.processes[0]]),
        material: pick([nil, nil, nil, Self.materials[0]]),
        machine: pick([nil, nil, nil, nil, "m00", "none"])))
  }

  mutating func request() -> MatchRequest {
    MatchRequest(
      process: pick(Self.processes + Self.processes + ["none"]),
      material: pick(Self.materials + Self.materials + ["none"]),
      sizes: (0..<pick([1, 1, 1, 2, 0])).map { _ in box() },
      schemes: pick([
        [], [], [Self.schemes[0]], [Self.schemes[1]], [Self.schemes[0], Self.schemes[1]], ["none"],
      ]),
      productionDay: CalendarDay(
        daysSinceEpoch: Int.random(in: 20_000..<20_060, using: &generator)),
      destination: place(), country: pick(Self.countries))
  }

  private mutating func box() -> BoxSize {
    guard let box = BoxSize(x: pick(Self.sides), y: pick(Self.sides), z: pick(Self.sides)) else {
      preconditionFailure("no box")
    }
    return box
  }

  private mutating func place() -> Coordinates {
    let some: [(Double, Double)] = [
      (90, 0), (90, 77), (-90, 0), (0, 180), (0, -180), (-17.8, 179.99), (-17.8, -179.99), (0, 0),
      (52.5, 13.4), (52.5, 13.4), (-52.5, -166.6),
    ]
    let anywhere = (
      Double.random(in: -90...90, using: &generator),
      Double.random(in: -180...180, using: &generator)
    )
    let (latitude, longitude) = isCrowded ? pick(some) : anywhere
    guard let place = Coordinates(latitude: latitude, longitude: longitude) else {
      preconditionFailure("no place")
    }
    return place
  }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &generator)]
  }
}
