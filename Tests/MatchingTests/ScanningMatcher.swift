import Domain
import Glibc
import Matching

/// What the index has to answer, found by looking at every bureau: written from the rules alone, with nothing
/// of the index.
struct ScanningMatcher {
  struct Answer: Equatable {
    var ranked: [String] = []
    var machines: [String] = []
    var scores: [Double] = []
    var kilometres: [Double] = []
    var excluded: [String: Int] = [:]
  }

  private static let codes = [
    "process", "material", "build_volume", "certification", "territory", "capacity",
  ]

  /// Weights of distance and wait, in this proportion.
  var weights = (distance: 1.0, load: 0.0)

  func answer(_ request: MatchRequest, _ bureaus: [BureauCapabilities], count: Int) -> Answer {
    var answer = Answer()
    var found: [(id: String, machine: String, score: Double, kilometres: Double)] = []
    for bureau in bureaus {
      var furthest = 0
      var best: (machine: String, score: Double, kilometres: Double)?
      for (number, site) in bureau.sites.enumerated() {
        for machine in site.machines {
          let passed = gatesPassed(request, bureau, number, machine)
          furthest = max(furthest, passed)
          guard passed == Self.codes.count else { continue }
          let kilometres = distance(site.coordinates, request.destination)
          let score = score(kilometres, bureau.queueHours)
          if best.map({ score > $0.score }) ?? true { best = (machine.id, score, kilometres) }
        }
      }
      if let best {
        found.append((bureau.id, best.machine, best.score, best.kilometres))
      } else {
        answer.excluded[Self.codes[furthest], default: 0] += 1
      }
    }
    found.sort { left, right in
      left.score != right.score
        ? left.score > right.score : Array(left.id.utf8).lexicographicallyPrecedes(right.id.utf8)
    }
    for one in found.prefix(count) {
      answer.ranked.append(one.id)
      answer.machines.append(one.machine)
      answer.scores.append(one.score)
      answer.kilometres.append(one.kilometres)
    }
    return answer
  }

  private func gatesPassed(
    _ request: MatchRequest, _ bureau: BureauCapabilities, _ site: Int,
    _ machine: BureauCapabilities.Machine
  ) -> Int {
    guard machine.process == request.process else { return 0 }
    guard machine.materials.contains(request.material) else { return 1 }
    guard !request.sizes.isEmpty, request.sizes.allSatisfy({ holds($0, machine.buildVolume) })
    else { return 2 }
    let isCertified = request.schemes.allSatisfy { scheme in
      bureau.certificates.contains { held in
        held.scheme == scheme && held.validFrom <= request.productionDay
          && request.productionDay <= held.validUntil
          && (held.scope.site ?? site) == site
          && (held.scope.process ?? request.process) == request.process
          && (held.scope.material ?? request.material) == request.material
          && (held.scope.machine ?? machine.id) == machine.id
      }
    }
    guard isCertified else { return 3 }
    guard bureau.shipsTo?.contains(request.country) ?? true else { return 4 }
    return bureau.jobsLeft == 0 ? 5 : 6
  }

  /// In any of the six orders of its axes.
  private func holds(_ part: BoxSize, _ room: BoxSize) -> Bool {
    let (a, b, c) = (part.x, part.y, part.z)
    return [(a, b, c), (a, c, b), (b, a, c), (b, c, a), (c, a, b), (c, b, a)].contains {
      $0.0 <= room.x && $0.1 <= room.y && $0.2 <= room.z
    }
  }

  private func score(_ kilometres: Double, _ hours: Double) -> Double {
    let (distance, load) = weights
    let near = 500 / (500 + kilometres)
    guard load > 0 else { return near }
    return distance / (distance + load) * near + load / (distance + load) * (72 / (72 + hours))
  }

  private func distance(_ from: Coordinates, _ to: Coordinates) -> Double {
    // The haversine formula, with degrees turned to radians in the same way, so that near ties fall alike.
    let radian = Double.pi / 180
    let up = sin((to.latitude - from.latitude) * radian / 2)
    let across = sin((to.longitude - from.longitude) * radian / 2)
    let north = cos(to.latitude * radian)
    let south = cos(from.latitude * radian)
    let part = up * up + north * south * across * across
    return 2 * 6_371.0088 * asin(min(1, part.squareRoot()))
  }
}
