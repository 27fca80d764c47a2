import Domain
import Matching
import TestSupport
import Testing

@Test("every bureau is a candidate, or excluded with at least one reason, and never both")
func everyBureauIsAnswered() {
  var random = RandomNetwork(seed: 1)
  var candidates = 0
  for _ in 0..<500 {
    let network = random.network()
    let outcome = Matcher().match(random.requirement(), in: network)
    let chosen = outcome.candidates.map(\.bureau)
    let excluded = outcome.exclusions.map(\.bureau)
    #expect((chosen + excluded).sorted() == network.bureaus.map(\.id).sorted())
    #expect(outcome.exclusions.allSatisfy { !$0.reasons.isEmpty })
    candidates += chosen.count
  }
  #expect(candidates > 50, "the networks are too poor to show anything")
}

@Test("a candidate's machine is its bureau's own, at the named site, and passes every gate")
func candidatesQualify() {
  var random = RandomNetwork(seed: 2)
  for _ in 0..<500 {
    let network = random.network()
    let requirement = random.requirement()
    for candidate in Matcher().match(requirement, in: network).candidates {
      let bureau = network.bureaus.first { $0.id == candidate.bureau }
      let site = bureau?.sites.first { $0.id == candidate.site }
      let machine = site?.machines.first { $0.id == candidate.machine }
      guard let bureau, let machine else {
        Issue.record("the candidate is not in the network")
        return
      }
      #expect(bureau.recipient != nil)
      #expect(machine.process == requirement.process)
      #expect(machine.materials.contains(requirement.material))
      #expect(requirement.sizes.allSatisfy { $0.fits(in: machine.buildVolume) })
      for scheme in requirement.certifications {
        #expect(
          bureau.certifications.contains {
            $0.scheme == scheme
              && $0.covers(
                site: candidate.site, machine: machine, material: requirement.material)
              && $0.validFrom <= requirement.productionDay
              && requirement.productionDay <= $0.validUntil
          })
      }
    }
  }
}

@Test("asking for more never adds a candidate")
func constraintsOnlyRemove() {
  var random = RandomNetwork(seed: 3)
  for _ in 0..<500 {
    let network = random.network()
    let loose = random.requirement()
    var strict = loose
    switch Int.random(in: 0..<4, using: &random.generator) {
    case 0: strict.certifications.append(random.pick(RandomNetwork.schemes))
    case 1: strict.sizes.append(BoxSize(x: 190, y: 190, z: 190)!)
    case 2:
      if let bureau = network.bureaus.first { strict.priorAnswers[bureau.id] = .declined }
    default:
      strict.sizes = strict.sizes.map { BoxSize(x: $0.x * 1.3, y: $0.y, z: $0.z)! }
    }
    let before = Set(Matcher().match(loose, in: network).candidates.map(\.bureau))
    let after = Set(Matcher().match(strict, in: network).candidates.map(\.bureau))
    #expect(after.isSubset(of: before))
  }
}

@Test("one more gate never adds a candidate, and its reasons are given")
func gatesOnlyRemove() {
  var random = RandomNetwork(seed: 4)
  let france = Gate { _, way in
    way.site.country.code == "FR"
      ? [] : [Exclusion(code: "test.france", message: "Not in France.", audience: .brand)]
  }
  for _ in 0..<300 {
    let network = random.network()
    let requirement = random.requirement()
    let before = Matcher().match(requirement, in: network).candidates.map(\.bureau)
    let outcome = Matcher(gates: Gate.ground + [france]).match(requirement, in: network)
    #expect(Set(outcome.candidates.map(\.bureau)).isSubset(of: Set(before)))
    for candidate in outcome.candidates {
      let sites = network.bureaus.flatMap(\.sites)
      #expect(sites.first { $0.id == candidate.site }?.country.code == "FR")
    }
  }
}

@Test("the order in which a network lists its bureaus changes nothing")
func listingOrderDoesNotMatter() {
  var random = RandomNetwork(seed: 5)
  for _ in 0..<200 {
    var network = random.network()
    let requirement = random.requirement()
    let outcome = Matcher().match(requirement, in: network)
    network.bureaus.shuffle(using: &random.generator)
    #expect(Matcher().match(requirement, in: network) == outcome)
  }
}

@Test("candidates come nearest first, and every bureau with its nearest qualified machine")
func nearestFirst() {
  var random = RandomNetwork(seed: 6)
  for _ in 0..<300 {
    let network = random.network()
    let requirement = random.requirement()
    let candidates = Matcher().match(requirement, in: network).candidates
    let distances = candidates.map(\.distanceKilometres)
    #expect(distances == distances.sorted())
    for candidate in candidates {
      let bureau = network.bureaus.first { $0.id == candidate.bureau }
      for machine in (bureau?.sites ?? []).flatMap(\.machines) {
        let alone = Matcher().match(requirement, in: network.only(candidate.bureau, machine.id))
        if let other = alone.candidates.first {
          #expect(candidate.distanceKilometres <= other.distanceKilometres)
        }
      }
    }
  }
}

@Test("a choice stands alone: the candidate qualifies in the network of nothing but itself")
func onlyKeepsCandidates() {
  var random = RandomNetwork(seed: 7)
  for _ in 0..<300 {
    let network = random.network()
    let requirement = random.requirement()
    for candidate in Matcher().match(requirement, in: network).candidates {
      let only = network.only(candidate.bureau, candidate.machine)
      #expect(Matcher().match(requirement, in: only).candidates == [candidate])
    }
  }
}
