extension PrintabilityCheck {
  /// A finding for the worst of the limits on a measure that a value is beyond.
  func finding(
    _ code: PrintabilityFinding.Code, _ measured: Double, beyond limits: [RuleLimit],
    _ unit: String, advice: String, message: (RuleLimit) -> String
  ) -> PrintabilityFinding? {
    let crossed = limits.first { limit in
      switch limit.measure {
      case .wall, .gap, .partSize, .layerHeightMin: measured < limit.limit
      case .enclosedVoid, .overhang, .slenderness, .bedArea, .layerHeightMax:
        measured > limit.limit
      }
    }
    guard let crossed else { return nil }
    var finding = PrintabilityFinding(code, crossed.severity, message(crossed), advice: advice)
    finding.measured = measured
    finding.limit = crossed.limit
    finding.unit = unit
    finding.source = crossed.source
    return finding
  }

  /// `for round holes, material extrusion keeps 2 mm`: what a wall or gap is for is not known here, so the
  /// reader is told what the limit is meant for.
  func needs(_ process: ProcessRules, _ limit: RuleLimit, _ verb: String) -> String {
    let name = process.name
    let start = limit.appliesTo.map { "for \($0), \(name)" } ?? name
    return "\(start) \(verb) \(shown(limit.limit)) mm"
  }

  /// `0.8 mm or more`, and what the strictest limit asks for.
  func enough(_ limit: RuleLimit, of limits: [RuleLimit]) -> String {
    let text = "\(shown(limit.limit)) mm or more"
    guard let most = limits.max(by: { $0.limit < $1.limit }), most.limit > limit.limit else {
      return text
    }
    let better = "\(shown(most.limit)) mm"
    return text + (most.appliesTo.map { ", \(better) for \($0)" } ?? ", better \(better)")
  }

  mutating func checkLayerHeight(_ process: ProcessRules) {
    guard let height = request.layerHeightMillimetres else { return }
    guard height > 0, height.isFinite else {
      add(
        PrintabilityFinding(
          .layerHeight, .error, "The layer height is no length.",
          advice: "Give a layer height above 0 mm."))
      return
    }
    for measure in [RuleLimit.Measure.layerHeightMin, .layerHeightMax] {
      let found = finding(
        .layerHeight, height, beyond: process.limits(on: measure), "mm",
        advice: "Take a layer height that the process is run with."
      ) {
        "A layer height of \(shown(height)) mm is not usual in \(process.name): "
          + (measure == .layerHeightMin ? "at least" : "at most") + " \(shown($0.limit)) mm is."
      }
      if let found { add(found) }
    }
  }

  mutating func checkSize(_ process: ProcessRules) {
    guard let size = facts.bounds?.size.max() else { return }
    let found = finding(
      .tooSmall, size, beyond: process.limits(on: .partSize), "mm",
      advice: "Check the file's unit; a part 25.4 times too small was meant in inches."
    ) {
      "The whole part is \(shown(size)) mm long, smaller than a detail of \(shown($0.limit)) mm "
        + "that \(process.name) makes."
    }
    if let found { add(found) }
  }

  mutating func checkVoids(_ process: ProcessRules) {
    let limits = process.limits(on: .enclosedVoid)
    guard !limits.isEmpty,
      let voids = known(facts.voids, "Enclosed hollows", hiding: limits[0].severity)
    else { return }
    let hole = process.escapeHoleMillimetres
    let size = hole.map { " of at least \(shown($0.value)) mm" } ?? ""
    let found = finding(
      .enclosedVoid, voids.volume, beyond: limits, "mm3",
      advice: process.trapped == nil
        ? "Fill the hollow, or open it."
        : "Open each hollow with two holes\(size), far from each other."
    ) { _ in
      let what = voids.count == 1 ? "A hollow has" : "\(voids.count) hollows have"
      return "\(what) no way out\(process.trapped.map { " for \($0)" } ?? "")."
    }
    if var found {
      found.place = voids.largest.first.map { ($0.bounds.min + $0.bounds.max) / 2 }
      found.facets = voids.largest.map(\.facet)
      add(found)
    }
    if !voids.isComplete { addIncomplete("Enclosed hollows", hiding: limits[0].severity) }
  }

