extension PartFacts {
  /// Measures all that the rules of a process ask of a part.
  ///
  /// Facets keep their numbers: those of `mesh` are those of the findings. Whatever cannot be measured is
  /// left with the reason.
  ///
  /// - Parameters:
  ///   - mesh: The part in millimetres, all bodies together.
  ///   - process: Whose overhangs are measured; nil for 45°.
  ///   - orientations: Those that are allowed; nil for the six along the axes.
  ///   - budget: What wall thickness and gaps may take, each.
  public init(
    measuring mesh: Mesh, for process: ProcessRules?, orientations: [BuildOrientation]? = nil,
    budget: SamplingBudget = SamplingBudget()
  ) {
    let mesh = mesh.welded()
    let sums = mesh.measurement()
    self.init(bounds: sums.bounds, signedVolume: sums.signedVolume)
    let topology = mesh.topology()
    self.topology = .measured(topology)
    guard let tree = FacetTree(mesh) else {
      let none = NotMeasured.noSurface.reason
      walls = .notMeasured(none)
      gaps = .notMeasured(none)
      voids = .notMeasured(none)
      selfIntersections = .notMeasured(none)
      self.orientations = .notMeasured(none)
      orientedBoxSize = .notMeasured(none)
      return
    }
    let isClosed = topology.isClosed
    walls = Measured { () throws(NotMeasured) in
      try WallThickness(of: tree, isClosed: isClosed, budget: budget)
    }
    gaps = Measured { () throws(NotMeasured) in
      try SmallestGap(of: tree, isClosed: isClosed, budget: budget)
    }
    voids = Measured { () throws(NotMeasured) in
      try EnclosedVoids(of: mesh, in: tree, isClosed: isClosed)
    }
    selfIntersections = Measured { () throws(NotMeasured) in
      guard let found = mesh.selfIntersections(tree: tree) else { throw .noSurface }
      return Crossings(
        count: found.count, place: found.pairs.first?.point,
        facets: found.pairs.flatMap { [$0.facets.x, $0.facets.y] }, isComplete: found.isComplete)
    }
    self.orientations = Measured { () throws(NotMeasured) in
      // Facets that face inwards would hang over where they stand.
      if isClosed, sums.signedVolume < 0 { throw .insideOut }
      return OrientationMeasurement.measure(
        tree, orientations: orientations ?? BuildOrientation.alongAxes,
        rules: process?.orientationRules ?? OrientationRules(),
        centreOfMass: isClosed ? sums.centreOfMass : nil)
    }
    orientedBoxSize = Measured { () throws(NotMeasured) in
      guard let hull = mesh.convexHull() else { throw .noSurface }
      return OrientedBox(of: hull).size
    }
  }
}
