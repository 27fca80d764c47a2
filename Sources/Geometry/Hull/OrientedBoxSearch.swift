/// The search for a small box around a hull.
///
/// Directions are ranked by the box over 256 of the hull's corners at most. That box is never larger than
/// the one over all corners for the same direction, so that directions are then tried on all corners in
/// that order until no further one can win.
struct OrientedBoxSearch {
  static let corePointsMax = 256
  static let directionsMax = 4000
  private static let projectedPointsMax = 2_000_000

  let hull: ConvexHull
  private let core: [SIMD3<Double>]
  private var projectionsLeft: Int
  var isExhaustive = true

  init(_ hull: ConvexHull) {
    self.hull = hull
    let points = hull.mesh.vertices
    core = Self.core(of: points)
    projectionsLeft = max(3, Self.projectedPointsMax / points.count)
  }

  /// The frame of the smallest box found.
  mutating func best() -> BoxFrame {
    let points = hull.mesh.vertices
    guard hull.dimension == 3 else { return flatFrame() }
    // A frame along the coordinate axes is often meant, and then exact.
    var best = (
      frame: BoxFrame(axes: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]), volume: 0.0
    )
    best.volume = Self.volume(of: best.frame, points)

    let ranked = candidates().map { axis in (axis, Self.smallest(along: axis, over: core).volume) }
      .enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
    var seeds: [BoxFrame] = [best.frame]
    for (_, (axis, bound)) in ranked {
      guard bound < best.volume * (1 - 1e-12) || seeds.count < 8 else { break }
      guard projectionsLeft > 0 else {
        isExhaustive = false
        break
      }
      projectionsLeft -= 1
      let found = Self.smallest(along: axis, over: points)
      if seeds.count < 8 { seeds.append(found.frame) }
      if found.volume < best.volume { best = found }
    }
    projectionsLeft = max(projectionsLeft, 3)
    for seed in [best.frame] + seeds { improve(seed, &best) }
    return best.frame
  }

  /// Takes the axes of a frame as directions in turn, as long as the box gets smaller.
  private mutating func improve(
    _ start: BoxFrame,
    _ best: inout (frame: BoxFrame, volume: Double)
  ) {
    let points = hull.mesh.vertices
    var current = (frame: start, volume: Self.volume(of: start, points))
    var isBetter = true
    while isBetter {
      isBetter = false
      for axis in current.frame.axes {
        guard projectionsLeft > 0 else { break }
        projectionsLeft -= 1
        let found = Self.smallest(along: axis, over: points)
        guard found.volume < current.volume * (1 - 1e-12) else { continue }
        current = found
        isBetter = true
        break
      }
    }
    if current.volume < best.volume { best = current }
  }

  private static func volume(of frame: BoxFrame, _ points: [SIMD3<Double>]) -> Double {
    let size = frame.extents(of: points).size
    return size.x * size.y * size.z
  }

  /// The frame of a hull without volume: across its plane, or along its line.
  private func flatFrame() -> BoxFrame {
    let points = hull.mesh.vertices
    guard let last = points.last, points.count > 1 else {
      return BoxFrame(axes: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)])
    }
    let axis =
      hull.dimension == 2 ? normal(of: 0) : (last - points[0]).across
    return Self.smallest(along: axis ?? SIMD3(0, 0, 1), over: points).frame
  }

  /// Corners for ranking: all, or the extreme ones along directions spread evenly over the sphere.
  private static func core(of points: [SIMD3<Double>]) -> [SIMD3<Double>] {
    guard points.count > corePointsMax else { return points }
    var isChosen = [Bool](repeating: false, count: points.count)
    for axis in directions(count: corePointsMax / 2) {
      var (lowest, highest) = (0, 0)
      var (low, high) = (Double.infinity, -Double.infinity)
      for index in points.indices {
        let height = dot(points[index], axis)
        if height < low { (low, lowest) = (height, index) }
        if height > high { (high, highest) = (height, index) }
      }
      isChosen[lowest] = true
      isChosen[highest] = true
    }
    return points.indices.filter { isChosen[$0] }.map { points[$0] }
  }

  /// Directions over half the sphere: the middles of a cube's cells, drawn out to unit length.
  private static func directions(count: Int) -> [SIMD3<Double>] {
    let side = 6
    return (0..<3 * side * side).prefix(count).compactMap { code in
      let u = (Double(code % side) + 0.5) * 2 / Double(side) - 1
      let v = (Double(code / side % side) + 0.5) * 2 / Double(side) - 1
      return switch code / (side * side) {
      case 0: SIMD3(1, u, v).unit
      case 1: SIMD3(v, 1, u).unit
      default: SIMD3(u, v, 1).unit
      }
    }
  }
}
