/// The smallest convex body that holds a mesh: what a rubber skin over it would enclose.
///
/// Every decision is exact, so no point is outside by any amount, faces are whole (facets in one plane
/// are one polygon, cut as a fan), and every corner is needed. The result is the same to the last bit
/// in whatever order points or facets come, and whatever `seed` is.
///
/// Points that do not span space give a flat hull, which is defined too: both sides of a polygon, with
/// no volume and twice the polygon's area; or a mesh of two vertices, or one, without facets.
///
/// Time is n log n, expected over the order in which points are taken, whatever the points; memory is
/// about 60 bytes a vertex of the mesh and 100 a corner of the hull.
public struct ConvexHull: Hashable, Sendable {
  /// The dimension of what the points span: 3 for a body, 2 for a polygon, 1 for a line, 0 for a point.
  public let dimension: Int
  let faces: HullFaces
  /// The surface, in millimetres: convex, facets anticlockwise seen from outside; watertight if it is a
  /// body.
  public let mesh: Mesh
  /// What it encloses, in cubic millimetres: the sum of the tetrahedra that each facet spans with the
  /// first vertex, none of which is negative.
  public let volume: Double
  /// Its surface, in square millimetres.
  public let area: Double

  /// The hull of points in millimetres; nil without any, or if a coordinate is not finite.
  ///
  /// Coordinates below 2^−297 mm (10^−90) count as zero and those above 2^300 mm as that.
  ///
  /// - Parameter seed: Shuffles the order in which points are taken. It never shows in the result. Who
  ///   fears a file made to be slow for the order that he uses passes a secret.
  public init?(of points: [SIMD3<Double>], seed: UInt64 = 0x6576_6572_7061_7274) {
    let zero = SIMD3<Double>.zero
    guard !points.isEmpty, points.allSatisfy({ $0 * 0 == zero }) else { return nil }
    var points = points.map(Orientation.inRange)
    let simplex = HullSimplex(of: points)
    dimension = simplex.points.count - 1
    if dimension == 3 {
      let chosen = points.shuffle(seed: seed, first: simplex.points)
      let hull = HullBuilder(points: points, simplex: chosen)
      faces = HullFaces(of: hull, points: points)
    } else {
      faces = HullFaces(flat: Self.flat(points, simplex.points))
    }
    mesh = faces.mesh
    (volume, area) = Self.measure(mesh)
  }

  /// The corners of a hull in a plane, around; or its ends.
  private static func flat(_ points: [SIMD3<Double>], _ simplex: [Int]) -> [SIMD3<Double>] {
    guard simplex.count == 3,
      let (projection, _) = Projection.opening(
        points[simplex[0]], points[simplex[1]], points[simplex[2]])
    else { return simplex.map { points[$0] } }
    return PlanarHull.corners(of: points.map { projection($0) }).map { points[$0] }
  }

  private static func measure(_ mesh: Mesh) -> (volume: Double, area: Double) {
    guard let origin = mesh.vertices.first else { return (0, 0) }
    var sixfoldVolume = CompensatedSum()
    var doubleArea = CompensatedSum()
    for facet in 0..<mesh.triangles {
      let (a, b, c) = mesh.positions(of: facet)
      let normal = cross(b - a, c - a)
      doubleArea.add(dot(normal, normal).squareRoot())
      sixfoldVolume.add(max(0, dot(normal, a - origin)))
    }
    return (sixfoldVolume.value / 6, doubleArea.value / 2)
  }
}

extension Mesh {
  /// The hull of the vertices that facets use; nil without facets. See `ConvexHull`.
  public func convexHull(seed: UInt64 = 0x6576_6572_7061_7274) -> ConvexHull? {
    var isUsed = [Bool](repeating: false, count: vertices.count)
    for corner in corners { isUsed[Int(corner)] = true }
    return ConvexHull(
      of: isUsed.contains(false)
        ? vertices.indices.lazy.filter { isUsed[$0] }.map { vertices[$0] } : vertices,
      seed: seed)
  }
}
