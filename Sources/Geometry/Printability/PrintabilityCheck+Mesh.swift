extension PrintabilityCheck {
  /// What stands against any process.
  mutating func checkMesh() {
    if let topology = known(facts.topology, "How the facets hang together", hiding: .error) {
      check(topology)
    }
    guard let crossings = known(facts.selfIntersections, "Self-intersections", hiding: .warning)
    else { return }
    if crossings.count > 0 {
      var finding = PrintabilityFinding(
        .selfIntersecting, .warning,
        "The surface runs through itself: \(crossings.isComplete ? "" : "at least ")"
          + (crossings.count == 1
            ? "one pair of facets crosses." : "\(crossings.count) pairs of facets cross."),
        advice: "Unite overlapping bodies in the design, so that one surface is left.")
      finding.measured = Double(crossings.count)
      finding.limit = 0
      finding.unit = "facets"
      finding.place = crossings.place
      finding.facets = crossings.facets
      add(finding)
    }
    if !crossings.isComplete { addIncomplete("Self-intersections", hiding: .warning) }
  }

  private mutating func check(_ topology: MeshTopology) {
    count(
      topology.openEdges, "edges", .notWatertight, .error,
      "The mesh has holes: # with one facet only.",
      "Close the surface in the design, or run `everpart repair`.",
      facts.defects?.openEdges.map(\.facet))
    count(
      topology.flippedEdges, "edges", .facetsDisagree, .error,
      "Neighbouring facets disagree on what is outside, at #.",
      "Turn the facets' normals outwards, or run `everpart repair`.",
      facts.defects?.flippedFacets)
    count(
      topology.nonManifoldEdges, "edges", .nonManifold, .warning,
      "More than two facets meet at #.",
      "Let bodies overlap or stand apart, instead of touching in an edge.",
      facts.defects?.nonManifoldEdges.map(\.facet))
    count(
      topology.degenerateFacets, "facets", .degenerateFacets, .note, "Without an area: #.",
      "They are harmless as a rule; `everpart repair` takes them away.",
      facts.defects?.degenerateFacets)
    count(
      topology.duplicateFacets, "facets", .duplicateFacets, .warning,
      "Facets lie over each other: #.",
      "Take the doubled surface out of the design.",
      facts.defects?.duplicateFacets)
    guard topology.openEdges == 0, topology.flippedEdges == 0, let volume = facts.signedVolume
    else { return }
    if volume < 0 {
      add(
        PrintabilityFinding(
          .insideOut, .error, "The facets face inwards.",
          advice: "Turn the facets' normals outwards, or run `everpart repair`."))
    } else if volume == 0 {
      add(
        PrintabilityFinding(
          .noVolume, .error, "The surface encloses nothing.",
          advice: "Give the surface a thickness in the design."))
    }
  }

  /// `message` has a # where the count goes.
  private mutating func count(
    _ count: Int, _ unit: String, _ code: PrintabilityFinding.Code, _ severity: FindingSeverity,
    _ message: String, _ advice: String, _ facets: [Int]?
  ) {
    guard count > 0 else { return }
    let counted = "\(count) \(count == 1 ? String(unit.dropLast()) : unit)"
    var finding = PrintabilityFinding(
      code, severity, message.split(separator: "#").joined(separator: counted), advice: advice)
    finding.measured = Double(count)
    finding.limit = 0
    finding.unit = unit
    finding.facets = facets ?? []
    add(finding)
  }
}
