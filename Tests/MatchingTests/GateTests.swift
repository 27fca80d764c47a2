import Domain
import Matching
import TestSupport
import Testing

private let day = CalendarDay(daysSinceEpoch: 20_000)

private struct Case {
  var network: Network
  var requirement: Requirement

  init() throws {
    let ambient = Ambient.simulated()
    let now = ambient.now()
    let material = try #require(Material("PA12"))
    let berlin = try #require(Coordinates(latitude: 52.5, longitude: 13.4))
    let machine = Machine(
      id: ambient.identifier(at: now), name: "M", process: .polymerLaserPowderBedFusion,
      materials: [material], buildVolume: try #require(BoxSize(x: 200, y: 250, z: 330)))
    let site = SiteSnapshot(
      id: ambient.identifier(at: now), country: try #require(Country("DE")), coordinates: berlin,
      machines: [machine])
    network = Network(
      version: 1,
      bureaus: [
        BureauSnapshot(
          id: ambient.identifier(at: now), name: "B", recipient: .postQuantum, sites: [site],
          certifications: [
            Certification(
              id: ambient.identifier(at: now), scheme: "ISO 9001", issuer: "I", validFrom: day,
              validUntil: day + 10, documentSHA256: "")
          ])
      ])
    requirement = Requirement(
      process: .polymerLaserPowderBedFusion, material: material,
      sizes: [try #require(BoxSize(x: 300, y: 10, z: 10))], certifications: ["ISO 9001"],
      productionDay: day, destination: berlin, licence: LicenceTerms(authorisedUnits: 1),
      keys: DesignKeyPolicy(), quantity: 1)
  }

  var codes: [String] {
    Matcher().match(requirement, in: network).exclusions.flatMap { $0.reasons.map(\.code) }
  }
}

@Test("a bureau that has all that is asked for is the candidate")
func qualified() throws {
  let given = try Case()
  #expect(given.codes.isEmpty)
  let candidate = try #require(
    Matcher().match(given.requirement, in: given.network).candidates.first)
  #expect(candidate.bureau == given.network.bureaus[0].id)
  #expect(candidate.distanceKilometres == 0)
}

@Test("each missing thing has its own code")
func eachReason() throws {
  let faults: [(String, (inout Case) throws -> Void)] = [
    ("match.process", { $0.requirement.process = .materialExtrusion }),
    ("match.material", { $0.requirement.material = try #require(Material("PETG")) }),
    (
      "match.build_volume",
      {
        $0.requirement.sizes.append(try #require(BoxSize(x: 331, y: 1, z: 1)))
      }
    ),
    ("match.not_measured", { $0.requirement.sizes = [] }),
    ("match.certification_missing", { $0.requirement.certifications = ["EN 45545-2"] }),
    ("match.certification_expired", { $0.requirement.productionDay = day + 11 }),
    ("match.certification_not_yet_valid", { $0.requirement.productionDay = day + -1 }),
    ("match.not_enrolled", { $0.network.bureaus[0].recipient = nil }),
    ("design.key_type", { $0.network.bureaus[0].recipient = .classical }),
    ("match.no_machine", { $0.network.bureaus[0].sites[0].machines = [] }),
    (
      "match.already_declined",
      { $0.requirement.priorAnswers[$0.network.bureaus[0].id] = .declined }
    ),
    ("match.already_expired", { $0.requirement.priorAnswers[$0.network.bureaus[0].id] = .expired }),
    ("match.already_asked", { $0.requirement.priorAnswers[$0.network.bureaus[0].id] = .asked }),
  ]
  for (code, fault) in faults {
    var given = try Case()
    try fault(&given)
    #expect(given.codes == [code])
  }
}

@Test("a classical key is no reason where the brand allows it")
func classicalKeys() throws {
  var given = try Case()
  given.network.bureaus[0].recipient = .classical
  given.requirement.keys = DesignKeyPolicy(isPostQuantumOnly: false)
  #expect(given.codes.isEmpty)
}

@Test("a certification for another site, process, material or machine is none")
func certificationScope() throws {
  let ambient = Ambient.simulated(seed: 8)
  let faults: [(inout Certification) -> Void] = [
    { $0.site = ambient.identifier(at: ambient.now()) },
    { $0.process = .materialExtrusion },
    { $0.material = Material("PETG") },
    { $0.machine = ambient.identifier(at: ambient.now()) },
  ]
  for fault in faults {
    var given = try Case()
    fault(&given.network.bureaus[0].certifications[0])
    #expect(given.codes == ["match.certification_missing"])
  }
}

@Test("a renewed certification counts though an older one has lapsed")
func renewal() throws {
  var given = try Case()
  var lapsed = given.network.bureaus[0].certifications[0]
  lapsed.validFrom = day + -20
  lapsed.validUntil = day + -10
  given.network.bureaus[0].certifications.insert(lapsed, at: 0)
  #expect(given.codes.isEmpty)
  given.network.bureaus[0].certifications.removeLast()
  #expect(given.codes == ["match.certification_expired"])
}

@Test("of several machines, the reasons are those of the one that comes closest")
func closestMachine() throws {
  var given = try Case()
  given.requirement.sizes = [try #require(BoxSize(x: 400, y: 400, z: 400))]
  var other = given.network.bureaus[0].sites[0].machines[0]
  other.id = Ambient.simulated(seed: 6).identifier(at: Instant(milliseconds: 0))
  other.process = .materialExtrusion
  let closest = given.network.bureaus[0].sites[0].machines[0].id
  given.network.bureaus[0].sites[0].machines.insert(other, at: 0)
  let exclusion = try #require(
    Matcher().match(given.requirement, in: given.network).exclusions.first)
  #expect(exclusion.machine == closest)
  #expect(exclusion.reasons.map(\.code) == ["match.build_volume"])
}

@Test("distances agree with known ones and never are not a number")
func distances() throws {
  let berlin = try #require(Coordinates(latitude: 52.52, longitude: 13.405))
  let paris = try #require(Coordinates(latitude: 48.8566, longitude: 2.3522))
  // 877.5 km on this sphere.
  #expect(abs(berlin.greatCircleKilometres(to: paris) - 877.5) < 1)
  #expect(berlin.roadKilometres(to: paris) == berlin.greatCircleKilometres(to: paris) * 1.2)
  let antipodes = try #require(Coordinates(latitude: -52.52, longitude: 13.405 - 180))
  #expect(abs(berlin.greatCircleKilometres(to: antipodes) - 20_015.1) < 1)
  #expect(berlin.greatCircleKilometres(to: berlin) == 0)
}
