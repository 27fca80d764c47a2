/// What throws shadows into the maps of `SkyVisibility`: small facets as points, large ones as they are.
struct ShadowCasters {
  /// Texels along a map's side.
  let side: Int
  /// Scene units a texel; maps hold the unit ball and a border of a texel.
  let texel: Float
  /// What is drawn as points: a map has a point or two for each texel of the part.
  let points: [SIMD3<Float>]
  /// The vertices of the large facets.
  let vertices: [SIMD3<Float>]
  /// Three vertex numbers a large facet.
  let corners: [UInt32]
  /// The unit normal of each large facet.
  let normals: [SIMD3<Float>]
  /// Whether the surface is closed, so that its backs need not be drawn.
  let isClosed: Bool

  /// Texels that may be drawn over all maps before casters are left out.
  private static let stepsMax: Float = 1.2e8
  /// Half a million points cover the ball's maps.
  private static let pointsMax = 500_000

  /// Casters for `maps` maps of at most `side` texels a side: of fewer, where there is too much to be
  /// drawn at that size.
  init(_ scene: PreviewScene, side: Int, maps: Int, isClosed: Bool) {
    var side = side
    var cost = ShadowCasters.cost(scene, side: side)
    while side > 96, cost.steps * Float(maps) > ShadowCasters.stepsMax {
      side = max(96, side * 2 / 3)
      cost = ShadowCasters.cost(scene, side: side)
    }
    self.side = side
    self.isClosed = isClosed
    texel = 2.02 / Float(side - 2)

    let share = max(1, cost.points / ShadowCasters.pointsMax)
    var points = Thinned(share: share)
    var large = LargeFacets(vertexCount: scene.vertices.count)
    var steps: Float = 0
    for facet in 0..<scene.count {
      let a = scene.vertices[Int(scene.corners[3 * facet])]
      let b = scene.vertices[Int(scene.corners[3 * facet + 1])]
      let c = scene.vertices[Int(scene.corners[3 * facet + 2])]
      let pieces = ShadowCasters.pieces(ShadowCasters.extent(a, b, c) / texel)
      if pieces == 1 {
        points.append((a + b + c) / 3)
      } else if pieces <= ShadowCasters.piecesMax {
        ShadowCasters.append(a, b, c, pieces, to: &points)
      } else {
        steps += ShadowCasters.steps(scene.facetAreas[facet], ShadowCasters.extent(a, b, c), texel)
        if steps * Float(maps) > ShadowCasters.stepsMax { continue }
        large.append(facet, of: scene)
      }
    }
    self.points = points.kept
    vertices = large.vertices
    corners = large.corners
    normals = large.normals
  }

  /// A facet of up to so many pieces a side is points.
  private static let piecesMax = 3

  /// Into how many pieces a side a facet is cut, for each to be smaller than a texel.
  @inline(__always)
  private static func pieces(_ texels: Float) -> Int {
    texels < 0.8 ? 1 : texels < 1.6 ? 2 : texels < 2.4 ? 3 : 4
  }

  /// The middles of the pieces that a facet falls into when its sides are cut evenly.
  private static func append(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, _ pieces: Int,
    to points: inout Thinned
  ) {
    let across = (b - a) / Float(pieces)
    let along = (c - a) / Float(pieces)
    for row in 0..<pieces {
      for column in 0..<pieces - row {
        let corner = a + across * Float(column) + along * Float(row)
        points.append(corner + (across + along) / 3)
        if column + row < pieces - 1 { points.append(corner + (across + along) * (2 / 3)) }
      }
    }
  }

  @inline(__always)
  private static func extent(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) -> Float {
    (a.larger(b).larger(c) - a.smaller(b).smaller(c)).max()
  }

  /// What drawing a large facet into a map takes. Over all directions a facet shows half its area on
  /// average; rows are what thin ones cost.
  @inline(__always)
  private static func steps(_ area: Float, _ extent: Float, _ texel: Float) -> Float {
    area / 2 / (texel * texel) + 3 * extent / texel + 16
  }

  /// The steps that a map takes for the large facets, and the points for the others.
  private static func cost(_ scene: PreviewScene, side: Int) -> (steps: Float, points: Int) {
    let texel = 2.02 / Float(side - 2)
    var steps: Float = 0
    var points = 0
    for facet in 0..<scene.count {
      let a = scene.vertices[Int(scene.corners[3 * facet])]
      let b = scene.vertices[Int(scene.corners[3 * facet + 1])]
      let c = scene.vertices[Int(scene.corners[3 * facet + 2])]
      let extent = extent(a, b, c)
      let pieces = pieces(extent / texel)
      if pieces <= piecesMax {
        points += pieces * pieces
      } else {
        steps += ShadowCasters.steps(scene.facetAreas[facet], extent, texel)
      }
    }
    return (steps, points)
  }
}

/// Every so many of the points that are handed over.
private struct Thinned {
  let share: Int
  private(set) var kept: [SIMD3<Float>] = []
  private var next = 0

  init(share: Int) { self.share = share }

  @inline(__always)
  mutating func append(_ point: SIMD3<Float>) {
    if next == 0 { kept.append(point) }
    next = next + 1 == share ? 0 : next + 1
  }
}

/// Takes the large facets, and numbers their vertices anew.
private struct LargeFacets {
  var vertices: [SIMD3<Float>] = []
  var corners: [UInt32] = []
  var normals: [SIMD3<Float>] = []
  /// A vertex' new number plus one; 0 has none.
  private var numbers: [UInt32]

  init(vertexCount: Int) { numbers = [UInt32](repeating: 0, count: vertexCount) }

  mutating func append(_ facet: Int, of scene: PreviewScene) {
    for corner in 3 * facet..<3 * facet + 3 {
      let vertex = Int(scene.corners[corner])
      if numbers[vertex] == 0 {
        vertices.append(scene.vertices[vertex])
        numbers[vertex] = UInt32(vertices.count)
      }
      corners.append(numbers[vertex] - 1)
    }
    normals.append(scene.facetNormals[facet])
  }
}
