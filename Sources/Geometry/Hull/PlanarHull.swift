/// The corners of the convex hull of points in a plane.
enum PlanarHull {
  /// Numbers of the corners, anticlockwise, none of them between its neighbours; the first is the
  /// lexicographically smallest. Of points on one line, the two ends; of one point, itself.
  ///
  /// A. M. Andrew, "Another Efficient Algorithm for Convex Hulls in Two Dimensions", Information
  /// Processing Letters 9 (1979). Exact. Time n log n at most, and n where most points lie well within.
  static func corners(of points: [SIMD2<Double>]) -> [Int] {
    func precedes(_ i: Int, _ j: Int) -> Bool {
      let (p, q) = (points[i], points[j])
      return p.x != q.x ? p.x < q.x : p.y != q.y ? p.y < q.y : i < j
    }
    let order = (PlanarStrips(points)?.outer(of: points) ?? Array(points.indices))
      .sorted(by: precedes)
    let lower = chain(order, points)
    let upper = chain(order.reversed(), points)
    // Each chain ends where the other begins.
    let corners = lower.dropLast() + upper.dropLast()
    return corners.isEmpty ? Array(order.prefix(1)) : Array(corners)
  }

  /// The part of the hull to the right of the way from the first point to the last.
  fileprivate static func chain(
    _ order: some Sequence<Int>,
    _ points: [SIMD2<Double>]
  ) -> [Int] {
    var chain: [Int] = []
    for index in order {
      if let last = chain.last, points[last] == points[index] { continue }
      while chain.count >= 2,
        Orientation.side(
          points[chain[chain.count - 2]], points[chain[chain.count - 1]], of: points[index]) <= 0
      { chain.removeLast() }
      chain.append(index)
    }
    return chain
  }
}

/// A convex polygon within a set of points, cut into strips of equal width along x, which tells most of
/// the points inside without sorting them (in the manner of S. Akl, G. Toussaint, "A Fast Convex Hull
/// Algorithm", Information Processing Letters 7 (1978)).
private struct PlanarStrips {
  private static let count = 256
  private let left: Double
  private let scale: Double
  /// What is in the polygon over the whole width of a strip and of its neighbours, with a margin in y: then
  /// rounding takes no point that is not. Since the polygon is convex, the strips' ends tell.
  private var low = [Double](repeating: -.infinity, count: count)
  private var high = [Double](repeating: .infinity, count: count)

  /// Nil for few points, which are sorted as soon, and for a set without a width.
  init?(_ points: [SIMD2<Double>]) {
    guard points.count > 4 * Self.count else { return nil }
    var (left, right, size) = (points[0].x, points[0].x, 0.0)
    for point in points {
      left = min(left, point.x)
      right = max(right, point.x)
      size = max(size, point.y.magnitude)
    }
    self.left = left
    scale = Double(Self.count) / (right - left)
    guard scale.isNormal, size.isFinite else { return nil }
    var lowest = [Int](repeating: -1, count: Self.count)
    var highest = lowest
    for (number, point) in points.enumerated() {
      let strip = strip(of: point)
      if lowest[strip] < 0 || point.y < points[lowest[strip]].y { lowest[strip] = number }
      if highest[strip] < 0 || point.y > points[highest[strip]].y { highest[strip] = number }
    }
    let order = (lowest + highest).filter { $0 >= 0 }.sorted {
      (points[$0].x, points[$0].y, $0) < (points[$1].x, points[$1].y, $1)
    }
    let margin = 1e-12 * size
    low = bounds(PlanarHull.chain(order, points).map { points[$0] }).map { $0 + margin }
    let upper = PlanarHull.chain(order.reversed(), points).reversed()
    high = bounds(upper.map { SIMD2(points[$0].x, -points[$0].y) }).map { -$0 - margin }
  }

  private func strip(of point: SIMD2<Double>) -> Int {
    min(Int((point.x - left) * scale), Self.count - 1)
  }

  /// The largest height of a chain, which is convex and leads to the right, in each strip and beside it;
  /// infinite where it does not cross all of that.
  private func bounds(_ chain: [SIMD2<Double>]) -> [Double] {
    // The strips' left edges, with one more on either side.
    var heights = [Double](repeating: .infinity, count: Self.count + 3)
    var segment = 0
    for edge in 1..<Self.count {
      let x = left + Double(edge) / scale
      while segment + 2 < chain.count, chain[segment + 1].x < x { segment += 1 }
      let (p, q) = (chain[segment], chain[segment + 1])
      guard p.x <= x, x <= q.x, p.x < q.x else { continue }
      heights[edge + 1] = p.y + (q.y - p.y) * ((x - p.x) / (q.x - p.x))
    }
    return (0..<Self.count).map { heights[$0...$0 + 3].max() ?? .infinity }
  }

  /// The points that may lie on the hull.
  func outer(of points: [SIMD2<Double>]) -> [Int] {
    points.indices.filter { number in
      let strip = strip(of: points[number])
      let y = points[number].y
      return !(low[strip] < y && y < high[strip])
    }
  }
}