  mutating func checkOverhang(_ process: ProcessRules, _ best: OrientationMeasurement) {
    guard process.needsSupports, let angle = process.overhangAngle else { return }
    // Where all that faces down is held up, no chamfer helps.
    let isAlways = angle.value > 80
    let isSealed = (facts.voids.value?.count ?? 0) > 0
    let found = finding(
      .overhang, best.overhangArea, beyond: process.limits(on: .overhang), "mm2",
      advice: (isAlways
        ? "Expect a dull surface there"
        : "Chamfer what faces down to \(shown(angle.value))° or steeper")
        + (isSealed
          ? ". Supports in a hollow without a way out cannot be taken away: open it."
          : ", or leave room to take the supports away.")
    ) { _ in
      let area = "\(rough(best.overhangArea)) mm² face down"
      let flat = isAlways ? area : "\(area) flatter than \(shown(angle.value))°"
      let volume = "about \(rough(best.supportVolume)) mm³ of support"
      let sealed = isSealed ? ", some of it perhaps in a hollow without a way out" : ""
      return "With \(Self.axis(best.orientation)) up, \(flat) and need \(volume)\(sealed)."
    }
    if let found { add(found) }
  }

  /// `+z`, or the direction where no axis of the part is along it.
  static func axis(_ orientation: BuildOrientation) -> String {
    for (name, value) in zip(
      ["x", "y", "z"], [orientation.up.x, orientation.up.y, orientation.up.z])
    where value.magnitude == 1 {
      return (value > 0 ? "+" : "-") + name
    }
    let up = orientation.up
    return "(\(shown(up.x)), \(shown(up.y)), \(shown(up.z)))"
  }

  private var layingDown: String {
    if request.orientations != nil {
      return "Allow an orientation in which it lies, widen its foot,"
    }
    return request.buildVolume == nil
      ? "Widen its foot" : "Lay it down in a larger machine, widen its foot,"
  }

  /// How the part stands on the bed: on what, how tall, how safely.
  mutating func checkStand(
    _ process: ProcessRules, _ best: OrientationMeasurement, footprint: SIMD3<Double>
  ) {
    let up = "With \(Self.axis(best.orientation)) up, the part"
    if process.needsSupports, best.lacksFoot {
      add(
        PrintabilityFinding(
          .unstable, .note, "\(up) touches the bed at an edge or a point only.",
          advice: request.orientations == nil
            ? "Give it a flat foot, or expect supports below and around it."
            : "Allow an orientation in which a flat side lies on the bed, or give it a flat foot."))
    } else if process.needsSupports, best.isStable == false {
      add(
        PrintabilityFinding(
          .unstable, .note, "\(up) does not stand by itself.",
          advice: "Give it a flat foot below its centre of mass, or expect supports around it."))
    }
    if footprint.y > 0 {
      let found = finding(
        .slender, best.height / footprint.y, beyond: process.limits(on: .slenderness), "1",
        advice: layingDown + " or tie it to something that stands beside it."
      ) {
        "\(up) is \(rough(best.height / footprint.y)) times as tall as it is wide; above "
          + "\(shown($0.limit)) times it may sway or bend while it is made."
      }
      if let found { add(found) }
    }
    let found = finding(
      .warping, best.bedContactArea, beyond: process.limits(on: .bedArea), "mm2",
      advice: "Break the flat area up with ribs or cut-outs, or turn the part."
    ) { _ in "A flat area of \(rough(best.bedContactArea)) mm² at the bottom may warp." }
    if let found { add(found) }
  }
}
