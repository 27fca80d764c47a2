import Geometry

typealias Point = SIMD3<Double>

/// Closed meshes whose measures are known from their formulas.
enum Shapes {
  static func vertex(_ point: Point) -> Vertex {
    Vertex(Float(point.x), Float(point.y), Float(point.z))
  }

  static func facet(_ a: Point, _ b: Point, _ c: Point) -> Facet {
    Facet(vertex(a), vertex(b), vertex(c))
  }

  /// A box from `origin`, twelve facets.
  static func box(_ size: Point, at origin: Point = .zero) -> [Facet] {
    func corner(_ bits: Int) -> Point {
      origin
        + size * Point(Double(bits & 1), Double(bits >> 1 & 1), Double(bits >> 2 & 1))
    }
    let sides = [
      [0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5],
    ]
    return sides.flatMap { side in
      let p = side.map(corner)
      return [facet(p[0], p[1], p[2]), facet(p[0], p[2], p[3])]
    }
  }

  static func cube(_ edge: Double, at origin: Point = .zero) -> [Facet] {
    box(Point(repeating: edge), at: origin)
  }

  /// A grid of rows × columns that closes on itself both ways (torus) or at two poles (sphere).
  private static func quads(
    _ rows: Int,
    _ columns: Int,
    _ point: (Int, Int) -> Point
  ) -> [Facet] {
    (0..<rows).flatMap { row in
      (0..<columns).flatMap { column in
        let a = point(row, column)
        let b = point(row, column + 1)
        let c = point(row + 1, column + 1)
        let d = point(row + 1, column)
        return [facet(a, b, c), facet(a, c, d)].filter { !$0.isDegenerate }
      }
    }
  }

  /// A globe with its vertices on the sphere.
  static func sphere(radius: Double, rows: Int, columns: Int) -> [Facet] {
    quads(rows, columns) { row, column in
      if row == 0 { return Point(0, 0, -radius) }
      if row == rows { return Point(0, 0, radius) }
      let latitude = Double(row) / Double(rows)
      let longitude = Double(column % columns) / Double(columns)
      let ring = radius * Wave.sine(latitude / 2)
      return Point(
        ring * Wave.cosine(longitude),
        ring * Wave.sine(longitude),
        -radius * Wave.cosine(latitude / 2)
      )
    }
  }

  static func torus(major: Double, minor: Double, rows: Int, columns: Int) -> [Facet] {
    quads(rows, columns) { row, column in
      let around = Double(column % columns) / Double(columns)
      let tube = Double(row % rows) / Double(rows)
      let ring = major - minor * Wave.cosine(tube)
      return Point(
        ring * Wave.cosine(around),
        ring * Wave.sine(around),
        -minor * Wave.sine(tube)
      )
    }
  }

  static func mirrored(_ facets: [Facet]) -> [Facet] {
    facets.map { Facet(flip($0.a), flip($0.b), flip($0.c)) }
  }

  private static func flip(_ vertex: Vertex) -> Vertex { Vertex(-vertex.x, vertex.y, vertex.z) }

  static func reversed(_ facets: [Facet]) -> [Facet] { facets.map { Facet($0.c, $0.b, $0.a) } }

  static func moved(_ facets: [Facet], by offset: Point) -> [Facet] {
    mapped(facets) { $0 + offset }
  }

  static func mapped(_ facets: [Facet], _ transform: (Point) -> Point) -> [Facet] {
    func move(_ vertex: Vertex) -> Vertex {
      Shapes.vertex(transform(Point(Double(vertex.x), Double(vertex.y), Double(vertex.z))))
    }
    return facets.map { Facet(move($0.a), move($0.b), move($0.c)) }
  }
}

/// Sine and cosine of a fraction of a turn, exactly periodic.
enum Wave {
  static func sine(_ turn: Double) -> Double { cosine(turn - 0.25) }

  static func cosine(_ turn: Double) -> Double {
    let angle = (turn - turn.rounded()) * 2 * Double.pi
    var term = 1.0
    var sum = 1.0
    for n in stride(from: 2.0, through: 30.0, by: 2.0) {
      term *= -angle * angle / (n * (n - 1))
      sum += term
    }
    return sum
  }
}

let testKey = MeshHashKey(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)

func measured(_ facets: [Facet]) -> MeshMeasurement {
  var measurement = MeshMeasurement()
  for facet in facets { measurement.add(facet) }
  return measurement
}

func isClosed(_ facets: [Facet], key: MeshHashKey = testKey) -> Bool {
  var balance = EdgeBalance(key: key)
  for facet in facets { balance.add(facet) }
  return balance.isBalanced
}

func welded(_ facets: [Facet], key: MeshHashKey = testKey) -> Mesh {
  var welder = MeshWelder(key: key)
  for facet in facets { welder.add(facet) }
  return welder.mesh()
}

func topology(_ facets: [Facet]) -> MeshTopology { welded(facets).topology() }

func isClose(_ value: Double, _ expected: Double, within relative: Double) -> Bool {
  (value - expected).magnitude <= relative * expected.magnitude
}

func distance(_ a: Point?, _ b: Point) -> Double {
  guard let a else { return .infinity }
  let d = a - b
  return (d * d).sum().squareRoot()
}
