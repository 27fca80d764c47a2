/// The hull of points that span space, grown by one point at a time in the order given.
///
/// Randomised incremental construction: L. J. Guibas, D. E. Knuth, M. Sharir, "Randomized Incremental
/// Construction of Delaunay and Voronoi Diagrams", Algorithmica 7 (1992), on hulls. A point outside
/// waits at the facet that its ray from a point within pierces. When that facet goes, the ray pierces
/// one of the fan of new facets around the new corner, found by halving that fan, since its facets stand
/// around the axis in order. With the points in random order that is O(n log n) moves expected, whatever
/// the points, each O(log n); memory is linear.
///
/// Exact: a point in the plane of a facet does not see it. New facets then have an area, and the
/// surface stays convex, with facets that are parts of one face where points are coplanar.
struct HullBuilder {
  static let none = UInt32.max

  private let points: [SIMD3<Double>]
  /// The four points that the hull began with.
  private let simplex: [SIMD3<Double>]
  /// Their centroid, to rounding.
  private let centre: SIMD3<Double>
  /// Whether the centre, as rounded, is within their tetrahedron: not in one as thin as the rounding.
  private let isCentreWithin: Bool
  /// Three points a facet, anticlockwise from outside. A facet that is gone begins with `none`.
  private(set) var corners: [UInt32] = []
  /// The facet beyond the edge from corner k to the next, at 3f + k.
  private(set) var neighbours: [UInt32] = []
  /// The first point that waits at each facet.
  private var firstWaiting: [UInt32] = []
  private var gone: [UInt32] = []
  /// What waits at the same facet after each point.
  private var nextWaiting: [UInt32]
  /// Where each point waits; `none` for those within and corners of the hull.
  private var facets: [UInt32]

  private var visible: [UInt32] = []
  private var isVisible: [Bool] = []
  /// The edges between what the new point sees and what it does not, anticlockwise, each as an edge
  /// 3f + k of the facet that goes.
  private var horizon: [Int] = []
  /// Edges to look beyond, and how many around the same facet from there on.
  private var pending: [(edge: Int, count: Int)] = []
  /// The new facets, one an edge of the horizon. Each starts at its corner 0.
  private var fan: [UInt32] = []

  /// Grows the hull over all `points`; `simplex` numbers four that are not coplanar.
  init(points: [SIMD3<Double>], simplex: [Int]) {
    self.points = points
    nextWaiting = [UInt32](repeating: Self.none, count: points.count)
    facets = nextWaiting
    self.simplex = simplex.map { points[$0] }
    let (a, b, c, d) = (
      self.simplex[0], self.simplex[1], self.simplex[2], self.simplex[3]
    )
    let centre = Orientation.inRange(0.25 * a + 0.25 * b + (0.25 * c + 0.25 * d))
    let turn = Orientation.side(a, b, c, of: d)
    isCentreWithin = [(a, b, c), (b, a, d), (c, b, d), (a, c, d)]
      .allSatisfy { Orientation.side($0, $1, $2, of: centre) == turn }
    self.centre = centre
    start(simplex.map(UInt32.init))
    for index in points.indices where facets[index] != Self.none { insert(UInt32(index)) }
  }

  private mutating func start(_ simplex: [UInt32]) {
    var (a, b) = (simplex[0], simplex[1])
    let (c, d) = (simplex[2], simplex[3])
    if sees(simplex[3], a, b, c) { swap(&a, &b) }
    corners = [a, b, c, b, a, d, c, b, d, a, c, d]
    neighbours = [1, 2, 3, 0, 3, 2, 0, 1, 3, 0, 2, 1]
    firstWaiting = [UInt32](repeating: Self.none, count: 4)
    isVisible = [Bool](repeating: false, count: 4)
    for index in UInt32(0)..<UInt32(points.count) where !simplex.contains(index) {
      if let facet = (0..<4).first(where: { pierces(index, $0) }), sees(index, facet) {
        wait(index, at: facet)
      }
    }
  }

  private func position(_ point: UInt32) -> SIMD3<Double> { points[Int(point)] }

