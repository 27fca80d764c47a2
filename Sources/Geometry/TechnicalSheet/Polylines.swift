/// Segments joined end to end, and relieved of the points that a line does not need.
enum Polylines {
  private struct Place: Hashable {
    let x: Int32
    let y: Int32

    /// Ends nearer than this grid's step are one.
    init(_ point: SIMD2<Float>) {
      x = Int32((point.x * 20_000).rounded())
      y = Int32((point.y * 20_000).rounded())
    }
  }

  /// Every segment once, as polylines: they run on through a place where exactly two segments end.
  static func joined(_ segments: [(SIMD2<Float>, SIMD2<Float>)]) -> [[SIMD2<Float>]] {
    var ends: [Place: [Int]] = [:]
    for (number, segment) in segments.enumerated() {
      ends[Place(segment.0), default: []].append(number)
      ends[Place(segment.1), default: []].append(number)
    }
    var isUsed = [Bool](repeating: false, count: segments.count)
    var lines: [[SIMD2<Float>]] = []
    /// The points beyond `point`, along unused segments.
    func walk(from point: SIMD2<Float>, after number: Int) -> [SIMD2<Float>] {
      var points: [SIMD2<Float>] = []
      var point = point
      var number = number
      while let there = ends[Place(point)], there.count == 2 {
        let next = there[0] == number ? there[1] : there[0]
        guard !isUsed[next] else { break }
        isUsed[next] = true
        let segment = segments[next]
        point = Place(segment.0) == Place(point) ? segment.1 : segment.0
        number = next
        points.append(point)
      }
      return points
    }
    for (number, segment) in segments.enumerated() where !isUsed[number] {
      isUsed[number] = true
      let after = walk(from: segment.1, after: number)
      let before = walk(from: segment.0, after: number)
      let line = simplified(before.reversed() + [segment.0, segment.1] + after)
      // What is shorter than a dot's width on any sheet is the depth map's grain.
      if length(line) > 0.005 { lines.append(line) }
    }
    return lines
  }

  private static func length(_ points: [SIMD2<Float>]) -> Float {
    zip(points, points.dropFirst()).reduce(0) { sum, pair in
      let way = pair.1 - pair.0
      return sum + (way * way).sum().squareRoot()
    }
  }

  /// Without the points within a tolerance of the line between others (D. Douglas, T. Peucker,
  /// Cartographica 10 (1973)), with a stack instead of recursion and a bound on its depth's cost.
  private static func simplified(_ points: [SIMD2<Float>]) -> [SIMD2<Float>] {
    guard points.count > 2 else { return points }
    let tolerance: Float = 0.0006
    // Long lines in pieces: the worst case is quadratic.
    let piece = 512
    var kept = [Bool](repeating: false, count: points.count)
    for start in stride(from: 0, to: points.count - 1, by: piece) {
      var pending = [(start, min(start + piece, points.count - 1))]
      while let (first, last) = pending.popLast() {
        kept[first] = true
        kept[last] = true
        guard last - first > 1 else { continue }
        let way = points[last] - points[first]
        let square = (way * way).sum()
        var farthest: (index: Int, distance: Float) = (first, tolerance * tolerance)
        for index in first + 1..<last {
          // From the segment, not from its line: a chain may run out beyond its ends and back.
          let off = points[index] - points[first]
          let along = square > 0 ? min(max((off * way).sum() / square, 0), 1) : 0
          let rest = off - way * along
          let distance = (rest * rest).sum()
          if distance > farthest.distance { farthest = (index, distance) }
        }
        guard farthest.index != first else { continue }
        pending.append((first, farthest.index))
        pending.append((farthest.index, last))
      }
    }
    return points.indices.filter { kept[$0] }.map { points[$0] }
  }
}
