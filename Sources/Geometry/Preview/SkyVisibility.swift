/// From which of the studio's directions a place is lit: one depth map a direction, as seen from there
/// (L. Williams, "Casting curved shadows on curved surfaces", SIGGRAPH 1978).
///
/// Many maps with a little of the light each make soft shadows and ambient occlusion at once, in the
/// whole scene and not only in what the picture shows.
struct SkyVisibility {
  /// Texels along a map's side.
  private let side: Int
  /// Scene units a texel; maps hold the unit ball and a border of a texel.
  private let texel: Float

  /// Where a place falls on a map, as a matrix' columns: sums of columns are faster than dot products.
  private struct Map {
    let x: SIMD3<Float>
    let y: SIMD3<Float>
    let z: SIMD3<Float>
    let origin: SIMD3<Float>
    let towards: SIMD3<Float>
    let radiance: Float
  }
  private let maps: [Map]
  /// Closeness to the light, from 1 at the far end of the unit ball to 65,535; 0 is empty.
  private var depths: [UInt16]

  init(_ casters: ShadowCasters, lights: [(direction: SIMD3<Float>, radiance: Float)]) {
    side = casters.side
    texel = casters.texel
    let (side, texel) = (side, texel)
    maps = lights.map { light in
      let towards = light.direction
      let other: SIMD3<Float> = towards.z.magnitude < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
      let right = other.cross(towards).normalised
      let up = towards.cross(right)
      func column(_ axis: Int) -> SIMD3<Float> {
        SIMD3(right[axis] / texel, up[axis] / texel, towards[axis] * 32_000)
      }
      return Map(
        x: column(0), y: column(1), z: column(2),
        origin: SIMD3(Float(side) / 2, Float(side) / 2, 32_768),
        towards: towards, radiance: light.radiance
      )
    }
    depths = [UInt16](repeating: 0, count: maps.count * side * side)
    // Neighbours fall on neighbours in all maps: some points at a time over all of them stay in cache.
    for start in stride(from: 0, to: casters.points.count, by: 4096) {
      let points = casters.points[start..<min(start + 4096, casters.points.count)]
      for index in maps.indices { put(points, into: index) }
    }
    guard !casters.corners.isEmpty else { return }
    var raster = FacetRaster(width: side, rows: side)
    var places = [SIMD3<Float>](repeating: .zero, count: casters.vertices.count)
    for index in maps.indices { draw(casters, into: index, &raster, &places) }
  }

  var count: Int { maps.count }

  @inline(__always)
  private func mapped(_ map: Map, _ point: SIMD3<Float>) -> SIMD3<Float> {
    map.origin + map.x * point.x + map.y * point.y + map.z * point.z
  }

  private mutating func put(_ points: ArraySlice<SIMD3<Float>>, into index: Int) {
    let map = maps[index]
    let base = index * side * side
    for point in points {
      let place = mapped(map, point)
      let cell = base + Int(place.y) * side + Int(place.x)
      let depth = UInt16(place.z)
      if depths[cell] < depth { depths[cell] = depth }
    }
  }

  private mutating func draw(
    _ casters: ShadowCasters, into index: Int, _ raster: inout FacetRaster,
    _ places: inout [SIMD3<Float>]
  ) {
    let map = maps[index]
    for vertex in places.indices { places[vertex] = mapped(map, casters.vertices[vertex]) }
    raster.begin(firstRow: 0, rows: side)
    for facet in casters.normals.indices {
      // Before the back of a closed surface there is always a front.
      if casters.isClosed, casters.normals[facet].dot(map.towards) < -0.01 { continue }
      raster.draw(
        places[Int(casters.corners[3 * facet])],
        places[Int(casters.corners[3 * facet + 1])],
        places[Int(casters.corners[3 * facet + 2])],
        facet: UInt32(facet)
      )
    }
    let base = index * side * side
    for cell in 0..<side * side {
      let closeness = Float(bitPattern: UInt32(truncatingIfNeeded: raster.samples[cell] >> 32))
      if closeness > 0 { depths[base + cell] = max(depths[base + cell], UInt16(closeness)) }
    }
  }

  /// The share of a normal's light that reaches a place, of all directions; 1 where none of them is before
  /// the surface. `flat` is the facet's own normal, towards the eye.
  @inline(__always)
  func share(at point: SIMD3<Float>, flat: SIMD3<Float>, normal: SIMD3<Float>) -> Float {
    let light = light(at: point, flat: flat, normal: normal, first: 0, step: 1)
    return (light.x + 0.0001) / (light.y + 0.0001)
  }

  /// What of a normal's light reaches a place, and how much there is, of the directions `first`,
  /// `first + step`, …
  @inline(__always)
  func light(
    at point: SIMD3<Float>,
    flat: SIMD3<Float>,
    normal: SIMD3<Float>,
    first: Int,
    step: Int
  ) -> SIMD2<Float> {
    // Off the surface, or it would shade itself between texels.
    let place = point + flat * (texel * 1.6)
    var light: Float = 0
    var all: Float = 0
    var index = first
    while index < maps.count {
      let map = maps[index]
      let cosine = normal.dot(map.towards)
      if cosine > 0 {
        let weight = cosine * map.radiance
        all += weight
        light += weight * lit(index, mapped(map, place))
      }
      index += step
    }
    return SIMD2(light, all)
  }

  /// How much of the four nearest texels is behind a place, weighted by nearness.
  @inline(__always)
  private func lit(_ index: Int, _ place: SIMD3<Float>) -> Float {
    let x = place.x - 0.5
    let y = place.y - 0.5
    // What lies outside of the map lies outside of the ball that holds the part.
    guard x >= 0, y >= 0, x < Float(side - 1), y < Float(side - 1), place.z > 0 else { return 1 }
    let column = Int(x)
    let row = Int(y)
    let fx = x - Float(column)
    let fy = y - Float(row)
    let cell = (index * side + row) * side + column
    let depth = UInt16(min(place.z + 64, 65_535))
    let upper =
      (depths[cell] <= depth ? 1 - fx : 0) + (depths[cell + 1] <= depth ? fx : 0)
    let lower =
      (depths[cell + side] <= depth ? 1 - fx : 0) + (depths[cell + side + 1] <= depth ? fx : 0)
    return upper * (1 - fy) + lower * fy
  }
}
