import Geometry

/// Everything that Geometry can tell of a mesh, within small budgets, and what must be true of it.
struct EveryMeasure {
  private let mesh: Mesh
  private let topology: MeshTopology
  private let measurement: MeshMeasurement

  static func take(of mesh: Mesh) {
    let measure = Self(mesh)
    measure.checkWelding(of: mesh)
    let crossings = measure.checkTopology()
    measure.checkHull(isSimple: crossings?.isPresent == false)
    measure.checkWalls(crossings)
    measure.checkRepairs()
  }

  private init(_ mesh: Mesh) {
    self.mesh = mesh.welded()
    measurement = self.mesh.measurement()
    topology = self.mesh.topology(measured: measurement)
  }

  private func checkWelding(of given: Mesh) {
    precondition(mesh.triangles == given.triangles)
    precondition(mesh.welded() == mesh)
    precondition(measurement.triangles == mesh.triangles && measurement.bounds == mesh.bounds)
    precondition(topology == mesh.topology())
    var balance = EdgeBalance(key: MeshHashKey(1, 2))
    for facet in 0..<mesh.triangles {
      let (a, b, c) = given.positions(of: facet)
      balance.add(Facet(Vertex(a), Vertex(b), Vertex(c)))
    }
    // In single precision more can coincide, but what was closed stays so.
    precondition(balance.isBalanced || !topology.isClosed)
  }

  private func checkTopology() -> SelfIntersections? {
    precondition(topology.isClosed || !topology.isWatertight)
    let defects = mesh.defects(max: .max)
    precondition(defects.openEdges.count == topology.openEdges)
    precondition(defects.flippedEdges.count == topology.flippedEdges)
    precondition(defects.nonManifoldEdges.count == topology.nonManifoldEdges)
    precondition(defects.degenerateFacets.count == topology.degenerateFacets)
    precondition(defects.duplicateFacets.count == topology.duplicateFacets)
    precondition((topology.holes > 0) == (topology.openEdges > 0))
    let crossings = mesh.selfIntersections(pairsMax: 100, stepsMax: 20_000)
    for pair in crossings?.pairs ?? [] {
      precondition(0 <= pair.facets.x && pair.facets.x < pair.facets.y)
      precondition(pair.facets.y < mesh.triangles)
    }
    return crossings
  }

  /// `isSimple` says that the surface does not run into itself.
  private func checkHull(isSimple: Bool) {
    guard let hull = mesh.convexHull() else { return }
    precondition(mesh.convexHull() == hull)
    precondition(hull.volume >= 0 && hull.area >= 0)
    precondition(hull.mesh.corners.isEmpty || hull.mesh.bounds == mesh.bounds)
    let size = mesh.bounds?.size ?? .zero
    let largest = size.max()
    let slack = 1e-9 * largest * largest * largest
    if hull.dimension == 3 {
      let topology = hull.mesh.topology()
      precondition(topology.isWatertight && topology.shells == 1)
      precondition(hull.volume <= size.x * size.y * size.z * (1 + 1e-9) + slack)
    }
    if isSimple, topology.isWatertight, topology.shells == 1 {
      precondition(measurement.signedVolume.magnitude <= hull.volume * (1 + 1e-9) + slack)
    }
    let box = OrientedBox(of: hull)
    precondition(box.size.x >= 0 && box.size.y >= 0 && box.size.z >= 0)
    precondition(box.corners.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
    precondition(box.volume >= hull.volume * (1 - 1e-6) - slack)
  }

  private func checkWalls(_ crossings: SelfIntersections?) {
    let isClosed = topology.isClosed
    var facts = PartFacts(bounds: mesh.bounds, signedVolume: measurement.signedVolume)
    facts.topology = .measured(topology)
    if let crossings {
      facts.selfIntersections = .measured(
        .init(
          count: crossings.count, place: crossings.pairs.first?.point,
          facets: crossings.pairs.map(\.facets.x), isComplete: crossings.isComplete))
    }
    guard let tree = FacetTree(mesh) else { return judge(facts) }
    let budget = SamplingBudget(samples: 60, steps: 60_000)
    facts.walls = Measured { () throws(NotMeasured) in
      try WallDistances.thickness(of: tree, isClosed: isClosed, budget: budget)
    }
    facts.gaps = Measured { () throws(NotMeasured) in
      try WallDistances.gaps(of: tree, isClosed: isClosed, budget: budget)
    }
    facts.voids = Measured { () throws(NotMeasured) in
      try EnclosedVoids(of: mesh, in: tree, isClosed: isClosed, steps: 60_000)
    }
    for place in (facts.walls.value?.places ?? []) + (facts.gaps.value?.places ?? []) {
      precondition(place.distance >= 0 && place.distance.isFinite)
      precondition(mesh.corners.indices.contains(3 * place.facet))
      precondition(mesh.corners.indices.contains(3 * place.oppositeFacet))
    }
    if let voids = facts.voids.value { precondition(voids.count >= 0 && voids.volume >= 0) }
    let orientations = OrientationMeasurement.measure(
      tree, centreOfMass: measurement.centreOfMass,
      budget: SamplingBudget(samples: 30, steps: 20_000))
    for orientation in orientations {
      precondition(orientation.height >= 0 && orientation.supportVolume >= 0)
      precondition(orientation.overhangArea >= 0 && orientation.bedContactArea >= 0)
    }
    facts.orientations = .measured(orientations)
    facts.orientedBoxSize =
      mesh.convexHull().map { .measured(OrientedBox(of: $0).size) }
      ?? .notMeasured("there is no hull")
    judge(facts)
  }

  private func judge(_ facts: PartFacts) {
    for process in PrintabilityRules.standard.processes {
      let report = PrintabilityReport(of: facts, for: PrintRequest(process: process.process))
      precondition(
        report == PrintabilityReport(of: facts, for: PrintRequest(process: process.process)))
    }
  }

  private func checkRepairs() {
    let steps = MeshRepair.HoleLimits(stepsMax: 20_000)
    for outcome in [
      MeshRepair.removeDegenerate(mesh), MeshRepair.removeDuplicates(mesh), MeshRepair.stitch(mesh),
      MeshRepair.orient(mesh), MeshRepair.closeHoles(mesh, limits: steps),
    ] { check(outcome) }
    if let outcome = try? MeshRepair.weld(mesh, tolerance: 0.001) { check(outcome) }
    var options = MeshRepair.Options()
    options.holes = steps
    guard let outcome = try? MeshRepair.repair(mesh, options: options) else { return }
    check(outcome)
    // What is whole is let be.
    let isSound = topology.isWatertight && topology.degenerateFacets == 0 && topology.shells == 1
    if isSound, measurement.signedVolume > 0 {
      precondition(!outcome.report.isChanged && outcome.mesh == mesh)
    }
  }

  private func check(_ outcome: MeshRepair.Outcome) {
    let topology = outcome.mesh.topology()
    precondition(outcome.report.isWatertight == topology.isWatertight)
    precondition(outcome.report.trianglesAfter == outcome.mesh.triangles)
    precondition(outcome.report.trianglesBefore == mesh.triangles)
  }
}
