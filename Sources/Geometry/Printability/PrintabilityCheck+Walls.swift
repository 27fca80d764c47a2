extension PrintabilityCheck {
  /// Less than that is no distance but a place where two surfaces meet, in millimetres: no process makes it.
  private static let edge = 0.02

  mutating func checkWalls(_ process: ProcessRules) {
    let limits = process.limits(on: .wall)
    guard !limits.isEmpty,
      let walls = known(facts.walls, "Wall thickness", hiding: limits[0].severity)
    else { return }
    if let thinnest = walls.places.first(where: { !$0.runsOut }) {
      let crossed = limits.first { thinnest.distance < $0.limit }
      let found = finding(
        .wallTooThin, thinnest.distance, beyond: limits, "mm",
        advice: thinnest.distance < Self.edge
          ? "Let it end blunt, \(crossed.map { enough($0, of: limits) } ?? "")."
          : "Thicken it to \(crossed.map { enough($0, of: limits) } ?? ""), or add ribs to it."
      ) {
        let thin =
          thinnest.distance < Self.edge
          ? "A wall runs out to nothing" : "A wall is \(shown(thinnest.distance)) mm thick"
        return "\(thin); \(needs(process, $0, "needs"))."
      }
      if var found, let limit = found.limit {
        // One thin edge spoils a detail, not the part.
        if found.severity == .error, let usual = walls.fifthPercentile, usual >= limit {
          found.severity = .warning
        }
        found.mark(walls.places.filter { !$0.runsOut }, under: limit)
        add(found)
      }
    }
    checkEdges(walls, limits, process)
    if !walls.coverage.isComplete { addIncomplete("Wall thickness", hiding: limits[0].severity) }
  }

  /// Walls that run out to an edge: it is made as blunt as the process has to, which spoils no wall. Where
  /// a twentieth of the part is as thin as that, it is a blade.
  private mutating func checkEdges(
    _ walls: WallDistances, _ limits: [RuleLimit], _ process: ProcessRules
  ) {
    guard let sharpest = walls.places.first(where: \.runsOut) else { return }
    let crossed = limits.first { sharpest.distance < $0.limit }
    let found = finding(
      .wallTooThin, sharpest.distance, beyond: limits, "mm",
      advice: "If its shape matters, let it end blunt, "
        + "\(crossed.map { enough($0, of: limits) } ?? "")."
    ) {
      "A sharp edge: a wall runs out to nothing; \(needs(process, $0, "needs"))."
    }
    if var found, let limit = found.limit {
      let isBlade = walls.fifthPercentile.map { $0 < limit } ?? false
      found.severity = found.severity == .error && isBlade ? .warning : .note
      found.mark(walls.places.filter(\.runsOut), under: limit)
      add(found)
    }
  }

  mutating func checkGaps(_ process: ProcessRules) {
    let limits = process.limits(on: .gap)
    guard !limits.isEmpty, let gaps = known(facts.gaps, "Gaps", hiding: limits[0].severity)
    else { return }
    if let narrowest = gaps.places.first(where: { !$0.runsOut }) {
      let crossed = limits.first { narrowest.distance < $0.limit }
      let found = finding(
        .gapTooSmall, narrowest.distance, beyond: limits, "mm",
        advice: narrowest.distance < Self.edge
          ? "Let the bodies overlap so that they are one, or part them by "
            + "\(crossed.map { enough($0, of: limits) } ?? "")."
          : "If it must stay open, widen it to \(crossed.map { enough($0, of: limits) } ?? ""); "
            + "if not, close it."
      ) {
        let narrow =
          narrowest.distance < Self.edge
          ? "A gap runs out to nothing" : "A gap is \(shown(narrowest.distance)) mm wide"
        return "\(narrow); \(needs(process, $0, "keeps")) open."
      }
      if var found, let limit = found.limit {
        found.mark(gaps.places.filter { !$0.runsOut }, under: limit)
        add(found)
      }
    }
    checkCorners(gaps, limits, process)
    if !gaps.coverage.isComplete { addIncomplete("Gaps", hiding: limits[0].severity) }
  }

  /// Walls that run together across air: a corner fills up a little.
  private mutating func checkCorners(
    _ gaps: WallDistances, _ limits: [RuleLimit], _ process: ProcessRules
  ) {
    guard let narrowest = gaps.places.first(where: \.runsOut) else { return }
    let found = finding(
      .gapTooSmall, narrowest.distance, beyond: limits, "mm",
      advice: "If its shape matters, round the corner; if bodies only touch there, let them "
        + "overlap or stand apart."
    ) {
      "An acute corner: a gap runs out to nothing; \(needs(process, $0, "keeps")) open."
    }
    if var found, let limit = found.limit {
      found.severity = .note
      found.mark(gaps.places.filter(\.runsOut), under: limit)
      add(found)
    }
  }
}

extension PrintabilityFinding {
  /// Marks the places below a limit.
  fileprivate mutating func mark(_ places: [WallPlace], under limit: Double) {
    place = places.first?.point
    facets = places.filter { $0.distance < limit }.flatMap { [$0.facet, $0.oppositeFacet] }
  }
}
