@testable import Geometry

/// Meshes with one fault each.
enum Broken {
  /// Facets as a file without shared vertices holds them.
  static func soup(_ facets: [Facet]) -> Mesh {
    Mesh(
      vertices: facets.flatMap { [$0.a.position, $0.b.position, $0.c.position] },
      corners: [UInt32](0..<UInt32(3 * facets.count)))
  }

  /// The facets with every corner pushed up to `distance` along each axis, each its own way.
  static func shaken(_ mesh: Mesh, by distance: Double) -> Mesh {
    var state: UInt64 = 88_172_645_463_325_252
    func push() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return (Double(state >> 11) * 0x1p-53 * 2 - 1) * distance
    }
    return mesh.mapped { $0 + Point(push(), push(), push()) }
  }

  /// A box one of whose facets has `count` corners along an edge that its neighbour lacks. The crack is
  /// open, or filled with facets without area.
  static func cracked(_ size: Point, corners count: Int, isFilled: Bool = false) -> Mesh {
    let box = soup(Shapes.box(size)).welded()
    var vertices = box.vertices
    let (p, q, r) = (box.corners[0], box.corners[1], box.corners[2])
    var chain = [p]
    for step in 1...count {
      let share = Double(step) / Double(count + 1)
      chain.append(UInt32(vertices.count))
      vertices.append(vertices[Int(p)] + (vertices[Int(q)] - vertices[Int(p)]) * share)
    }
    chain.append(q)
    var corners = Array(box.corners.dropFirst(3))
    for (from, to) in zip(chain, chain.dropFirst()) { corners += [from, to, r] }
    if isFilled {
      for step in 1..<chain.count - 1 { corners += [p, chain[step + 1], chain[step]] }
    }
    return Mesh(vertices: vertices, corners: corners)
  }

  /// A mesh without some of its facets.
  static func without(_ facets: Set<Int>, _ mesh: Mesh) -> Mesh {
    Mesh(
      vertices: mesh.vertices,
      corners: (0..<mesh.triangles).filter { !facets.contains($0) }.flatMap {
        mesh.corners[3 * $0..<3 * $0 + 3]
      })
  }

  /// A mesh with some of its facets turned round.
  static func turned(_ facets: Set<Int>, _ mesh: Mesh) -> Mesh {
    var corners = mesh.corners
    for facet in facets { corners.swapAt(3 * facet + 1, 3 * facet + 2) }
    return Mesh(vertices: mesh.vertices, corners: corners)
  }

  /// An upright cylinder with many sides. Its top, where it has one, is a fan.
  static func cup(radius: Double, height: Double, sides: Int, rim: (Double) -> Double = { _ in 0 })
    -> Mesh
  {
    var vertices = [Point(0, 0, 0)]
    for side in 0..<sides {
      let turn = Double(side) / Double(sides)
      let foot = Point(radius * Wave.cosine(turn), radius * Wave.sine(turn), 0)
      vertices.append(foot)
      vertices.append(foot + Point(0, 0, height + rim(turn)))
    }
    var corners: [UInt32] = []
    for side in 0..<UInt32(sides) {
      let (a, b) = (1 + 2 * side, 1 + 2 * ((side + 1) % UInt32(sides)))
      corners += [0, b, a, a, b, b + 1, a, b + 1, a + 1]
    }
    return Mesh(vertices: vertices, corners: corners)
  }

  /// A band with one half turn.
  static func moebius(steps: Int) -> Mesh {
    var vertices: [Point] = []
    for step in 0..<steps {
      let turn = Double(step) / Double(steps)
      let arm = Point(Wave.cosine(turn), Wave.sine(turn), 0)
      let across = arm * Wave.cosine(turn / 2) + Point(0, 0, Wave.sine(turn / 2))
      vertices += [arm * 10 - across * 2, arm * 10 + across * 2]
    }
    var corners: [UInt32] = []
    for step in 0..<UInt32(steps) {
      let (a, b) = (2 * step, 2 * step + 1)
      let isLast = step == UInt32(steps) - 1
      let (c, d) = isLast ? (UInt32(1), UInt32(0)) : (a + 2, b + 2)
      corners += [a, c, b, b, c, d]
    }
    return Mesh(vertices: vertices, corners: corners)
  }

  /// Triangles that share one corner and nothing else.
  static func star(_ count: Int) -> Mesh {
    var vertices = [Point.zero]
    var corners: [UInt32] = []
    for ray in 0..<count {
      let turn = Double(ray) / Double(count)
      vertices += [
        Point(Wave.cosine(turn), Wave.sine(turn), 1), Point(Wave.cosine(turn), Wave.sine(turn), 2),
      ]
      corners += [0, UInt32(2 * ray + 1), UInt32(2 * ray + 2)]
    }
    return Mesh(vertices: vertices, corners: corners)
  }
}
