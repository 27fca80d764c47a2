/// A half-line, set up for exact decisions at facets' edges.
///
/// S. Woop, C. Benthin, I. Wald, "Watertight Ray/Triangle Intersection", JCGT 2 (2013): what an edge
/// decides for the facet on its one side is, to the last bit, the opposite of what it decides for the
/// other, so that no ray slips between neighbours.
struct Ray {
  let origin: SIMD3<Double>
  /// Of length one.
  let direction: SIMD3<Double>
  /// The coordinate along which the direction is longest.
  private let longest: Int
  private let shear: SIMD3<Double>
  /// In single precision, for boxes.
  let boxOrigin: SIMD4<Float>
  let boxInverse: SIMD4<Float>

  /// A ray in a tree's frame. `direction` has length one.
  init(from origin: SIMD3<Double>, along direction: SIMD3<Double>) {
    self.origin = origin
    self.direction = direction
    let size = SIMD3(direction.x.magnitude, direction.y.magnitude, direction.z.magnitude)
    longest = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
    let turned = Self.turned(direction, longest)
    shear = SIMD3(turned.x / turned.z, turned.y / turned.z, 1 / turned.z)
    boxOrigin = SIMD4(SIMD3<Float>(origin), 0)
    boxInverse = SIMD4(
      Self.inverse(direction.x), Self.inverse(direction.y), Self.inverse(direction.z), 0)
  }

  /// Finite even along an axis, so that no box gives infinity times zero.
  private static func inverse(_ component: Double) -> Float {
    let least = 1e-12
    return Float(1 / (component.magnitude < least ? (component < 0 ? -least : least) : component))
  }

  /// The coordinates in cyclic order, so that the one numbered `axis` comes last.
  @inline(__always)
  private static func turned(_ v: SIMD3<Double>, _ axis: Int) -> SIMD3<Double> {
    switch axis {
    case 0: SIMD3(v.y, v.z, v.x)
    case 1: SIMD3(v.z, v.x, v.y)
    default: v
    }
  }

  /// Where the ray meets a triangle's plane within its edges; nil where it does not, runs in the plane,
  /// or the triangle has no area.
  @inline(__always)
  func hit(_ triangle: Triangle) -> (distance: Double, isExit: Bool, isOnEdge: Bool)? {
    let a = Self.turned(triangle.a - origin, longest)
    let b = Self.turned(triangle.b - origin, longest)
    let c = Self.turned(triangle.c - origin, longest)
    let (ax, ay) = (a.x - shear.x * a.z, a.y - shear.y * a.z)
    let (bx, by) = (b.x - shear.x * b.z, b.y - shear.y * b.z)
    let (cx, cy) = (c.x - shear.x * c.z, c.y - shear.y * c.z)
    let u = cx * by - cy * bx
    let v = ax * cy - ay * cx
    let w = bx * ay - by * ax
    if (u < 0 || v < 0 || w < 0) && (u > 0 || v > 0 || w > 0) { return nil }
    let determinant = u + v + w
    if determinant == 0 { return nil }
    let distance = (u * a.z + v * b.z + w * c.z) * shear.z / determinant
    // Seen along +z of the sheared frame, the triangle runs anticlockwise where its normal points back.
    let isExit = (determinant < 0) == (shear.z > 0)
    return (distance, isExit, u == 0 || v == 0 || w == 0)
  }

  /// The distance at which the ray enters a box, at least `low`; nil if it misses it before `high`.
  @inline(__always)
  func entry(_ node: FacetTree.Node, from low: Float, to high: Float) -> Float? {
    let first = (node.low - boxOrigin) * boxInverse
    let second = (node.high - boxOrigin) * boxInverse
    let near = pointwiseMin(first, second)
    let far = pointwiseMax(first, second)
    let enter = max(max(near.x, near.y), max(near.z, low))
    let leave = min(min(far.x, far.y), min(far.z, high))
    return enter <= leave ? enter : nil
  }
}

/// Where a ray meets a facet.
struct RayHit {
  /// From the ray's origin, in the tree's frame.
  var distance: Double
  /// The facet's position in the tree.
  var position: Int
  /// Whether the ray leaves the solid there: the facet's normal points along it.
  var isExit: Bool
  /// Whether the ray meets an edge or a corner, so that the neighbour is hit as well.
  var isOnEdge: Bool
}
