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
    let places = mesh.vertices.map { point in
      let moved: SIMD3<Double> = point * 0.5 - middle
      return SIMD3<Float>(moved / halfScale)
    }
    var facets = FacetCollector(count: mesh.triangles, places: places)
    if mesh.triangles > PreviewScene.smallMax {
      for facet in PreviewScene.alongCurve(mesh.corners, places) {
        facets.add(Int(facet), of: mesh.corners)
      }
    } else {
      for facet in 0..<mesh.triangles { facets.add(facet, of: mesh.corners) }
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
    let isFinite = mesh.vertices.map { point in
      let zero: SIMD3<Double> = point * 0
      return zero == SIMD3<Double>.zero
    }
    var isUsed = [Bool](repeating: false, count: isFinite.count)
    for first in stride(from: 0, to: mesh.corners.count, by: 3) {
      let a = Int(mesh.corners[first])
      let b = Int(mesh.corners[first + 1])
      let c = Int(mesh.corners[first + 2])
      guard isFinite[a], isFinite[b], isFinite[c] else { continue }
      isUsed[a] = true
      isUsed[b] = true
      isUsed[c] = true
    }
    var bounds: Bounds?
    for (number, point) in mesh.vertices.enumerated() where isUsed[number] {
      if bounds == nil { bounds = Bounds(min: point, max: point) }
      bounds?.include(point)
    }
    return bounds
  }

  /// Facets up to which all that is looked up at once is near anyway.
  private static let smallMax = 20_000

  /// The facets with finite corners along a Morton curve through 1,024³ cells: files may have them in
  /// any order, and what lies together on the part should in memory, too.
  private static func alongCurve(_ corners: [UInt32], _ places: [SIMD3<Float>]) -> [UInt32] {
    var keys: [UInt64] = []
    keys.reserveCapacity(corners.count / 3)
    for first in stride(from: 0, to: corners.count, by: 3) {
      let sum =
        places[Int(corners[first])] + places[Int(corners[first + 1])]
        + places[Int(corners[first + 2])]
      guard sum.isFinite else { continue }
      let cell = pointwiseMin(pointwiseMax((sum / 3 + 1) * 512, .zero), SIMD3(repeating: 1023))
      let code =
        spread(UInt32(cell.x)) << 2 | spread(UInt32(cell.y)) << 1 | spread(UInt32(cell.z))
      keys.append(UInt64(code) << 32 | UInt64(first / 3))
    }
    // Least significant digit first; the sort is stable.
    var spare = keys
    for shift in [UInt64(32), 42, 52] {
      var starts = [Int](repeating: 0, count: 1025)
      for key in keys { starts[Int(key &>> shift & 1023) + 1] += 1 }
      for digit in 1...1024 { starts[digit] += starts[digit - 1] }
      for key in keys {
        let digit = Int(key &>> shift & 1023)
        spare[starts[digit]] = key
        starts[digit] += 1
      }
      swap(&keys, &spare)
    }
    return keys.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// Every third bit of the result is one of the number's ten.
  private static func spread(_ number: UInt32) -> UInt32 {
    var bits = number
    bits = (bits | bits << 16) & 0x0300_00ff
    bits = (bits | bits << 8) & 0x0300_f00f
    bits = (bits | bits << 4) & 0x030c_30c3
    return (bits | bits << 2) & 0x0924_9249
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
  /// The mesh's vertices in scene units.
  private let places: [SIMD3<Float>]
  /// A vertex' new number plus one; 0 has none.
  private var numbers: [UInt32]

  init(count: Int, places: [SIMD3<Float>]) {
    self.places = places
    numbers = [UInt32](repeating: 0, count: places.count)
    corners.reserveCapacity(3 * count)
    sources.reserveCapacity(count)
    normals.reserveCapacity(count)
    areas.reserveCapacity(count)
  }

  @inline(__always)
  mutating func add(_ facet: Int, of corners: [UInt32]) {
    let a = Int(corners[3 * facet])
    let b = Int(corners[3 * facet + 1])
    let c = Int(corners[3 * facet + 2])
    // In double precision: a needle's normal is lost in the rounding of its long sides otherwise.
    let p = SIMD3<Double>(places[a])
    let q = SIMD3<Double>(places[b])
    let r = SIMD3<Double>(places[c])
    let product = cross(q - p, r - p)
    let length = (product * product).sum().squareRoot()
    guard length > 0, length.isFinite else { return }
    signedVolume += dot(p, cross(q, r))
    add(corner: a)
    add(corner: b)
    add(corner: c)
    sources.append(UInt32(facet))
    normals.append(SIMD3<Float>(product / length))
    areas.append(Float(length / 2))
  }

  @inline(__always)
  private mutating func add(corner vertex: Int) {
    if numbers[vertex] == 0 {
      vertices.append(places[vertex])
      numbers[vertex] = UInt32(vertices.count)
    }
    corners.append(numbers[vertex] - 1)
  }

  /// Turns the facets of an inside-out mesh: it is drawn as the solid that was meant.
  mutating func turnOver() {
    for facet in sources.indices {
      corners.swapAt(3 * facet, 3 * facet + 1)
      normals[facet] = -normals[facet]
    }
  }
}
