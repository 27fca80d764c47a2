/// A box of any orientation that holds a mesh, the smallest that was found.
///
/// **What is computed.** The smallest box has at least two neighbouring sides that are flush with an edge
/// of the convex hull each (J. O'Rourke, "Finding Minimal Enclosing Boxes", International Journal of
/// Computer and Information Sciences 14 (1985)); enumerating what that allows takes cubic time. Here a
/// box is tried over every face of the hull, the best for one side flush with it, and over every pair of
/// edges, for one side along both. Over a direction the box is the smallest one: one of its sides is
/// flush with an edge of the outline (H. Freeman, R. Shapira, "Determining the Minimum-Area Encasing
/// Rectangle for an Arbitrary Closed Curve", CACM 18 (1975)). The best are then improved, each of the
/// box's own axes taken as the direction in turn, until nothing is gained. The result is the smallest of
/// all boxes flush with a face; it is not proven to be the smallest of all.
///
/// The hull is exact and does not depend on the order of vertices and facets; nor does the box, to the
/// last bit.
public struct OrientedBox: Hashable, Sendable {
  /// The middle, in millimetres.
  public let centre: SIMD3<Double>
  /// Three unit vectors along the edges, right-handed, longest edge first. Of the first two, the largest
  /// coordinate is positive.
  public let axes: [SIMD3<Double>]
  /// The edges' lengths along the axes, in millimetres, longest first.
  public let size: SIMD3<Double>
  /// Whether every face and every pair of edges of the hull was tried. If not, the largest faces and
  /// longest edges were, as many as the budget allows.
  public let isExhaustive: Bool

  /// The enclosed volume, in cubic millimetres.
  public var volume: Double { size.x * size.y * size.z }

  /// The corners, in millimetres.
  public var corners: [SIMD3<Double>] {
    (0..<8).map { code in
      var corner = centre
      for axis in 0..<3 {
        let reach = code >> axis & 1 == 0 ? -0.5 * size[axis] : 0.5 * size[axis]
        corner += axes[axis] * reach
      }
      return corner
    }
  }

  /// The box over a hull. Searching takes about 4000 projections of 256 points, and the hull's
  /// corners projected as often as their number times that is two million, but three times at least.
  public init(of hull: ConvexHull) {
    var search = OrientedBoxSearch(hull)
    let frame = search.best()
    isExhaustive = search.isExhaustive
    let extents = frame.extents(of: hull.mesh.vertices)
    // The frame's axes in the order of their lengths, then of their numbers.
    let order = (0..<3).sorted { (extents.size[$0], $1) > (extents.size[$1], $0) }
    size = SIMD3(extents.size[order[0]], extents.size[order[1]], extents.size[order[2]])
    let first = frame.axes[order[0]].pointingUp
    let second = frame.axes[order[1]].pointingUp
    axes = [first, second, cross(first, second)]
    centre = (0..<3).reduce(extents.origin) { $0 + frame.axes[$1] * extents.middle[$1] }
  }
}

extension SIMD3<Double> {
  /// The vector or its opposite: the one whose first largest coordinate is positive.
  fileprivate var pointingUp: Self {
    let largest = (0..<3).first { self[$0].magnitude == largestMagnitude } ?? 0
    return self[largest] < 0 ? -self : self
  }
}

/// Three directions at right angles.
struct BoxFrame {
  var axes: [SIMD3<Double>]

  /// What points reach along the axes, measured from the first of them, so that a part far away loses
  /// no digits.
  func extents(
    of points: [SIMD3<Double>]
  ) -> (origin: SIMD3<Double>, middle: SIMD3<Double>, size: SIMD3<Double>) {
    let origin = points.first ?? .zero
    let (u, v, w) = (axes[0], axes[1], axes[2])
    var low = SIMD3<Double>.zero
    var high = SIMD3<Double>.zero
    for point in points {
      let offset = point - origin
      let place = SIMD3(dot(offset, u), dot(offset, v), dot(offset, w))
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    return (origin, low + 0.5 * (high - low), high - low)
  }
}
