/// The corners of the convex hull of points in a plane.
enum PlanarHull {
  /// Numbers of the corners, anticlockwise, none of them between its neighbours; the first is the
  /// lexicographically smallest. Of points on one line, the two ends; of one point, itself.
  ///
  /// A. M. Andrew, "Another Efficient Algorithm for Convex Hulls in Two Dimensions", Information
  /// Processing Letters 9 (1979). Exact.
  static func corners(of points: [SIMD2<Double>]) -> [Int] {
    func precedes(_ i: Int, _ j: Int) -> Bool {
      let (p, q) = (points[i], points[j])
      return p.x != q.x ? p.x < q.x : p.y != q.y ? p.y < q.y : i < j
    }
    let order = points.indices.sorted(by: precedes)
    let lower = chain(order, points)
    let upper = chain(order.reversed(), points)
    // Each chain ends where the other begins.
    let corners = lower.dropLast() + upper.dropLast()
    return corners.isEmpty ? Array(order.prefix(1)) : Array(corners)
  }

  /// The part of the hull to the right of the way from the first point to the last.
  private static func chain(
    _ order: some Sequence<Int>,
    _ points: [SIMD2<Double>]
  ) -> [Int] {
    var chain: [Int] = []
    for index in order {
      if let last = chain.last, points[last] == points[index] { continue }
      while chain.count >= 2,
        Orientation.side(points[chain[chain.count - 2]], points[chain.last!], of: points[index])
          <= 0
      { chain.removeLast() }
      chain.append(index)
    }
    return chain
  }
}
