/// Everything that is measured of a part whose mesh is in memory: what one pass and welding tell, and what
/// looking at the part as a body tells. What was not measured says why.
public struct PartSurvey: Sendable {
  /// How much is measured, and how.
  public struct Effort: Sendable {
    /// Facets up to which walls, gaps, crossings, cavities and orientations are measured, which take
    /// some microseconds a facet; the hull and the boxes are always measured.
    public var trianglesMax: Int
    /// What walls and gaps may cost, each.
    public var walls: SamplingBudget
    /// The directions of the part that may point up; nil for those along its axes and along its
    /// smallest box.
    public var orientations: [BuildOrientation]?
    /// What counts as an overhang.
    public var rules: OrientationRules

    /// An effort; by default a part of up to 250,000 facets is measured whole, in a second or two.
    public init(
      trianglesMax: Int = 250_000, walls: SamplingBudget = SamplingBudget(),
      orientations: [BuildOrientation]? = nil,
      rules: OrientationRules = OrientationRules()
    ) {
      self.trianglesMax = trianglesMax
      self.walls = walls
      self.orientations = orientations
      self.rules = rules
    }
  }

  /// What is measured one beside the other, as whoever waits is told of it.
  public enum Step: String, Sendable, CaseIterable {
    case hull, walls, gaps, crossings, cavities, orientations
  }

  /// What a judgement of the part's printability goes by.
  public let facts: PartFacts
  /// The smallest convex body around the part.
  public let hull: Measured<ConvexHull>
  /// The smallest box of any orientation that was found around it.
  public let orientedBox: Measured<OrientedBox>

  /// Surveys a welded mesh, on two processors where there are. The result does not depend on how many.
  ///
  /// - Parameters:
  ///   - topology: of this mesh; nil where it was too large to be welded, which leaves little to
  ///     measure.
  ///   - done: hears of each step that has come to its end, in any order and from any thread; of those
  ///     that are not taken it hears nothing.
  public init(
    of mesh: Mesh, topology: MeshTopology?, effort: Effort = Effort(),
    done: @escaping @Sendable (Step) -> Void = { _ in }
  ) async {
    async let hullAndBox = Self.told(.hull, done) { Self.hullAndBox(of: mesh) }
    let measurement = mesh.measurement()
    var facts = PartFacts(bounds: measurement.bounds, signedVolume: measurement.signedVolume)
    guard let topology else {
      (facts, hull, orientedBox) = await (facts, hullAndBox.0, hullAndBox.1)
      facts.allNotMeasured("there are too many facets to tell which of their vertices are one")
      self.facts = facts
      return
    }
    if mesh.triangles > effort.trianglesMax {
      facts.allNotMeasured(
        "the part has more than \(effort.trianglesMax) facets, and a full measurement was not asked for"
      )
    } else if let tree = FacetTree(mesh) {
      let closed = topology.isClosed
      async let walls = Self.told(.walls, done) {
        Measured { () throws(NotMeasured) in
          try WallDistances.thickness(of: tree, isClosed: closed, budget: effort.walls)
        }
      }
      async let gaps = Self.told(.gaps, done) {
        Measured { () throws(NotMeasured) in
          try WallDistances.gaps(of: tree, isClosed: closed, budget: effort.walls)
        }
      }
      async let crossings = Self.told(.crossings, done) { Self.crossings(of: mesh, tree) }
      async let voids = Self.told(.cavities, done) {
        Measured { () throws(NotMeasured) in
          try EnclosedVoids(of: mesh, in: tree, isClosed: closed)
        }
      }
      facts.orientedBoxAxes = await hullAndBox.1.value?.axes ?? []
      let allowed = effort.orientations ?? BuildOrientation.along(boxAxes: facts.orientedBoxAxes)
      async let orientations = Self.told(.orientations, done) {
        Measured { () throws(NotMeasured) in
          // Facets that face inwards would hang over where they stand.
          if closed, measurement.signedVolume < 0 { throw .insideOut }
          return OrientationMeasurement.measure(
            tree, orientations: allowed, rules: effort.rules,
            centreOfMass: closed ? measurement.centreOfMass : nil)
        }
      }
      facts.walls = await walls
      facts.gaps = await gaps
      facts.selfIntersections = await crossings
      facts.voids = await voids
      facts.orientations = await orientations
    } else {
      facts.allNotMeasured(NotMeasured.noSurface.reason)
    }
    facts.topology = .measured(topology)
    let isSound =
      topology.isWatertight && topology.degenerateFacets == 0 && topology.duplicateFacets == 0
    if !isSound, mesh.triangles <= effort.trianglesMax { facts.defects = mesh.defects(max: 100) }
    (hull, orientedBox) = await hullAndBox
    facts.orientedBoxSize = orientedBox.map(\.size)
    self.facts = facts
  }

  private static func told<Value>(
    _ step: Step, _ done: @Sendable (Step) -> Void, _ measure: () -> Value
  ) -> Value {
    defer { done(step) }
    return measure()
  }

  private static func hullAndBox(
    of mesh: Mesh
  ) -> (Measured<ConvexHull>, Measured<OrientedBox>) {
    guard let hull = mesh.convexHull() else {
      let reason = NotMeasured.noSurface.reason
      return (.notMeasured(reason), .notMeasured(reason))
    }
    return (.measured(hull), .measured(OrientedBox(of: hull)))
  }

  private static func crossings(
    of mesh: Mesh, _ tree: FacetTree
  ) -> Measured<PartFacts.Crossings> {
    guard let found = mesh.selfIntersections(tree: tree) else {
      return .notMeasured(NotMeasured.noSurface.reason)
    }
    return .measured(
      PartFacts.Crossings(
        count: found.count, place: found.pairs.first?.point,
        facets: found.pairs.flatMap { [$0.facets.x, $0.facets.y] }, isComplete: found.isComplete))
  }
}

extension PartFacts {
  /// Says of all that is measured of a body that it was not, and why.
  fileprivate mutating func allNotMeasured(_ reason: String) {
    topology = .notMeasured(reason)
    walls = .notMeasured(reason)
    gaps = .notMeasured(reason)
    voids = .notMeasured(reason)
    selfIntersections = .notMeasured(reason)
    orientations = .notMeasured(reason)
  }
}

extension Measured {
  /// What `change` makes of what was measured.
  fileprivate func map<Other>(_ change: (Value) -> Other) -> Measured<Other> {
    switch self {
    case .measured(let value): .measured(change(value))
    case .notMeasured(let reason): .notMeasured(reason)
    }
  }
}
