/// The orientation to print a part in, and why.
public struct BuildChoice: Hashable, Sendable, Codable {
  /// The orientation and what it takes.
  public let measurement: OrientationMeasurement
  /// Why it is the best of those that are allowed, in one sentence.
  public let reason: String

  /// The best of several orientations: one that fits before one that may or does not; where supports are
  /// needed, one that stands by itself, then the one with the least support; then the lowest; then the
  /// one that rests on the largest area; then the first.
  ///
  /// Nil if none of the allowed ones was measured.
  init?(
    among measured: [OrientationMeasurement], allowed: [BuildFit], volumeIsGiven: Bool,
    needsSupports: Bool, boxVolume: Double
  ) {
    let candidates = allowed.enumerated().compactMap { index, fit -> Candidate? in
      measured.first { $0.orientation == fit.orientation }.map {
        Candidate(
          measurement: $0, fit: fit.kind, index: index,
          support: needsSupports ? Self.rounded($0.supportVolume, to: boxVolume * 1e-6) : 0,
          topples: needsSupports && $0.isStable == false)
      }
    }
    guard let best = candidates.min(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) else {
      return nil
    }
    measurement = best.measurement
    var reasons: [String] = []
    if volumeIsGiven {
      let fits = best.fit == .fits || best.fit == .fitsTurned
      reasons.append(fits ? "it fits" : best.fit == .notKnown ? "it may fit" : "none fits")
    }
    if needsSupports {
      reasons.append(
        measurement.supportVolume == 0
          ? "it needs no support"
          : "it needs the least support of them, \(shown(measurement.supportVolume)) mm³")
      switch measurement.isStable {
      case true?: reasons.append("it stands by itself")
      case false?: reasons.append("it does not stand by itself")
      case nil: break
      }
    } else {
      reasons.append("it is the lowest of them, \(shown(measurement.height)) mm")
    }
    let text = reasons.joined(separator: ", ")
    reason = text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// Rounded, so that no last bit of a sum decides.
  private static func rounded(_ value: Double, to step: Double) -> Double {
    step > 0 ? (value / step).rounded() * step : value
  }

  private struct Candidate {
    let measurement: OrientationMeasurement
    let fit: BuildFit.Kind
    let index: Int
    let support: Double
    let topples: Bool

    /// Compared number by number; the smaller is better.
    var rank: [Double] {
      let fit: Double =
        switch fit {
        case .fits: 0
        case .fitsTurned: 1
        case .notKnown: 2
        case .tooLarge: 3
        }
      let height = rounded(measurement.height, to: 1e-6)
      return [
        fit, topples ? 1 : 0, support, height,
        -rounded(measurement.bedContactArea, to: 1e-6), Double(index),
      ]
    }
  }
}

/// A number for a person: up to three decimals.
func shown(_ value: Double) -> String {
  guard value.magnitude < 1e12 else { return "\(value)" }
  let rounded = (value * 1000).rounded() / 1000
  return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
}
