import ArgumentParser
import Matching

/// What makes one bureau better than another.
enum MatchPolicy: String, CaseIterable, ExpressibleByArgument {
  case nearest, cheapest, fastest, greenest, balanced

  /// Its ranking; refused for a policy that needs what only a quote knows.
  func ranking() throws -> Ranking {
    switch self {
    case .nearest: return .nearest
    case .balanced:
      // What is known of the starting weights: distance .05, load .05.
      guard let ranking = Ranking(distance: 0.05, load: 0.05) else { return .nearest }
      return ranking
    case .cheapest: throw needsQuotes("prices")
    case .fastest: throw needsQuotes("promised dates")
    case .greenest: throw needsQuotes("carbon footprints")
    }
  }

  /// What a batch keeps small: kilometres, or what is missing from a score of 1.
  func cost(of one: RankedBureau) -> Double {
    self == .nearest ? one.distanceKilometres : 1 - one.score
  }

  /// The most that ``cost(of:)`` can be: half around the Earth, or all of a score.
  var costMax: Double { self == .nearest ? 20_016 : 1 }

  private func needsQuotes(_ what: String) -> ValidationError {
    ValidationError(
      "The policy \(rawValue) needs \(what), which come with quotes and are not here yet. Without quotes there are "
        + "nearest and balanced (distance and wait, by half).")
  }
}
