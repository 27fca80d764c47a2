/// A mesh made ready for drawing: moved to the origin, scaled into the unit ball, without the facets
/// that cannot be seen.
///
/// Single precision is enough for pixels only once the part's own place and size are taken out.
struct PreviewScene {
  /// Positions in the unit ball, of drawn facets only.
  let vertices: [SIMD3<Float>]
  /// Three vertex numbers a drawn facet.
  let corners: [UInt32]
  /// The mesh's number of each drawn facet.
  let sources: [UInt32]
  /// The unit normal of each drawn facet.
  let facetNormals: [SIMD3<Float>]
  /// Half of each drawn facet's cross product: its area in scene units.
  let facetAreas: [Float]
  /// The part's box, in millimetres.
  let bounds: Bounds
  /// The box in scene units: it is centred at the origin, this is its corner.
  let halfSize: SIMD3<Float>
  /// Millimetres a scene unit, halved so that even the widest box does not overflow.
  let halfScale: Double

  init(_ mesh: Mesh) throws(PreviewRefusal) {
    guard mesh.triangles <= Preview.trianglesMax else {
      throw PreviewRefusal(
        .tooManyFacets, "The mesh has more than \(Preview.trianglesMax) facets."
      )
    }
    guard let bounds = PreviewScene.finiteBounds(of: mesh) else { throw PreviewScene.nothing }
    let half = bounds.max / 2 - bounds.min / 2
    let largest = half.max()
    guard largest > 0 else { throw PreviewScene.nothing }
    let unit = half / largest
    let halfScale = largest / 2 * (unit * unit).sum().squareRoot()
    let middle = bounds.min / 4 + bounds.max / 4

    self.bounds = bounds
    self.halfScale = halfScale
    halfSize = SIMD3<Float>(half / 2 / halfScale)
    var facets = FacetCollector(count: mesh.triangles, vertexCount: mesh.vertices.count)
    for facet in 0..<mesh.triangles {
      facets.add(facet, of: mesh) { point in
        let moved: SIMD3<Double> = point * 0.5 - middle
        return SIMD3<Float>(moved / halfScale)
      }
    }
    guard !facets.sources.isEmpty else { throw PreviewScene.nothing }
    if facets.signedVolume < 0 { facets.turnOver() }
    vertices = facets.vertices
    corners = facets.corners
    sources = facets.sources
    facetNormals = facets.normals
    facetAreas = facets.areas
  }

  /// Drawn facets.
  var count: Int { sources.count }

  /// A place of the mesh in scene units; nil where it is not finite there.
  func scenePoint(_ point: SIMD3<Double>) -> SIMD3<Float>? {
    let middle = bounds.min / 4 + bounds.max / 4
    let place = SIMD3<Float>((point / 2 - middle) / halfScale)
    return place.isFinite ? place : nil
  }

  /// The box of the facets with finite corners; `Mesh.bounds` would let one bad corner in.
  private static func finiteBounds(of mesh: Mesh) -> Bounds? {
    var bounds: Bounds?
    for facet in 0..<mesh.triangles {
      let (a, b, c) = mesh.positions(of: facet)
      let zero: SIMD3<Double> = a * 0 + b * 0 + c * 0
      guard zero == SIMD3<Double>.zero else { continue }
      if bounds == nil { bounds = Bounds(min: a, max: a) }
      bounds?.include(a)
      bounds?.include(b)
      bounds?.include(c)
    }
    return bounds
  }

  private static let nothing = PreviewRefusal(
    .nothingToDraw, "No facet has an area and finite corners."
  )
}

/// Takes the facets that can be drawn, and numbers their vertices anew.
private struct FacetCollector {
  var vertices: [SIMD3<Float>] = []
  var corners: [UInt32] = []
  var sources: [UInt32] = []
  var normals: [SIMD3<Float>] = []
  var areas: [Float] = []
  /// Six times the volume, where the mesh is closed.
  var signedVolume = 0.0
  /// A vertex' new number plus one; 0 has none.
  private var numbers: [UInt32]

  init(count: Int, vertexCount: Int) {
    numbers = [UInt32](repeating: 0, count: vertexCount)
    corners.reserveCapacity(3 * count)
    sources.reserveCapacity(count)
    normals.reserveCapacity(count)
    areas.reserveCapacity(count)
  }

  @inline(__always)
  mutating func add(_ facet: Int, of mesh: Mesh, place: (SIMD3<Double>) -> SIMD3<Float>) {
    let (a, b, c) = mesh.positions(of: facet)
    // In double precision: a needle's normal is lost in the rounding of its long sides otherwise.
    let p = SIMD3<Double>(place(a))
    let q = SIMD3<Double>(place(b))
    let r = SIMD3<Double>(place(c))
    let product = cross(q - p, r - p)
    let length = (product * product).sum().squareRoot()
    guard length > 0, length.isFinite else { return }
    signedVolume += dot(p, cross(q, r))
    for (corner, point) in [p, q, r].enumerated() {
      let number = Int(mesh.corners[3 * facet + corner])
      if numbers[number] == 0 {
        vertices.append(SIMD3<Float>(point))
        numbers[number] = UInt32(vertices.count)
      }
      corners.append(numbers[number] - 1)
    }
    sources.append(UInt32(facet))
    normals.append(SIMD3<Float>(product / length))
    areas.append(Float(length / 2))
  }

  /// Turns the facets of an inside-out mesh: it is drawn as the solid that was meant.
  mutating func turnOver() {
    for facet in sources.indices {
      corners.swapAt(3 * facet, 3 * facet + 1)
      normals[facet] = -normals[facet]
    }
  }
}
