/// Which closed shells lie in how many others.
///
/// A shell lies in another if rays from three of its outermost vertices, each along the direction in
/// which the vertex is the outermost, all cross the other an odd number of times. (A solid that only
/// reaches into another is left outside by the first ray that starts outside.) Rays run along directions
/// that no design is aligned with, and one that meets an edge of a facet is not counted but tried again.
struct ShellNesting {
  /// Boxes and facets that all rays together may look at, a crossing counted as eight: a few seconds at
  /// the worst.
  private static let stepsMax = 50_000_000

  /// By shell; nil where the search could not tell.
  private var isOdd: [Int: Bool?] = [:]

  init(_ work: RepairWork, _ shells: OrientedSheets, _ closed: [Int]) {
    guard closed.count > 1,
      let tree = FacetTree(Mesh(vertices: work.vertices, corners: work.corners))
    else { return }
    let isClosed = Set(closed.map { UInt32($0) })
    var steps = StepCounter(limit: Self.stepsMax)
    for shell in closed {
      var around: Set<UInt32>?
      for start in stride(from: 0, to: Self.directions.count, by: 4) where around?.isEmpty != true {
        var crossed: Set<UInt32>?
        for direction in Self.directions[start..<start + 4] where crossed == nil {
          crossed = Self.crossed(
            from: shell, along: direction, work, shells, tree, isClosed, &steps)
        }
        guard let crossed, !steps.isExhausted else {
          around = nil
          break
        }
        around = around.map { $0.intersection(crossed) } ?? crossed
      }
      isOdd[shell] = .some(around.map { $0.count % 2 == 1 })
    }
  }

  /// Whether a shell lies in an odd number of others; nil where that is not known.
  func isInOddNumber(_ shell: Int) -> Bool? { isOdd[shell, default: false] }

  /// The closed shells that a ray crosses an odd number of times; nil if it meets an edge.
  private static func crossed(
    from shell: Int, along direction: SIMD3<Double>, _ work: RepairWork, _ shells: OrientedSheets,
    _ tree: FacetTree, _ isClosed: Set<UInt32>, _ steps: inout StepCounter
  ) -> Set<UInt32>? {
    var outermost = work.position(0)
    var farthest = -Double.infinity
    for facet in shells.facets(of: shell) {
      for corner in 3 * facet..<3 * facet + 3 {
        let distance = dot(work.position(corner), direction)
        if distance > farthest { (outermost, farthest) = (work.position(corner), distance) }
      }
    }
    let ray = Ray(from: tree.local(outermost), along: direction)
    var odd: Set<UInt32> = []
    let hits = tree.allHits(ray, beyond: 0, steps: &steps)
    steps.take(8 * hits.count)
    for hit in hits {
      let other = shells.numbers[Int(tree.facets[hit.position])]
      guard other != shell, isClosed.contains(other) else { continue }
      if hit.isOnEdge { return nil }
      if odd.remove(other) == nil { odd.insert(other) }
    }
    return odd
  }

  /// Three groups of four directions of length one, each group around another side of the part.
  private static let directions: [SIMD3<Double>] = [
    SIMD3(0.8371, 0.2719, 0.4747), SIMD3(0.7919, 0.4157, -0.1373), SIMD3(0.9041, -0.3181, 0.2243),
    SIMD3(0.8513, -0.1847, -0.4639),
    SIMD3(-0.6173, 0.7331, 0.2857), SIMD3(-0.4271, 0.8623, -0.1931),
    SIMD3(-0.5189, 0.6947, -0.4813), SIMD3(-0.3571, 0.8839, 0.3037),
    SIMD3(-0.2749, -0.6581, 0.7013), SIMD3(-0.3911, -0.5417, -0.7351),
    SIMD3(-0.1597, -0.8093, 0.5651), SIMD3(-0.4483, -0.6271, -0.6367),
  ].map { $0 / dot($0, $0).squareRoot() }
}
