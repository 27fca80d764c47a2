import Domain

/// Ways of making one kind of thing, by how near they are: a k-d tree (J. L. Bentley, "Multidimensional
/// binary search trees used for associative searching", Communications of the ACM 18, 1975) over points of
/// the unit sphere in three dimensions, where there is neither a pole nor a date line.
///
/// A node knows the box around its points, and the most that any of its ways can do. So a search passes over
/// whole regions that have no machine large enough, or no bureau with the certifications. What it keeps of
/// a way is rounded to its favour; whoever searches looks at the exact figures.
struct WayTree: Sendable {
  /// One machine where it stands.
  struct Way: Sendable {
    /// The number of its bureau.
    var bureau: UInt32
    /// The number of its machine.
    var machine: UInt32
    /// Where it is (``SpherePoint/vector``), to within ``rounding``.
    var x, y, z: Float
    /// The build volume in millimetres, the shortest side first, rounded up.
    var shortest, middle, longest: Float
    /// A bit for each scheme that it was ever certified to; several schemes may share one.
    var schemes: UInt32
  }

  struct Node {
    /// The box around the points, rounded outwards.
    var low: (Float, Float, Float)
    var high: (Float, Float, Float)
    /// The largest of each side.
    var shortest, middle, longest: Float
    /// The shortest wait in hours, rounded down.
    var queueHours: Float
    var schemes: UInt32
    /// Where the node of the second half is; that of the first half follows this one. 0 in a leaf.
    var second: UInt32 = 0
    var first: UInt32
    var end: UInt32
  }

  /// A leaf has as many ways, or fewer.
  static let leafSize = 16
  /// More than what single precision can make of a distance on the unit sphere: half a unit in the last
  /// place of a number below 1 in each of three directions is 0.52 × 10⁻⁷.
  static let rounding = 1e-7

  /// In the order of the leaves.
  let ways: [Way]
  let nodes: [Node]

  /// A tree over ways in the order of their bureaus and machines, at least one.
  ///
  /// - Parameters:
  ///   - queueHours: how long a job waits at each way.
  init(_ given: [Way], queueHours: [Float]) {
    var builder = Builder(given, queueHours)
    builder.add(0..<given.count)
    ways = builder.order.map { given[Int($0)] }
    nodes = builder.nodes
  }

  /// Calls `visit` with the ways that may be among the best, better regions first, until the score that it
  /// says is beyond what the rest could have.
  ///
  /// - Parameters:
  ///   - sides: of the part in millimetres, the shortest first.
  ///   - schemes: the bits of the certifications that are wanted.
  ///   - visit: what is to be done with a way that may be large enough and has these bits; gives the score below
  ///     which nothing is wanted any more.
  func search(
    from destination: SpherePoint, _ ranking: Ranking, sides: SIMD3<Double>, schemes: UInt32,
    visit: (Way) -> Double
  ) {
    var least = -Double.infinity
    // Nodes that are still to be looked at, with the best score that each may have; no deeper than the tree.
    var waiting = InlineArray<64, (node: UInt32, best: Double)>(repeating: (0, 0))
    var depth = 1
    waiting[0] = (0, .infinity)
    while depth > 0 {
      depth -= 1
      let (number, best) = waiting[depth]
      guard best >= least else { continue }
      let node = nodes[Int(number)]
      guard node.schemes & schemes == schemes,
        sides.fit(node.shortest, node.middle, node.longest)
      else { continue }
      if node.second == 0 {
        for place in Int(node.first)..<Int(node.end) {
          let way = ways[place]
          guard way.schemes & schemes == schemes, sides.fit(way.shortest, way.middle, way.longest),
            ranking.bound(chord: way.chord(to: destination.vector), node.queueHours) >= least
          else { continue }
          least = visit(way)
        }
      } else {
        let (near, far) = (number + 1, node.second)
        let bests = (
          nodes[Int(near)].bound(ranking, destination.vector),
          nodes[Int(far)].bound(ranking, destination.vector)
        )
        // The better half is looked at first.
        let isFirstBetter = bests.0 >= bests.1
        waiting[depth] = isFirstBetter ? (far, bests.1) : (near, bests.0)
        waiting[depth + 1] = isFirstBetter ? (near, bests.0) : (far, bests.1)
        depth += 2
      }
    }
  }
}

extension SIMD3<Double> {
  /// Whether a part with these sides fits, the shortest first.
  @inline(__always)
  fileprivate func fit(_ shortest: Float, _ middle: Float, _ longest: Float) -> Bool {
    x <= Double(shortest) && y <= Double(middle) && z <= Double(longest)
  }
}

extension Ranking {
  /// At least the score of a way whose straight distance on the unit sphere is `chord` or more, and where a
  /// job waits `queueHours` or more: the way around the Earth is longer than that through it.
  @inline(__always)
  fileprivate func bound(chord: Double, _ queueHours: Float) -> Double {
    score(
      kilometres: Coordinates.earthRadiusKilometres * max(0, chord - WayTree.rounding),
      queueHours: Double(queueHours)) + 1e-12
  }
}

extension WayTree.Way {
  /// The straight distance on the unit sphere.
  @inline(__always)
  fileprivate func chord(to point: SIMD3<Double>) -> Double {
    let way = SIMD3(Double(x), Double(y), Double(z)) - point
    return (way.x * way.x + way.y * way.y + way.z * way.z).squareRoot()
  }
}

extension WayTree.Node {
  /// At least the score of any way below.
  @inline(__always)
  fileprivate func bound(_ ranking: Ranking, _ point: SIMD3<Double>) -> Double {
    @inline(__always) func beyond(_ place: Double, _ low: Float, _ high: Float) -> Double {
      max(0, max(Double(low) - place, place - Double(high)))
    }
    let x = beyond(point.x, low.0, high.0)
    let y = beyond(point.y, low.1, high.1)
    let z = beyond(point.z, low.2, high.2)
    return ranking.bound(chord: (x * x + y * y + z * z).squareRoot(), queueHours)
  }
}
