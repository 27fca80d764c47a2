import ArgumentParser
import Domain
import Geometry

/// What a part is held against: a profile's process, the machine's room and the design rules.
struct Judge {
  private let request: PrintRequest
  private let rules: PrintabilityRules

  init(profile path: String, buildVolume: BuildVolume?, rules: String?) throws {
    let profile = try readJSON(path, as: PrintProfile.self, what: "a print profile")
    request = PrintRequest(
      process: profile.process.rawValue,
      layerHeightMillimetres: Double(profile.layerHeightMicrometres) / 1000,
      buildVolume: buildVolume?.millimetres)
    do {
      self.rules = try rules.map { try PrintabilityRules(json: try readSmallBytes($0)) } ?? .standard
    } catch let refusal as RuleRefusal {
      throw Problem(.invalid, refusal.code.rawValue, refusal.message)
    }
  }

  /// What has to be measured for it.
  var effort: PartSurvey.Effort {
    PartSurvey.Effort(
      rules: rules.rules(for: request.process)?.orientationRules ?? OrientationRules())
  }

  func report(on survey: PartSurvey) -> PrintabilityReport {
    PrintabilityReport(of: survey.facts, for: request, by: rules)
  }
}

/// `220x220x250`, in millimetres.
struct BuildVolume: ExpressibleByArgument {
  let millimetres: SIMD3<Double>

  init?(argument: String) {
    let sides = argument.split(whereSeparator: { "x×X".contains($0) }).map { Double($0) }
    guard sides.count == 3, let x = sides[0], let y = sides[1], let z = sides[2],
      [x, y, z].allSatisfy({ $0 > 0 && $0 <= 100_000 })
    else { return nil }
    millimetres = SIMD3(x, y, z)
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
