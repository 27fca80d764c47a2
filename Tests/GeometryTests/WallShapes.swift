import Geometry

/// Meshes for the measurements of walls and orientations, in double precision.
enum WallShapes {
  /// The mesh of facets, welded.
  static func mesh(_ facets: [Facet]) -> Mesh {
    let points = facets.flatMap { [$0.a, $0.b, $0.c] }
    return Mesh(
      vertices: points.map { Point(Double($0.x), Double($0.y), Double($0.z)) },
      corners: points.indices.map { UInt32($0) }
    ).welded()
  }

  static func box(_ size: Point, at origin: Point = .zero) -> Mesh {
    mesh(Shapes.box(size, at: origin))
  }

  /// The mesh with its facets in another order.
  static func shuffled(_ mesh: Mesh, seed: UInt64) -> Mesh {
    var lottery = Lottery(seed: seed)
    let order = (0..<mesh.triangles).shuffled(using: &lottery)
    return Mesh(
      vertices: mesh.vertices,
      corners: order.flatMap { mesh.corners[3 * $0..<3 * $0 + 3] })
  }

  static func reversed(_ mesh: Mesh) -> Mesh {
    Mesh(vertices: mesh.vertices, corners: mesh.corners.reversed())
  }

  /// Facets with corners anywhere in a cube of edge two around zero, each at most `size` long.
  static func confetti(_ count: Int, size: Double, seed: UInt64) -> Mesh {
    var lottery = Lottery(seed: seed)
    func point(_ reach: Double) -> Point {
      Point(
        .random(in: -reach...reach, using: &lottery), .random(in: -reach...reach, using: &lottery),
        .random(in: -reach...reach, using: &lottery))
    }
    let vertices = (0..<count).flatMap { _ in
      let middle = point(1)
      return (0..<3).map { _ in middle + point(size / 4) }
    }
    return Mesh(vertices: vertices, corners: vertices.indices.map { UInt32($0) })
  }

  /// Turned about an axis that is none of the coordinates'.
  static func turned(_ p: Point) -> Point {
    let (c, s) = (Wave.cosine(0.11), Wave.sine(0.11))
    let q = Point(c * p.x - s * p.y, s * p.x + c * p.y, p.z)
    return Point(q.x, c * q.y - s * q.z, s * q.y + c * q.z)
  }
}

/// SplitMix64 (G. Steele et al., OOPSLA 2014): the same numbers every time.
struct Lottery: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
