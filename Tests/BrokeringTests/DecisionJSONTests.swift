import Database
import Domain
import Foundation
import TestSupport
import Testing

@testable import Brokering
@testable import Matching

@Test("a decision is written as JSONEncoder writes it, whatever its texts and numbers are")
func decisionJSON() throws {
  let ambient = Ambient.simulated(seed: 9)
  var random = SeededGenerator(seed: 10)
  let scalars =
    (0..<0x250).compactMap { Unicode.Scalar($0) } + ["\u{2028}", "\u{1F4A9}", "\u{FFFF}"]
  func text() -> String {
    String(
      String.UnicodeScalarView(
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
          scalars.randomElement(using: &random) ?? "x"
        }))
  }
  func id<Kind>() -> Identifier<Kind> { ambient.identifier(at: ambient.now()) }
  for round in 0..<200 {
    let numbers: [Double] = [0, 5, 308.7, 0.1, 1e-7, 123_456_789.5, 20_015.086_796_020_572]
    let outcome = DecisionOutcome(
      MatchOutcome(
        candidates: (0..<Int.random(in: 0...12, using: &random)).map { _ in
          Candidate(
            bureau: id(), site: id(), machine: id(),
            distanceKilometres: numbers.randomElement(using: &random) ?? 1)
        },
        exclusions: (0..<Int.random(in: 0...12, using: &random)).map { index in
          MatchOutcome.ExcludedBureau(
            bureau: id(), machine: index.isMultiple(of: 2) ? id() : nil,
            reasons: (0...Int.random(in: 0...2, using: &random)).map { _ in
              Exclusion(
                code: text(), message: text(),
                audience: index.isMultiple(of: 3) ? .brand : .everyone)
            })
        }))
    #expect(JSONWriter(outcome).text == (try StoredJSON.text(outcome)), "round \(round)")
    let place = try #require(
      Coordinates(
        latitude: Double(Int.random(in: -900...900, using: &random)) / 10,
        longitude: Double(Int.random(in: -1800...1800, using: &random)) / 10))
    let answers = [PriorAnswer.asked, .declined, .expired].prefix(
      Int.random(in: 0...3, using: &random))
    let inputs = DecisionInputs(
      revision: id(), profile: Bool.random(using: &random) ? id() : nil, licence: id(),
      isPostQuantumOnly: [true, false, nil].randomElement(using: &random) ?? nil,
      quantity: Int.random(in: 1...10_000, using: &random),
      productionDay: ambient.now().day + Int.random(in: 0...400, using: &random),
      destination: place,
      priorAnswers: Dictionary(
        uniqueKeysWithValues: answers.map { ((id() as BureauID).text, $0) }))
    #expect(JSONWriter(inputs).text == (try StoredJSON.text(inputs)), "round \(round)")
    let data = Dictionary([(text(), text()), (text(), text())]) { first, _ in first }
    var json = JSONWriter()
    json.object(data)
    #expect(json.text == (try StoredJSON.text(data)), "round \(round)")
  }
}
