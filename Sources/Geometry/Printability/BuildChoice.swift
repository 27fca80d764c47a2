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
    // Of one there is no least, and what has less may not fit or stand.
    func rank(_ value: (Candidate) -> Double) -> String {
      candidates.allSatisfy { value($0) >= value(best) }
        ? "of the \(candidates.count) orientations" : "of those that fit and stand as well"
    }
    if needsSupports {
      let support = "\(rough(measurement.supportVolume)) mm³"
      reasons.append(
        measurement.supportVolume == 0
          ? "it needs no support"
          : candidates.count == 1
            ? "it needs \(support) of support"
            : "it needs the least support \(rank { $0.support }), \(support)")
      switch measurement.isStable {
      case true?: reasons.append("it stands by itself")
      case false?: reasons.append("it does not stand by itself")
      case nil: break
      }
    } else {
      let height = "\(shown(measurement.height)) mm"
      reasons.append(
        candidates.count == 1
          ? "it is \(height) high"
          : "it is the lowest \(rank { Self.rounded($0.measurement.height, to: 1e-6) }), \(height)")
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

/// What was sampled or is only a measure of effort, for a person: three digits.
func rough(_ value: Double) -> String {
  guard value.isFinite, value.magnitude >= 1e-9 else { return shown(value) }
  var step = 1.0
  while value.magnitude / step >= 1000 { step *= 10 }
  while value.magnitude / step < 100 { step /= 10 }
  return shown((value / step).rounded() * step)
}

/// A number for a person: up to three decimals.
func shown(_ value: Double) -> String {
  guard value.magnitude < 1e12 else { return "\(value)" }
  let rounded = (value * 1000).rounded() / 1000
  return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
}
