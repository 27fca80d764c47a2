/// A mesh under repair: equal positions are one vertex, every facet has three distinct corners.
struct RepairWork {
  /// Positions, in millimetres.
  let vertices: [SIMD3<Double>]
  /// Three vertex numbers a facet.
  var corners: [UInt32]
  var report = RepairReport()

  init(_ mesh: Mesh) {
    var isUsed = [Bool](repeating: false, count: mesh.vertices.count)
    for corner in mesh.corners { isUsed[Int(corner)] = true }
    let welded = mesh.welded()
    vertices = welded.vertices
    corners = welded.corners
    report.verticesMerged = isUsed.count(where: { $0 }) - vertices.count
    report.trianglesBefore = mesh.triangles
    report.volumeBefore = closedVolume
    report.degenerateFacetsRemoved = removeCollapsed()
  }

  /// Facets held.
  var triangles: Int { corners.count / 3 }

  /// The facets at each edge, now.
  var edgeUses: EdgeUses { EdgeUses(corners: corners, vertexCount: vertices.count) }

  /// Whether the mesh is watertight and no shell of it faces inwards but cavities.
  var isSound: Bool {
    !corners.isEmpty && edgeUses.areWhole && !hasInvertedShell
  }

  /// The finished repair.
  var outcome: MeshRepair.Outcome {
    var report = report
    report.trianglesAfter = triangles
    report.volumeAfter = closedVolume
    report.isWatertight = !corners.isEmpty && edgeUses.areWhole
    // Drops the vertices that no facet uses any more.
    return .init(mesh: Mesh(vertices: vertices, corners: corners).welded(), report: report)
  }

  /// The enclosed volume; nil where a boundary leaves none.
  private var closedVolume: Double? {
    !corners.isEmpty && edgeUses.unbalancedEdges == 0 ? signedVolume : nil
  }

  /// The sum over the tetrahedra that each facet spans with the first vertex.
  private var signedVolume: Double { signedVolume(of: 0..<triangles) }

  /// That sum over some of the facets.
  func signedVolume(of facets: some Sequence<Int>) -> Double {
    guard let first = corners.first else { return 0 }
    let origin = vertices[Int(first)]
    var sum = CompensatedSum()
    for facet in facets {
      let (a, b, c) = positions(of: facet)
      sum.add(dot(a - origin, cross(b - origin, c - origin)))
    }
    return sum.value / 6
  }

  @inline(__always)
  func position(_ corner: Int) -> SIMD3<Double> { vertices[Int(corners[corner])] }

  @inline(__always)
  func positions(of facet: Int) -> (a: SIMD3<Double>, b: SIMD3<Double>, c: SIMD3<Double>) {
    (position(3 * facet), position(3 * facet + 1), position(3 * facet + 2))
  }

  /// Twice the area of a facet, along its normal.
  @inline(__always)
  func areaVector(of facet: Int) -> SIMD3<Double> {
    let (a, b, c) = positions(of: facet)
    return cross(b - a, c - a)
  }

  /// Turns a facet round.
  @inline(__always)
  mutating func turn(_ facet: Int) { corners.swapAt(3 * facet + 1, 3 * facet + 2) }

  /// Keeps the facets for which `isKept` says so, in their order; says how many went.
  mutating func keepFacets(where isKept: (Int) -> Bool) -> Int {
    var kept = 0
    let before = triangles
    for facet in 0..<before where isKept(facet) {
      if kept != facet {
        for side in 0..<3 { corners[3 * kept + side] = corners[3 * facet + side] }
      }
      kept += 1
    }
    corners.removeLast(3 * (before - kept))
    return before - kept
  }

  /// Takes away facets two of whose corners are one. What such a facet adds to one side of an edge it
  /// adds to the other, so that nothing opens.
  mutating func removeCollapsed() -> Int {
    let all = corners
    return keepFacets { facet in
      let (a, b, c) = (all[3 * facet], all[3 * facet + 1], all[3 * facet + 2])
      return a != b && b != c && c != a
    }
  }
}
