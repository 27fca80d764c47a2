public import Domain

/// What comes of one bureau, and the datum that decided it: for everybody who asks "why not them?".
public struct MatchVerdict: Hashable, Sendable {
  /// Why a bureau is excluded: what its best machine, the one that comes furthest, fails first.
  public enum Exclusion: Hashable, Sendable {
    /// It runs other processes, these.
    case process(runs: [String])
    /// Its machines for the process have other materials, these.
    case material(has: [String])
    /// The part fits into none of its machines for that; this is the build volume that comes closest.
    case buildVolume(room: BoxSize)
    /// It never held a certification to this scheme for that.
    case certificationMissing(scheme: String)
    /// Its certification ended on this day, before that of production.
    case certificationExpired(scheme: String, on: CalendarDay)
    /// Its certification begins on this day, after that of production.
    case certificationNotYetValid(scheme: String, from: CalendarDay)
    /// It ships to these countries, not to that of the destination.
    case territory(shipsTo: [Country])
    /// It takes no more jobs.
    case capacity

    /// The gate that it fails.
    public var gate: MatchGate {
      switch self {
      case .process: .process
      case .material: .material
      case .buildVolume: .buildVolume
      case .certificationMissing, .certificationExpired, .certificationNotYetValid:
        .certification
      case .territory: .territory
      case .capacity: .capacity
      }
    }
  }

  /// The bureau's identifier.
  public var bureau: String
  /// Its name.
  public var name: String
  /// The machine that this is about: of those that come furthest the best, and of those the first. `nil`
  /// for a bureau without a machine.
  public var machine: String?
  /// Where that machine stands.
  public var place: Coordinates?
  /// The great-circle distance from there in kilometres.
  public var distanceKilometres: Double?
  /// The score of a bureau that can do it.
  public var score: Double?
  /// Why it cannot; `nil` when it can.
  public var exclusion: Exclusion?

  /// The verdict on a bureau.
  public init(_ bureau: BureauCapabilities, for request: MatchRequest, by ranking: Ranking) {
    let wanted = Wanted(request: request, bureau: bureau)
    var best: (way: Wanted.Way, score: Double)?
    for (number, site) in bureau.sites.enumerated() {
      let kilometres = request.destination.greatCircleKilometres(to: site.coordinates)
      let score = ranking.score(kilometres: kilometres, queueHours: bureau.queueHours)
      for machine in site.machines {
        let way = Wanted.Way(site: number, machine: machine, kilometres: kilometres)
        guard let known = best else {
          best = (way, score)
          continue
        }
        let (rank, other) = (wanted.furthest(way), wanted.furthest(known.way))
        if rank != other ? rank > other : wanted.isCloser(way, score, known.way, known.score) {
          best = (way, score)
        }
      }
    }
    self.bureau = bureau.id
    name = bureau.name
    machine = best?.way.machine.id
    place = best.map { bureau.sites[$0.way.site].coordinates }
    distanceKilometres = best?.way.kilometres
    exclusion = best.map { wanted.exclusion($0.way) } ?? .process(runs: [])
    score = exclusion == nil ? best?.score : nil
  }
}

/// What a request wants of one bureau.
private struct Wanted {
  let request: MatchRequest
  let bureau: BureauCapabilities

  struct Way {
    let site: Int
    let machine: BureauCapabilities.Machine
    let kilometres: Double
  }

  /// How many gates a way passes.
  func furthest(_ way: Way) -> Int { exclusion(way)?.gate.rawValue ?? MatchGate.allCases.count }

  /// Of two ways that come as far: the one with the larger room where the part is too large, else the better
  /// score.
  func isCloser(_ way: Way, _ score: Double, _ other: Way, _ otherScore: Double) -> Bool {
    if case .buildVolume? = exclusion(way) { return excess(way) < excess(other) }
    return score > otherScore
  }

  /// By how many millimetres the part is too large, on the side where that is most.
  private func excess(_ way: Way) -> Double {
    let room = way.machine.buildVolume.sortedSides
    return request.sizes.map { ($0.sortedSides - room).max() }.max() ?? .infinity
  }

  func exclusion(_ way: Way) -> MatchVerdict.Exclusion? {
    guard way.machine.process == request.process else {
      return .process(runs: distinct(machines.map(\.process)))
    }
    guard way.machine.materials.contains(request.material) else {
      return .material(
        has: distinct(machines.filter { $0.process == request.process }.flatMap(\.materials)))
    }
    guard !request.sizes.isEmpty,
      request.sizes.allSatisfy({ $0.fits(in: way.machine.buildVolume) })
    else { return .buildVolume(room: way.machine.buildVolume) }
    for scheme in request.schemes {
      if let exclusion = certification(scheme, way) { return exclusion }
    }
    if let countries = bureau.shipsTo, !countries.contains(request.country) {
      return .territory(shipsTo: countries)
    }
    return (bureau.jobsLeft ?? 1) > 0 ? nil : .capacity
  }

  private var machines: [BureauCapabilities.Machine] { bureau.sites.flatMap(\.machines) }

  private func distinct(_ names: [String]) -> [String] { Set(names).sorted() }

  private func certification(_ scheme: String, _ way: Way) -> MatchVerdict.Exclusion? {
    let day = request.productionDay
    let held = bureau.certificates.filter { certificate in
      let scope = certificate.scope
      return certificate.scheme == scheme && scope.site ?? way.site == way.site
        && scope.process ?? request.process == request.process
        && scope.material ?? request.material == request.material
        && scope.machine ?? way.machine.id == way.machine.id
    }
    if held.contains(where: { $0.validFrom <= day && day <= $0.validUntil }) { return nil }
    if let last = held.filter({ $0.validUntil < day }).map(\.validUntil).max() {
      return .certificationExpired(scheme: scheme, on: last)
    }
    return held.map(\.validFrom).min().map {
      .certificationNotYetValid(scheme: scheme, from: $0)
    } ?? .certificationMissing(scheme: scheme)
  }
}
