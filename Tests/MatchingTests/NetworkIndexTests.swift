import Domain
import Matching
import TestSupport
import Testing

@Suite("The index answers what a scan does")
struct NetworkIndexTests {
  /// What the index says, in the scan's words.
  private func answer(
    _ index: NetworkIndex, _ request: MatchRequest, _ ranking: Ranking, count: Int
  ) -> ScanningMatcher.Answer {
    var answer = ScanningMatcher.Answer()
    for one in index.best(count, for: request, by: ranking) {
      let bureau = index.capabilities(of: one.bureau)
      answer.ranked.append(bureau.id)
      answer.machines.append(bureau.sites.flatMap(\.machines)[one.machine].id)
      answer.scores.append(one.score)
      answer.kilometres.append(one.distanceKilometres)
    }
    let counts = index.exclusions(for: request)
    for gate in MatchGate.allCases where counts[gate] > 0 {
      answer.excluded[gate.code] = counts[gate]
    }
    return answer
  }

  /// Networks of no bureau, of one and of many, each asked a hundred things.
  @Test("100,000 random requests to random networks", arguments: 0..<4)
  func random(quarter: Int) throws {
    var random = RandomBureaus(seed: UInt64(quarter))
    let balanced = try #require(Ranking(distance: 1, load: 1))
    var (assigned, differences) = (0, 0)
    for round in 0..<250 {
      random.isCrowded = round % 3 != 0
      let bureaus = random.bureaus([0, 1, 2, 9, 40, 150][round % 6])
      let index = NetworkIndex(version: 1, bureaus)
      for _ in 0..<100 {
        let request = random.request()
        let isNearest = random.pick([true, false])
        let scan = ScanningMatcher(weights: isNearest ? (1, 0) : (1, 1))
        let count = random.pick([1, 3, 10, 200])
        let wanted = scan.answer(request, bureaus, count: count)
        let given = answer(index, request, isNearest ? .nearest : balanced, count: count)
        if wanted != given { differences += 1 }
        if !wanted.ranked.isEmpty { assigned += 1 }
      }
    }
    #expect(differences == 0)
    #expect((2_000..<20_000).contains(assigned), "the networks show too little")
  }

  @Test("the verdict on each bureau agrees: first gate, machine, score, and the datum that decided")
  func verdicts() throws {
    var random = RandomBureaus(seed: 5)
    let balanced = try #require(Ranking(distance: 1, load: 1))
    var (differences, seen) = (0, Set<String>())
    for round in 0..<200 {
      random.isCrowded = round % 2 == 0
      let bureaus = random.bureaus(20)
      for _ in 0..<10 {
        let request = random.request()
        let scan = ScanningMatcher(weights: (1, 1))
        for bureau in bureaus {
          let verdict = MatchVerdict(bureau, for: request, by: balanced)
          let wanted = scan.answer(request, [bureau], count: 1)
          let code = verdict.exclusion?.gate.code
          seen.insert(code ?? "")
          let isRight =
            code.map { wanted.excluded == [$0: 1] && verdict.score == nil }
            ?? (wanted.machines == [verdict.machine] && wanted.scores == [verdict.score]
              && wanted.kilometres == [verdict.distanceKilometres])
          if !isRight { differences += 1 }
        }
      }
    }
    #expect(differences == 0)
    #expect(seen.count == MatchGate.allCases.count + 1)
  }

  @Test("after changes, before and after new trees")
  func changes() throws {
    var random = RandomBureaus(seed: 77)
    let balanced = try #require(Ranking(distance: 2, load: 1))
    let scan = ScanningMatcher(weights: (2, 1))
    var differences = 0
    for round in 0..<60 {
      random.isCrowded = round % 2 == 0
      var bureaus = random.bureaus(round)
      var index = NetworkIndex(version: 0, bureaus)
      for version in 1...20 {
        let id = random.pick(bureaus.map(\.id) + ["new\(version)", "B\(version)!"])
        bureaus.removeAll { $0.id == id }
        if random.pick([true, true, true, false]) {
          bureaus.append(random.bureau(id: id))
          index = index.replacing(bureaus[bureaus.count - 1], version: Int64(version))
        } else {
          index = index.removing(id, version: Int64(version))
        }
        #expect(index.version == Int64(version) && index.bureauCount == bureaus.count)
        if version == 15 { index = index.rebuilt() }
        for _ in 0..<5 {
          let request = random.request()
          let wanted = scan.answer(request, bureaus, count: 10)
          if answer(index, request, balanced, count: 10) != wanted { differences += 1 }
        }
      }
      // Without certifications for machines that are not there: they say nothing, and are not kept.
      let wanted = Set(
        bureaus.map { bureau in
          var bureau = bureau
          let machines = bureau.sites.flatMap(\.machines).map(\.id)
          bureau.certificates.removeAll { $0.scope.machine.map { !machines.contains($0) } ?? false }
          return bureau
        })
      let isTheSame = Set(index.bureaus) == wanted
      #expect(isTheSame)
    }
    #expect(differences == 0)
  }
}
