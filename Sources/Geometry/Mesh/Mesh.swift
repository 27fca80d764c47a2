/// A triangle mesh in memory: positions, and facets as triples of their numbers.
///
/// What is measured of a whole part starts here, whatever file it came from. Positions are in double
/// precision, which holds what any of the formats stores exactly.
public struct Mesh: Hashable, Sendable {
  /// Positions, in millimetres. A file's reader lets only finite ones in.
  public let vertices: [SIMD3<Double>]
  /// Three vertex numbers a facet, anticlockwise seen from outside the solid.
  public let corners: [UInt32]

  /// A mesh; every number in `corners` must be one of a vertex, and their count divisible by three.
  public init(vertices: [SIMD3<Double>], corners: [UInt32]) {
    precondition(corners.count.isMultiple(of: 3) && vertices.count <= Int(UInt32.max))
    let count = UInt32(vertices.count)
    precondition(corners.allSatisfy { $0 < count })
    self.vertices = vertices
    self.corners = corners
  }

  /// Facets, degenerate ones included.
  public var triangles: Int { corners.count / 3 }

  /// The positions of a facet's three corners.
  @inline(__always)
  public func positions(
    of facet: Int
  ) -> (a: SIMD3<Double>, b: SIMD3<Double>, c: SIMD3<Double>) {
    (
      vertices[Int(corners[3 * facet])], vertices[Int(corners[3 * facet + 1])],
      vertices[Int(corners[3 * facet + 2])]
    )
  }

  /// The smallest box along the axes that holds every corner of a facet; nil without facets.
  public var bounds: Bounds? {
    guard let first = corners.first else { return nil }
    var bounds = Bounds(min: vertices[Int(first)], max: vertices[Int(first)])
    for corner in corners { bounds.include(vertices[Int(corner)]) }
    return bounds
  }

  /// The mesh with every position moved; the facets stay as they are.
  public func mapped(_ move: (SIMD3<Double>) -> SIMD3<Double>) -> Mesh {
    Mesh(vertices: vertices.map(move), corners: corners)
  }

  /// One mesh of several, none of whose vertices become one: bodies that touch stay apart.
  public static func joined(_ meshes: [Mesh]) -> Mesh {
    if meshes.count == 1 { return meshes[0] }
    var vertices: [SIMD3<Double>] = []
    var corners: [UInt32] = []
    vertices.reserveCapacity(meshes.reduce(0) { $0 + $1.vertices.count })
    corners.reserveCapacity(meshes.reduce(0) { $0 + $1.corners.count })
    for mesh in meshes {
      let offset = UInt32(vertices.count)
      vertices += mesh.vertices
      corners += mesh.corners.lazy.map { $0 + offset }
    }
    return Mesh(vertices: vertices, corners: corners)
  }
}
