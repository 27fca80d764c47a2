/// A point on a facet.
struct SurfacePoint {
  var point: SIMD3<Double>
  /// The square of its distance from what was asked about, in the tree's frame.
  var squaredDistance: Double
  /// The facet's position in the tree.
  var position: Int
}

extension FacetTree {
  /// The surface point nearest to `point`, of those nearer than `distance`, in the tree's frame; nil if
  /// there is none. `point` lies within ±4.
  func nearest(
    to point: SIMD3<Double>, within distance: Double, steps: inout StepCounter
  ) -> SurfacePoint? {
    var nearest: SurfacePoint?
    var reach = distance * distance
    let place = SIMD4(SIMD3<Float>(point), 0)
    var waiting = InlineArray<96, UInt32>(repeating: 0)
    var distances = InlineArray<96, Float>(repeating: 0)
    var depth = 0
    var node = 0
    while true {
      if steps.isExhausted { return nearest }
      let current = nodes[node]
      if current.count > 0 {
        steps.take(1 + Int(current.count))
        for position in Int(current.link)..<Int(current.link) + Int(current.count) {
          let candidate = triangle(position).nearest(to: point)
          let offset = candidate - point
          let squared = dot(offset, offset)
          guard squared < reach else { continue }
          reach = squared
          nearest = SurfacePoint(point: candidate, squaredDistance: squared, position: position)
        }
      } else {
        steps.take()
        let first = node + 1
        let second = Int(current.link)
        let toFirst = nodes[first].squaredDistance(to: place)
        let toSecond = nodes[second].squaredDistance(to: place)
        let limit = Float(reach)
        let isFirstNearer = toFirst <= toSecond
        let (near, far) = isFirstNearer ? (toFirst, toSecond) : (toSecond, toFirst)
        if near <= limit {
          if far <= limit {
            waiting[depth] = UInt32(isFirstNearer ? second : first)
            distances[depth] = far
            depth += 1
          }
          node = isFirstNearer ? first : second
          continue
        }
      }
      repeat {
        if depth == 0 { return nearest }
        depth -= 1
      } while distances[depth] > Float(reach)
      node = Int(waiting[depth])
    }
  }
}

extension FacetTree.Node {
  /// At most the squared distance from a point to what the box holds: its padding is larger than the
  /// rounding here.
  @inline(__always)
  func squaredDistance(to point: SIMD4<Float>) -> Float {
    let outside = pointwiseMax(pointwiseMax(low - point, point - high), .zero)
    let square = outside * outside
    return square.x + square.y + square.z
  }
}

extension Triangle {
  /// The triangle's point nearest to `p` (C. Ericson, "Real-Time Collision Detection", 2005, section
  /// 5.1.5): by the Voronoi region of corners, edges and face that `p` lies in.
  @inline(__always)
  func nearest(to p: SIMD3<Double>) -> SIMD3<Double> {
    let ab = b - a
    let ac = c - a
    let ap = p - a
    let d1 = dot(ab, ap)
    let d2 = dot(ac, ap)
    if d1 <= 0 && d2 <= 0 { return a }
    let bp = p - b
    let d3 = dot(ab, bp)
    let d4 = dot(ac, bp)
    if d3 >= 0 && d4 <= d3 { return b }
    let vc = d1 * d4 - d3 * d2
    if vc <= 0 && d1 >= 0 && d3 <= 0 { return a + ab * (d1 / (d1 - d3)) }
    let cp = p - c
    let d5 = dot(ab, cp)
    let d6 = dot(ac, cp)
    if d6 >= 0 && d5 <= d6 { return c }
    let vb = d5 * d2 - d1 * d6
    if vb <= 0 && d2 >= 0 && d6 <= 0 { return a + ac * (d2 / (d2 - d6)) }
    let va = d3 * d6 - d5 * d4
    if va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0 {
      return b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)))
    }
    let sum = va + vb + vc
    return a + ab * (vb / sum) + ac * (vc / sum)
  }
}
