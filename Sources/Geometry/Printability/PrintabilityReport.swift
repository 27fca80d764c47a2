/// How a part is to be printed.
public struct PrintRequest: Hashable, Sendable {
  /// The process, by its code: `MEX`, `PBF-LB/P`.
  public var process: String
  /// The layer height in millimetres; nil if it is not known.
  public var layerHeightMillimetres: Double?
  /// The sides of the machine's room along x, y and z, in millimetres; nil for one that is typical of
  /// the process, which is then no more than a hint.
  public var buildVolume: SIMD3<Double>?
  /// The orientations in which the part may be printed; nil for the six along its axes and those
  /// along its smallest box.
  public var orientations: [BuildOrientation]?

  /// A request.
  public init(
    process: String, layerHeightMillimetres: Double? = nil, buildVolume: SIMD3<Double>? = nil,
    orientations: [BuildOrientation]? = nil
  ) {
    self.process = process
    self.layerHeightMillimetres = layerHeightMillimetres
    self.buildVolume = buildVolume
    self.orientations = orientations
  }
}

/// Whether a part can be printed with a process, what stands against it, and how to turn it; JSON with
/// the keys in `CodingKeys`.
///
/// The same facts, request and rules give the same report.
public struct PrintabilityReport: Hashable, Sendable, Codable {
  /// The answer. The raw values are part of the API.
  public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing stands against it.
    case printable
    /// Nothing but warnings.
    case withCare = "printable_with_care"
    /// There is an error.
    case notPrintable = "not_printable"
    /// There is no error, but there may be one where something was not measured, or the process is not
    /// known.
    case notKnown = "not_known"
  }

  /// The process asked for.
  public let process: String
  /// What it is called; nil if there are no rules for it.
  public let processName: String?
  /// The edition of the rules.
  public let rules: String
  /// The answer.
  public let verdict: Verdict
  /// The room that the part was held against: x, y and z in millimetres.
  public let buildVolume: SIMD3<Double>?
  /// Whether that room is no more than typical of the process.
  public let buildVolumeIsTypical: Bool
  /// Whether the part fits into it, for each allowed orientation in the request's order.
  public let fits: [BuildFit]
  /// Whether the part fits if it may be turned any way at all; nil where that is not known. True only if
  /// it was found to: a part may fit askew that is not seen to here.
  public let fitsTurnedFreely: Bool?
  /// The best of the allowed orientations; nil if none was measured.
  public let orientation: BuildChoice?
  /// What was found, the worst first; equally bad findings by code.
  public let findings: [PrintabilityFinding]

  /// Judges a part.
  public init(
    of facts: PartFacts, for request: PrintRequest, by rules: PrintabilityRules = .standard
  ) {
    var check = PrintabilityCheck(facts: facts, request: request, rules: rules)
    check.run()
    process = request.process
    processName = check.process?.name
    self.rules = rules.edition
    buildVolume = check.volume
    buildVolumeIsTypical = check.volume != nil && request.buildVolume == nil
    fits = check.fits
    fitsTurnedFreely = check.fitsTurnedFreely
    orientation = check.choice
    findings = check.findings.sorted(by: PrintabilityFinding.comesBefore)
    let worst = findings.first?.severity
    verdict =
      worst == .error
      ? .notPrintable
      : check.mayHideError ? .notKnown : worst == .warning ? .withCare : .printable
  }

  enum CodingKeys: String, CodingKey {
    case process, rules, verdict, fits, orientation, findings
    case processName = "process_name"
    case buildVolume = "build_volume_mm"
    case buildVolumeIsTypical = "build_volume_typical"
    case fitsTurnedFreely = "fits_turned_freely"
  }
}
