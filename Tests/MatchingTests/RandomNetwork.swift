import Domain
import Matching
import TestSupport

/// Networks and requirements of few enough values that gates are met and missed about as often.
struct RandomNetwork {
  private static let materials = ["PA12", "PETG"].compactMap(Material.init(_:))
  private static let processes: [PrintProcess] = [.polymerLaserPowderBedFusion, .materialExtrusion]
  private static let countries = ["DE", "FR"].compactMap(Country.init(_:))
  static let schemes = ["ISO 9001", "EN 45545-2"]
  static let day = CalendarDay(daysSinceEpoch: 20_000)

  var generator: SeededGenerator
  private let now = Instant(milliseconds: 1_772_355_600_000)

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func network() -> Network {
    let count = Int.random(in: 0...6, using: &generator)
    return Network(version: 1, bureaus: (0..<count).map { _ in bureau() })
  }

  mutating func bureau() -> BureauSnapshot {
    let sites = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      SiteSnapshot(
        id: id(), country: pick(Self.countries), coordinates: place(),
        machines: (0..<Int.random(in: 0...2, using: &generator)).map { _ in machine() })
    }
    let certifications = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      certification(sites: sites)
    }
    return BureauSnapshot(
      id: id(), name: "B", recipient: pick([nil, .classical, .postQuantum, .postQuantum]),
      sites: sites, certifications: certifications)
  }

  mutating func requirement() -> Requirement {
    Requirement(
      process: pick(Self.processes), material: pick(Self.materials), sizes: [box(), box()],
      certifications: Self.schemes.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 },
      productionDay: Self.day, destination: place(), licence: LicenceTerms(authorisedUnits: 5),
      keys: DesignKeyPolicy(isPostQuantumOnly: pick([true, false])), quantity: 1)
  }

  mutating func place() -> Coordinates {
    Coordinates(
      latitude: .random(in: -90...90, using: &generator),
      longitude: .random(in: -180...180, using: &generator))!
  }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &generator)]
  }

  private mutating func id<Kind>() -> Identifier<Kind> { Identifier(at: now, using: &generator) }

  private mutating func box() -> BoxSize {
    let sides = (0..<3).map { _ in Double.random(in: 10...250, using: &generator) }
    return BoxSize(x: sides[0], y: sides[1], z: sides[2])!
  }

  private mutating func machine() -> Machine {
    Machine(
      id: id(), name: "M", process: pick(Self.processes),
      materials: Bool.random(using: &generator) ? Self.materials : [pick(Self.materials)],
      buildVolume: BoxSize(x: 200, y: 200, z: .random(in: 150...300, using: &generator))!)
  }

  private mutating func certification(sites: [SiteSnapshot]) -> Certification {
    let from = Self.day + .random(in: -10...2, using: &generator)
    return Certification(
      id: id(), scheme: pick(Self.schemes), site: pick([nil, sites.first?.id]),
      process: pick([nil, Self.processes[0]]), issuer: "I", validFrom: from,
      validUntil: from + .random(in: 0...20, using: &generator), documentSHA256: "")
  }
}
