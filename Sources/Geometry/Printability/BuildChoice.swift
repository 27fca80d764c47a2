/// The orientation to print a part in, and why.
public struct BuildChoice: Hashable, Sendable, Codable {
  /// The orientation and what it takes.
  public let measurement: OrientationMeasurement
  /// Why it is the best of those that are allowed, in one sentence.
  public let reason: String

  /// What an orientation is chosen for.
  struct Wish {
    /// The room is a machine's own, and not only typical of the process.
    var volumeIsGiven: Bool
    var needsSupports: Bool
    /// Height over the shorter side of the footprint from which a part sways.
    var slendernessMax: Double?
    /// Directions along none of the part's axes are no more than an offer, to be taken where they gain
    /// something.
    var prefersAxes: Bool
    /// Of the part's box, in cubic millimetres.
    var boxVolume: Double
  }

  /// The best of several orientations.
  ///
  /// In a given room one that fits comes before one that may or does not. Then one that is not too slender;
  /// where supports are needed one that has a foot and stands by itself on it; one that fits into a room
  /// that is only typical; then the one with the least support; then the lowest; then the one that rests
  /// on the largest area; then the first.
  ///
  /// Nil if none of the allowed ones was measured.
  init?(among measured: [OrientationMeasurement], allowed: [BuildFit], for wish: Wish) {
    var candidates = allowed.enumerated().compactMap { index, fit -> Candidate? in
      measured.first { $0.orientation == fit.orientation }.map {
        Candidate($0, fit, index: index, for: wish)
      }
    }
    if wish.prefersAxes {
      let plain = candidates.filter { $0.measurement.orientation.isAlongAxis }
      if let usual = plain.min(by: <), let best = candidates.min(by: <), !best.gains(over: usual) {
        candidates = plain
      }
    }
    guard let best = candidates.min(by: <) else { return nil }
    measurement = best.measurement
    reason = Self.reason(best, among: candidates, for: wish)
  }

  private static func reason(
    _ best: Candidate, among candidates: [Candidate], for wish: Wish
  ) -> String {
    let measurement = best.measurement
    var reasons: [String] = []
    var start = ""
    var it = "it"
    switch (best.fit, wish.volumeIsGiven) {
    case (.fits, true): reasons.append("it fits")
    case (.fitsTurned, true): reasons.append("it fits if it is turned about the vertical")
    case (.fitsTurned, false):
      reasons.append("it has to be turned about the vertical to fit a machine of typical size")
    case (.notKnown, true): reasons.append("it may fit")
    case (.tooLarge, true):
      start = candidates.count == 1 ? "" : "None of the \(candidates.count) orientations fits. "
      if candidates.count == 1 { reasons.append("it does not fit") } else { it = "this one" }
    default: break
    }
    // Of one there is no least, and what has less may not fit or stand.
    func rank(_ value: (Candidate) -> Double) -> String {
      candidates.allSatisfy { value($0) >= value(best) }
        ? "of the \(candidates.count) orientations" : "of those that fit and stand as well"
    }
    if wish.needsSupports {
      let support = "\(rough(measurement.supportVolume)) mm³"
      reasons.append(
        measurement.supportVolume == 0
          ? "\(it) needs no support"
          : candidates.count == 1
            ? "\(it) needs \(support) of support"
            : "\(it) needs the least support \(rank { $0.support }), \(support)")
      if best.lacksFoot {
        reasons.append("it stands on an edge or a point only")
      } else if let isStable = measurement.isStable {
        reasons.append(isStable ? "it stands by itself" : "it does not stand by itself")
      }
    } else {
      let height = "\(shown(measurement.height)) mm"
      reasons.append(
        candidates.count == 1
          ? "\(it) is \(height) high" : "\(it) is the lowest \(rank { $0.height }), \(height)")
    }
    let text = reasons.joined(separator: ", ")
    return start + text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  private struct Candidate: Comparable {
    let measurement: OrientationMeasurement
    let fit: BuildFit.Kind
    let support: Double
    let height: Double
    let lacksFoot: Bool
    /// What must not be worse for anything else to be better.
    private let soundness: [Double]
    private let index: Int
    private let needsSupports: Bool

    init(
      _ measurement: OrientationMeasurement, _ fit: BuildFit, index: Int, for wish: Wish
    ) {
      self.measurement = measurement
      self.fit = fit.kind
      self.index = index
      needsSupports = wish.needsSupports
      support =
        needsSupports ? rounded(measurement.supportVolume, to: wish.boxVolume * 1e-6) : 0
      height = rounded(measurement.height, to: 1e-6)
      lacksFoot = needsSupports && measurement.lacksFoot
      let topples = needsSupports && measurement.isStable == false
      let isSlender =
        wish.slendernessMax.map { fit.size.y > 0 && measurement.height / fit.size.y > $0 } ?? false
      let room: Double =
        switch fit.kind {
        case .fits, .fitsTurned: 0
        case .notKnown: 1
        case .tooLarge: 2
        }
      let stand = [isSlender, lacksFoot, topples].map { $0 ? 1.0 : 0 }
      soundness = wish.volumeIsGiven ? [room] + stand : stand + [room]
    }

    /// The better comes first.
    static func < (left: Self, right: Self) -> Bool {
      left.rank.lexicographicallyPrecedes(right.rank)
    }

    private var rank: [Double] {
      soundness + [
        support, height, -rounded(measurement.bedContactArea, to: 1e-6), fit == .fitsTurned ? 1 : 0,
        Double(index),
      ]
    }

    /// Whether it is better than a usual one by more than sampling and chance: sounder, or a twentieth
    /// less support or height.
    func gains(over usual: Self) -> Bool {
      if soundness != usual.soundness {
        return soundness.lexicographicallyPrecedes(usual.soundness)
      }
      return needsSupports && usual.support > 0
        ? support < 0.95 * usual.support : height < 0.95 * usual.height
    }
  }
}

extension OrientationMeasurement {
  /// Whether nothing that has an area lies on the bed.
  var lacksFoot: Bool { bedContactArea < 1e-6 }
}

/// Rounded, so that no last bit of a sum decides.
private func rounded(_ value: Double, to step: Double) -> Double {
  step > 0 ? (value / step).rounded() * step : value
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