  @inline(__always)
  private func sees(_ point: UInt32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Bool {
    Orientation.side(position(a), position(b), position(c), of: position(point)) > 0
  }

  @inline(__always)
  private func sees(_ point: UInt32, _ facet: Int) -> Bool {
    sees(point, corners[3 * facet], corners[3 * facet + 1], corners[3 * facet + 2])
  }

  /// Which way it is shorter to turn from `corner` to `point` around the axis that leads from within to
  /// `tip`: 1 anticlockwise seen from outside, −1 clockwise, 0 for none or half a turn.
  @inline(__always)
  private func turn(to point: UInt32, from corner: UInt32, around tip: UInt32) -> Int {
    let (p, q, r) = (position(tip), position(corner), position(point))
    return isCentreWithin
      ? Orientation.side(centre, p, q, of: r) : Orientation.side(centroid: simplex, p, q, of: r)
  }

  private func pierces(_ point: UInt32, _ facet: Int) -> Bool {
    let (a, b, c) = (corners[3 * facet], corners[3 * facet + 1], corners[3 * facet + 2])
    return turn(to: point, from: b, around: a) >= 0 && turn(to: point, from: c, around: b) >= 0
      && turn(to: point, from: a, around: c) >= 0
  }

  @inline(__always)
  private mutating func wait(_ point: UInt32, at facet: Int) {
    facets[Int(point)] = UInt32(facet)
    nextWaiting[Int(point)] = firstWaiting[facet]
    firstWaiting[facet] = point
  }

  private mutating func insert(_ point: UInt32) {
    look(from: point)
    facets[Int(point)] = Self.none
    raiseFan(to: point)
    let half = fanHalf(around: point)
    for facet in visible {
      var waiting = firstWaiting[Int(facet)]
      while waiting != Self.none {
        let following = nextWaiting[Int(waiting)]
        if waiting != point { move(waiting, around: point, half: half) }
        waiting = following
      }
      corners[3 * Int(facet)] = Self.none
    }
    gone += visible
  }

  /// Finds `visible` and `horizon`. Edges are left anticlockwise, so the horizon comes in order
  /// (C. B. Barber, D. P. Dobkin, H. Huhdanpaa, "The Quickhull Algorithm for Convex Hulls", ACM TOMS
  /// 22 (1996)).
  private mutating func look(from point: UInt32) {
    visible.removeAll(keepingCapacity: true)
    horizon.removeAll(keepingCapacity: true)
    let first = Int(facets[Int(point)])
    visible.append(UInt32(first))
    isVisible[first] = true
    pending.append((3 * first, 3))
    while let (edge, count) = pending.popLast() {
      if count > 1 { pending.append((Self.next(edge), count - 1)) }
      let beyond = Int(neighbours[edge])
      if isVisible[beyond] { continue }
      guard sees(point, beyond) else {
        horizon.append(edge)
        continue
      }
      visible.append(UInt32(beyond))
      isVisible[beyond] = true
      pending.append((Self.next(self.edge(of: beyond, to: edge / 3)), 2))
    }
    for facet in visible { isVisible[Int(facet)] = false }
  }

  /// The edge after this one, around the same facet.
  @inline(__always)
  static func next(_ edge: Int) -> Int { edge % 3 == 2 ? edge - 2 : edge + 1 }

  /// The edge of a facet beyond which another one lies. Two facets of a hull share one edge at most.
  @inline(__always)
  private func edge(of facet: Int, to neighbour: Int) -> Int {
    let first = 3 * facet
    let sought = UInt32(neighbour)
    return neighbours[first] == sought
      ? first : neighbours[first + 1] == sought ? first + 1 : first + 2
  }

  /// Puts a facet over each edge of the horizon.
  private mutating func raiseFan(to point: UInt32) {
    fan.removeAll(keepingCapacity: true)
    for _ in horizon { fan.append(newFacet()) }
    for (index, edge) in horizon.enumerated() {
      let facet = Int(fan[index])
      let beyond = neighbours[edge]
      corners[3 * facet] = corners[edge]
      corners[3 * facet + 1] = corners[Self.next(edge)]
      corners[3 * facet + 2] = point
      neighbours[self.edge(of: Int(beyond), to: edge / 3)] = UInt32(facet)
      neighbours[3 * facet] = beyond
      neighbours[3 * facet + 1] = fan[index + 1 == fan.count ? 0 : index + 1]
      neighbours[3 * facet + 2] = fan[index == 0 ? fan.count - 1 : index - 1]
    }
  }

  private mutating func newFacet() -> UInt32 {
    if let facet = gone.popLast() {
      firstWaiting[Int(facet)] = Self.none
      return facet
    }
    for _ in 0..<3 {
      corners.append(Self.none)
      neighbours.append(Self.none)
    }
    firstWaiting.append(Self.none)
    isVisible.append(false)
    return UInt32(firstWaiting.count - 1)
  }

  /// The first facet of the fan that starts half a turn or more after the fan's start.
  private func fanHalf(around tip: UInt32) -> Int {
    let start = corners[3 * Int(fan[0])]
    var (low, high) = (1, fan.count)
    while low < high {
      let middle = (low + high) / 2
      if turn(to: corners[3 * Int(fan[middle])], from: start, around: tip) <= 0 {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  /// Lets a point wait at the facet of the fan that its ray pierces, if it is outside.
  @inline(__always)
  private mutating func move(_ point: UInt32, around tip: UInt32, half: Int) {
    // Within half a turn of the fan's start, and beyond it, facets start before the point or after it.
    let isEarly = turn(to: point, from: corners[3 * Int(fan[0])], around: tip) >= 0
    var (low, high) = isEarly ? (1, half) : (half, fan.count)
    while low < high {
      let middle = (low + high) / 2
      if turn(to: point, from: corners[3 * Int(fan[middle])], around: tip) < 0 {
        high = middle
      } else {
        low = middle + 1
      }
    }
    let facet = Int(fan[low - 1])
    if sees(point, facet) { wait(point, at: facet) } else { facets[Int(point)] = Self.none }
  }
}
