/// A judgement under way: what was found so far.
struct PrintabilityCheck {
  let facts: PartFacts
  let request: PrintRequest
  let process: ProcessRules?
  let volume: SIMD3<Double>?
  private let known: [String]
  private(set) var findings: [PrintabilityFinding] = []
  private(set) var fits: [BuildFit] = []
  private(set) var fitsTurnedFreely: Bool?
  private(set) var choice: BuildChoice?
  /// Whether an error may be hidden by what was not measured.
  private(set) var mayHideError = false

  init(facts: PartFacts, request: PrintRequest, rules: PrintabilityRules) {
    self.facts = facts
    self.request = request
    process = rules.rules(for: request.process)
    volume = request.buildVolume ?? process?.buildVolume.size
    known = rules.processes.map(\.process)
  }

  mutating func run() {
    checkMesh()
    checkFit()
    guard let process else {
      mayHideError = true
      add(
        PrintabilityFinding(
          .processUnknown, .warning, "There are no rules for this process.",
          advice: "Name one of \(known.joined(separator: ", ")), or give rules for it."))
      return
    }
    checkLayerHeight(process)
    checkSize(process)
    checkWalls(process)
    checkGaps(process)
    checkVoids(process)
    checkOrientation(process)
  }

  mutating func add(_ finding: PrintabilityFinding) { findings.append(finding) }

  /// What was measured; else a finding says why it was not, which weighs what it may hide.
  mutating func known<Value>(
    _ measured: Measured<Value>, _ name: String, hiding worst: FindingSeverity?
  ) -> Value? {
    switch measured {
    case .measured(let value): return value
    case .notMeasured(let reason):
      addUnmeasured(
        "\(name): not measured, because \(reason).", hiding: worst,
        advice: NotMeasured.advice(on: reason))
      return nil
    }
  }

  /// Says that something was measured only in part.
  mutating func addIncomplete(_ name: String, hiding worst: FindingSeverity?) {
    addUnmeasured(
      "\(name): measured in part, up to the limit of steps; there may be worse.", hiding: worst)
  }

  private mutating func addUnmeasured(
    _ message: String, hiding worst: FindingSeverity?,
    advice: String? = nil
  ) {
    if worst == .error { mayHideError = true }
    add(
      PrintabilityFinding(
        .notMeasured, worst == .error ? .warning : .note, message,
        advice: advice ?? "Judge this from the drawing, or have it measured."))
  }

  // MARK: The room in the machine

  /// The orientations that are allowed.
  private var allowed: [BuildOrientation] {
    request.orientations ?? BuildOrientation.along(boxAxes: facts.orientedBoxAxes)
  }

  private mutating func checkFit() {
    guard let bounds = facts.bounds, let volume else { return }
    let box = facts.orientedBoxSize.value.map { (axes: facts.orientedBoxAxes, size: $0) }
    fits = allowed.map { BuildFit($0, of: bounds, turned: box, into: volume) }
    let isFound = fits.contains { $0.kind == .fits || $0.kind == .fitsTurned }
    let oriented = facts.orientedBoxSize
    let turned =
      BuildFit.fits(box: bounds.size, into: volume)
      || oriented.value.map { BuildFit.fits(box: $0, into: volume) } == true
    fitsTurnedFreely = isFound || turned ? true : oriented.value == nil ? nil : false
    guard !isFound else { return }

    let room = "\(shown(volume.x)) × \(shown(volume.y)) × \(shown(volume.z)) mm"
    let size = bounds.size
    let part = "\(shown(size.x)) × \(shown(size.y)) × \(shown(size.z)) mm"
    var finding: PrintabilityFinding
    if request.buildVolume == nil, let typical = process?.buildVolume {
      finding = PrintabilityFinding(
        .largerThanTypical, .note,
        "The part, \(part), does not fit into \(room), typical of the process "
          + "(\(typical.machine)), in the allowed orientations.",
        advice: "Ask for a machine with a larger room, or divide the part.")
      finding.source = typical.source
    } else if turned {
      finding = PrintabilityFinding(
        .fitsOnlyTurned, request.orientations == nil ? .warning : .error,
        "The part, \(part), fits into \(room), but in none of the allowed orientations.",
        advice: "Allow an orientation in which it lies askew, or divide the part.")
    } else if fits.contains(where: { $0.kind == .notKnown }) {
      _ = known(
        Measured<Never>.notMeasured("its orientation runs along none of its axes"),
        "Whether the part fits into \(room)", hiding: .error)
      return
    } else {
      let askew = oriented.value == nil ? " Whether it fits askew is not known." : ""
      finding = PrintabilityFinding(
        .tooLarge, .error, "The part, \(part), does not fit into \(room).\(askew)",
        advice: "Divide the part, scale it down, or take a larger machine.")
    }
    finding.measured = size.max()
    finding.limit = volume.max()
    finding.unit = "mm"
    add(finding)
  }

  /// Says that the part is too large for a typical room as it stands best, where it fits another way.
  private mutating func checkTypicalRoom(_ process: ProcessRules, _ fit: BuildFit) {
    guard request.buildVolume == nil, let volume, fit.kind == .tooLarge,
      fits.contains(where: { $0.kind == .fits || $0.kind == .fitsTurned })
    else { return }
    let room = "\(shown(volume.x)) × \(shown(volume.y)) × \(shown(volume.z)) mm"
    let part = "\(shown(fit.size.x)) × \(shown(fit.size.y)) × \(shown(fit.size.z)) mm"
    var finding = PrintabilityFinding(
      .largerThanTypical, .note,
      "With \(Self.axis(fit.orientation)) up, the part, \(part), does not fit into \(room), typical "
        + "of the process (\(process.buildVolume.machine)).",
      advice: "Ask for a machine with a larger room, or divide the part.")
    finding.source = process.buildVolume.source
    finding.measured = fit.size.max()
    finding.limit = volume.max()
    finding.unit = "mm"
    add(finding)
  }

  // MARK: Orientation

  private mutating func checkOrientation(_ process: ProcessRules) {
    let measures: [RuleLimit.Measure] = [.overhang, .slenderness, .bedArea]
    let limits = measures.flatMap { process.limits(on: $0) }
    guard
      let measured = known(
        facts.orientations, "Orientations", hiding: limits.map(\.severity).min() ?? .note)
    else { return }
    let size = facts.bounds?.size ?? .zero
    choice = BuildChoice(
      among: measured, allowed: fits,
      for: BuildChoice.Wish(
        volumeIsGiven: request.buildVolume != nil, needsSupports: process.needsSupports,
        slendernessMax: process.limits(on: .slenderness).map(\.limit).min(),
        prefersAxes: request.orientations == nil, boxVolume: size.x * size.y * size.z))
    let unmeasured = allowed.count { orientation in
      !measured.contains { $0.orientation == orientation }
    }
    if unmeasured > 0 {
      _ = known(
        Measured<Never>.notMeasured("they were left out"), "\(unmeasured) allowed orientations",
        hiding: .note)
    }
    guard let best = choice?.measurement,
      let fit = fits.first(where: { $0.orientation == best.orientation })
    else { return }
    checkTypicalRoom(process, fit)
    if !best.coverage.isComplete { addIncomplete("Support", hiding: .note) }
    checkOverhang(process, best)
    checkStand(process, best, footprint: fit.size)
  }
}
