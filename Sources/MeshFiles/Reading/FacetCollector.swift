internal import Geometry

/// Makes a mesh of facets: welds as they come, up to a limit, and beyond it keeps three vertices each.
struct FacetCollector: FacetSink, Sendable {
  private let trianglesMax: Int
  private var welder = MeshWelder(key: .process)
  private var isWelding = true
  private var vertices: [SIMD3<Double>] = []
  private var corners: [UInt32] = []

  /// A collector that welds up to `trianglesMax` facets.
  init(trianglesMax: Int) {
    self.trianglesMax = min(trianglesMax, MeshWelder.trianglesMax)
  }

  mutating func add(_ facet: Facet) {
    if isWelding, welder.triangles < trianglesMax {
      welder.add(facet)
      return
    }
    if isWelding { stopWelding() }
    for vertex in [facet.a, facet.b, facet.c] {
      corners.append(UInt32(vertices.count))
      vertices.append(SIMD3(Double(vertex.x), Double(vertex.y), Double(vertex.z)))
    }
  }

  private mutating func stopWelding() {
    isWelding = false
    let mesh = takeWelded()
    vertices = mesh.vertices
    corners = mesh.corners
  }

  private mutating func takeWelded() -> Mesh {
    let full = welder
    welder = MeshWelder(key: .process)
    return full.mesh()
  }

  /// What was collected, in millimetres; the collector is empty afterwards.
  mutating func finish(unit: LengthUnit) -> (mesh: Mesh, isWelded: Bool) {
    let mesh = isWelding ? takeWelded() : Mesh(vertices: vertices, corners: corners)
    (vertices, corners) = ([], [])
    return (unit == .millimeter ? mesh : mesh.mapped { $0 * unit.millimetres }, isWelding)
  }
}
