/// Simple, safe repairs of a mesh. Each gives a new mesh and says what it did; none touches what is
/// whole already, and none runs longer than a fixed number of steps beyond linear time.
///
/// Every repair starts with making equal positions one vertex (`Mesh.welded()`), without which no two
/// facets share an edge.
public enum MeshRepair {
  /// A mesh after a repair, and what the repair did.
  public struct Outcome: Hashable, Sendable {
    /// The new mesh.
    public let mesh: Mesh
    /// What was done, and what was left.
    public let report: RepairReport
  }

  /// What a combined repair may do.
  public struct Options: Hashable, Sendable {
    /// How far a vertex on an open edge may move to become one with another, in millimetres; 0 for not
    /// at all. See `weld`.
    public var toleranceMillimetres = 0.001
    /// Which holes are closed.
    public var holes = HoleLimits()

    /// The usual options: a tolerance of a thousandth of a millimetre, and holes of up to 100 edges.
    public init() {}
  }

  /// Which holes are closed.
  public struct HoleLimits: Hashable, Sendable {
    /// The most edges that a hole's rim may have. Rims of more than `HoleFilling.rimEdgesMax` (100) are
    /// closed only where they lie in a plane.
    public var edgesMax: Int
    /// The longest rim, in millimetres.
    public var perimeterMillimetresMax: Double
    /// Triangles that may be compared for all holes together, so that a mesh of nothing but rims takes a
    /// second at the worst.
    public var stepsMax: Int

    /// Limits; by default a rim of up to 100 edges, however long.
    public init(
      edgesMax: Int = 100, perimeterMillimetresMax: Double = .infinity,
      stepsMax: Int = 100_000_000
    ) {
      self.edgesMax = edgesMax
      self.perimeterMillimetresMax = perimeterMillimetresMax
      self.stepsMax = stepsMax
    }
  }

  /// Makes one of vertices on open edges that lie within `tolerance` millimetres of each other.
  ///
  /// Vertices are taken in the order of their numbers; each becomes the nearest of those that were kept
  /// before it, if that is within the tolerance, or is kept. So none moves farther than the tolerance,
  /// however many lie in a row, and nothing longer than twice the tolerance collapses. Surfaces that are
  /// whole do not move: a thin wall keeps its sides.
  ///
  /// - Throws: `toleranceOutOfRange` unless `tolerance` is between 0 and a hundredth of the part's
  ///   diagonal; `toleranceGlues` where an edge that two facets share already would get a third.
  public static func weld(_ mesh: Mesh, tolerance: Double) throws(RepairRefusal) -> Outcome {
    var work = RepairWork(mesh)
    try work.weldRims(tolerance: tolerance)
    return work.outcome
  }

  /// Takes away facets two of whose corners are one, and lets the neighbour of a facet without area
  /// take its place: the edge between them is turned, so that the surface stays closed where it was.
  public static func removeDegenerate(_ mesh: Mesh) -> Outcome {
    run(mesh) { $0.absorbFlatFacets() }
  }

  /// Leaves one facet over any three vertices.
  ///
  /// It faces as most of them do. Where as many face one way as the other, the first stays if the
  /// surface beside it needs it, and none does if it only divides the inside of a solid.
  public static func removeDuplicates(_ mesh: Mesh) -> Outcome {
    run(mesh) { $0.removeDuplicates() }
  }

  /// Closes cracks: where one facet's edge runs along several edges of its neighbours, it is divided at
  /// their vertices.
  public static func stitch(_ mesh: Mesh) -> Outcome {
    run(mesh) { $0.stitch() }
  }

  /// Makes neighbouring facets agree on what is outside, and closed shells face outwards, or inwards
  /// where they lie in an odd number of others.
  ///
  /// Neighbours are facets that share an edge with no third. An open shell keeps the side that most of
  /// its facets had. Whether a shell lies in another is judged by its outermost vertices.
  public static func orient(_ mesh: Mesh) -> Outcome {
    run(mesh) { $0.orient() }
  }

  /// Closes holes of up to the limits with facets over the vertices of their rims.
  ///
  /// Of all such surfaces it takes the smallest (G. Barequet, M. Sharir, "Filling gaps in the boundary
  /// of a polyhedron", CAGD 12 (1995)), without an edge that the mesh has already (P. Liepa, "Filling
  /// Holes in Meshes", SGP 2003). A rim of more than 100 edges is closed if it lies in a plane.
  public static func closeHoles(_ mesh: Mesh, limits: HoleLimits = HoleLimits()) -> Outcome {
    run(mesh) { $0.closeHoles(limits) }
  }

  /// All repairs in a fixed order, up to where the mesh is watertight and faces outwards: degenerate
  /// facets, duplicates, welding, orientation, cracks, holes, orientation again.
  ///
  /// - Throws: what `weld` throws.
  public static func repair(
    _ mesh: Mesh, options: Options = Options()
  ) throws(RepairRefusal) -> Outcome {
    var work = RepairWork(mesh)
    try work.check(options.toleranceMillimetres)
    for step in Step.allCases where !work.isSound { try work.take(step, options) }
    work.absorbFlatFacets()
    return work.outcome
  }

  private static func run(_ mesh: Mesh, _ step: (inout RepairWork) -> Void) -> Outcome {
    var work = RepairWork(mesh)
    step(&work)
    return work.outcome
  }

  /// The steps of a combined repair, in their order.
  fileprivate enum Step: CaseIterable {
    case duplicates, welding, orientation, cracks, holes, orientationAgain
  }
}

extension RepairWork {
  fileprivate mutating func take(
    _ step: MeshRepair.Step, _ options: MeshRepair.Options
  ) throws(RepairRefusal) {
    switch step {
    case .duplicates: removeDuplicates()
    case .welding:
      try weldRims(tolerance: options.toleranceMillimetres)
      removeDuplicates()
    case .orientation, .orientationAgain: orient()
    case .cracks: stitch()
    case .holes: closeHoles(options.holes)
    }
  }
}
