import Geometry

/// What `everpart inspect --json --profile` says of whether a part can be printed.
func printabilityJSON(_ report: PrintabilityReport) -> JSONValue {
  [
    "process": .string(report.process),
    "process_name": report.processName.map { .string($0) } ?? .null,
    "rules": .string(report.rules), "verdict": .string(report.verdict.rawValue),
    "build_volume_mm": report.buildVolume.map(json) ?? .null,
    "build_volume_typical": .bool(report.buildVolumeIsTypical),
    "fits_turned_freely": report.fitsTurnedFreely.map { .bool($0) } ?? .null,
    "fits": .array(
      report.fits.map {
        [
          "up": json($0.orientation.up), "size_mm": json($0.size), "fit": .string($0.kind.rawValue),
        ]
      }),
    "orientation": report.orientation.map { choice in
      .object(
        json(choice.measurement).merging(["reason": .string(choice.reason)]) { own, _ in own })
    } ?? .null,
    "findings": .array(report.findings.map(json)),
  ]
}

/// The same, of a part that was not measured.
///
/// - Parameter reason: why, as the end of a sentence.
func printabilityJSON(process: String, notMeasured reason: String) -> JSONValue {
  [
    "process": .string(process),
    "verdict": .string(PrintabilityReport.Verdict.notKnown.rawValue),
    "not_measured": .string(reason),
  ]
}

private func json(_ finding: PrintabilityFinding) -> JSONValue {
  [
    "code": .string(finding.code.rawValue), "severity": .string(finding.severity.rawValue),
    "message": .string(finding.message), "advice": .string(finding.advice),
    "measured": finding.measured.map { .number($0) } ?? .null,
    "limit": finding.limit.map { .number($0) } ?? .null,
    "unit": finding.unit.map { .string($0) } ?? .null,
    "at_mm": finding.place.map(json) ?? .null, "facets": json(facets: finding.facets),
    "source": finding.source.map(json) ?? .null,
  ]
}

private func json(_ source: RuleSource) -> JSONValue {
  [
    "title": .string(source.title), "quality": .string(source.quality.rawValue),
    "location": source.location.map { .string($0) } ?? .null,
  ]
}
