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

  private func needsQuotes(_ what: String) -> ValidationError {
    ValidationError(
      "The policy \(rawValue) needs \(what), which come with quotes and are not here yet. Without quotes there are "
        + "nearest and balanced (distance and wait, by half).")
  }
}
