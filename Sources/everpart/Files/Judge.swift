public import ArgumentParser
import Domain
public import Geometry

/// What a part is held against: a profile's process, the machine's room and the design rules.
struct Judge {
  private let request: PrintRequest
  private let rules: PrintabilityRules

  /// - Parameter orientations: those that are allowed; none for all along its axes and its smallest box.
  init(
    profile path: String, buildVolume: BuildVolume?, orientations: [BuildOrientation],
    rules: String?
  ) throws {
    let profile = try readJSON(path, as: PrintProfile.self, what: "a print profile")
    request = PrintRequest(
      process: profile.process.rawValue,
      layerHeightMillimetres: Double(profile.layerHeightMicrometres) / 1000,
      buildVolume: buildVolume?.millimetres,
      orientations: orientations.isEmpty ? nil : orientations)
    do {
      self.rules =
        try rules.map { try PrintabilityRules(json: try readSmallBytes($0)) } ?? .standard
    } catch let refusal as RuleRefusal {
      let member = refusal.member.isEmpty ? "" : " \(refusal.member):"
      throw Problem(
        .invalid, refusal.code.rawValue, "\(rules ?? "The rules"):\(member) \(refusal.message)")
    }
  }

  /// The abbreviation of the profile's process.
  var process: String { request.process }

  /// What has to be measured for it.
  var effort: PartSurvey.Effort {
    PartSurvey.Effort(
      orientations: request.orientations,
      rules: rules.rules(for: request.process)?.orientationRules ?? OrientationRules())
  }

  func report(on survey: PartSurvey) -> PrintabilityReport {
    PrintabilityReport(of: survey.facts, for: request, by: rules)
  }
}

/// `220x220x250` or `220,220,250`, in millimetres.
struct BuildVolume: ExpressibleByArgument {
  let millimetres: SIMD3<Double>

  init?(argument: String) {
    let sides = argument.split(whereSeparator: { "x×X,".contains($0) }).map { Double($0) }
    guard sides.count == 3, let x = sides[0], let y = sides[1], let z = sides[2],
      [x, y, z].allSatisfy({ $0 > 0 && $0 <= 100_000 })
    else { return nil }
    millimetres = SIMD3(x, y, z)
  }
}

/// `+z`, `-x`: a direction of the part.
extension BuildOrientation: ExpressibleByArgument {
  /// Reads `+z`; fails for what is along no axis.
  public init?(argument: String) {
    guard let axis = BuildOrientation.alongAxes.first(where: { $0.axisName == argument }) else {
      return nil
    }
    self = axis
  }

  /// `+z` for a direction along an axis; nil for any other.
  var axisName: String? {
    for (name, value) in [("x", up.x), ("y", up.y), ("z", up.z)] where value.magnitude == 1 {
      return (value > 0 ? "+" : "-") + name
    }
    return nil
  }
}

extension PreviewMark {
  /// A finding where the part has it.
  init(_ finding: PrintabilityFinding) {
    self.init(
      severity: finding.severity == .error
        ? .error : finding.severity == .warning ? .warning : .note,
      facets: finding.facets, points: finding.place.map { [$0] } ?? [])
  }
}
