import Domain
import Licensing
import TestSupport
import Testing

private let day = CalendarDay(daysSinceEpoch: 20_000)
private let germany = Country("DE")!
private let france = Country("FR")!

private func request(
  units: Int = 1, country: Country = germany, day: CalendarDay = day
) -> LicenceRequest {
  LicenceRequest(units: units, country: country, day: day)
}

@Test("a request within all terms is permitted, and the permit says what for")
func permitted() throws {
  let terms = LicenceTerms(
    authorisedUnits: 3, territories: [germany], validFrom: day, validUntil: day)
  let decision = terms.decide(request(units: 3))
  #expect(decision.refusals.isEmpty)
  #expect(try decision.get().request == request(units: 3))
}

@Test("each term refuses with its own code, at its exact border")
func eachTerm() {
  let terms = LicenceTerms(
    authorisedUnits: 3, territories: [germany], validFrom: day, validUntil: day + 2)
  #expect(terms.decide(request(units: 0)).refusals == [.units])
  #expect(terms.decide(request(units: -1)).refusals == [.units])
  #expect(terms.decide(request(units: 4)).refusals == [.units])
  #expect(terms.decide(request(country: france)).refusals == [.territory])
  #expect(terms.decide(request(day: day + -1)).refusals == [.dates])
  #expect(terms.decide(request(day: day + 2)).refusals.isEmpty)
  #expect(terms.decide(request(day: day + 3)).refusals == [.dates])
}

@Test("all reasons are given at once")
func allReasons() {
  let terms = LicenceTerms(authorisedUnits: 0, territories: [germany], validUntil: day + -1)
  let decision = terms.decide(request(country: france))
  #expect(decision.refusals == [.units, .territory, .dates])
  let problem = #expect(throws: Problem.self) { try decision.get() }
  #expect(problem?.code == "licence.units")
}

@Test("no territories means anywhere")
func openTerms() {
  let terms = LicenceTerms(authorisedUnits: 1)
  #expect(terms.decide(request(country: france)).refusals.isEmpty)
}

@Test("a stricter licence never permits what a looser one refuses")
func strictness() {
  var generator = SeededGenerator(seed: 11)
  for _ in 0..<500 {
    let asked = request(
      units: .random(in: 0...5, using: &generator),
      country: Bool.random(using: &generator) ? germany : france,
      day: day + .random(in: -3...3, using: &generator))
    let loose = LicenceTerms(
      authorisedUnits: .random(in: 0...5, using: &generator),
      territories: Bool.random(using: &generator) ? [] : [germany, france],
      validUntil: Bool.random(using: &generator) ? nil : day + 1)
    var strict = loose
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: strict.authorisedUnits = max(0, loose.authorisedUnits - 1)
    case 1: strict.territories = [germany]
    default: strict.validUntil = day
    }
    let refused = Set(loose.decide(asked).refusals)
    #expect(refused.isSubset(of: Set(strict.decide(asked).refusals)))
  }
}
