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
  /// Texels that may be drawn over all maps before casters are left out.
  private static let stepsMax: Float = 3e8

  private struct Map {
    let right: SIMD3<Float>
    let up: SIMD3<Float>
    let towards: SIMD3<Float>
    let radiance: Float
  }
  private let maps: [Map]
  /// Closeness to the light, from 1 at the far end of the unit ball to 65,535; 0 is empty.
  private var depths: [UInt16]

  init(_ scene: PreviewScene, side: Int, lights: [(direction: SIMD3<Float>, radiance: Float)]) {
    self.side = side
    texel = 2.02 / Float(side - 2)
    maps = lights.map { light in
      let towards = light.direction
      let other: SIMD3<Float> = towards.z.magnitude < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
      let right = other.cross(towards).normalised
      return Map(
        right: right, up: towards.cross(right), towards: towards, radiance: light.radiance
      )
    }
    depths = [UInt16](repeating: 0, count: maps.count * side * side)

    // A facet smaller than a texel is a point.
    var points: [SIMD3<Float>] = []
    var facets: [UInt32] = []
    let small = texel * 0.8
    var texels: Float = 0
    for facet in 0..<scene.count {
      let a = scene.vertices[Int(scene.corners[3 * facet])]
      let b = scene.vertices[Int(scene.corners[3 * facet + 1])]
      let c = scene.vertices[Int(scene.corners[3 * facet + 2])]
      let extent = (pointwiseMax(a, pointwiseMax(b, c)) - pointwiseMin(a, pointwiseMin(b, c))).max()
      if extent < small {
        points.append((a + b + c) / 3)
      } else {
        // Over all directions a facet shows half its area on average; rows are what thin ones cost.
        texels +=
          scene.facetAreas[facet] / 2 / (texel * texel)
          + 3 * extent / texel + 8
        if texels * Float(maps.count) > SkyVisibility.stepsMax { continue }
        facets.append(UInt32(facet))
      }
    }
    // A texel needs no more than a point or two: half a million cover the ball's maps.
    let share = max(1, points.count / 500_000)
    if share > 1 { points = stride(from: 0, to: points.count, by: share).map { points[$0] } }
    for index in maps.indices { fill(index, points: points, facets: facets, scene) }
  }

  var count: Int { maps.count }

  @inline(__always)
  private func mapped(_ map: Map, _ point: SIMD3<Float>) -> SIMD3<Float> {
    let middle = Float(side) / 2
    return SIMD3(
      middle + point.dot(map.right) / texel,
      middle + point.dot(map.up) / texel,
      32_768 + point.dot(map.towards) * 32_000
    )
  }

  private mutating func fill(
    _ index: Int,
    points: [SIMD3<Float>],
    facets: [UInt32],
    _ scene: PreviewScene
  ) {
    let map = maps[index]
    let base = index * side * side
    for point in points {
      let place = mapped(map, point)
      let cell = base + Int(place.y) * side + Int(place.x)
      depths[cell] = max(depths[cell], UInt16(place.z))
    }
    guard !facets.isEmpty else { return }
    var raster = FacetRaster(width: side, rows: side)
    for facet in facets {
      let first = 3 * Int(facet)
      raster.draw(
        mapped(map, scene.vertices[Int(scene.corners[first])]),
        mapped(map, scene.vertices[Int(scene.corners[first + 1])]),
        mapped(map, scene.vertices[Int(scene.corners[first + 2])]),
        facet: facet
      )
    }
    for cell in 0..<side * side {
      let closeness = Float(bitPattern: UInt32(truncatingIfNeeded: raster.samples[cell] >> 32))
      if closeness > 0 { depths[base + cell] = max(depths[base + cell], UInt16(closeness)) }
    }
  }

  /// The share of a normal's light that reaches a place, of the directions `first`, `first + step`, …;
  /// 1 where none of them is before the surface. `flat` is the facet's own normal, towards the eye.
  @inline(__always)
  func share(
    at point: SIMD3<Float>,
    flat: SIMD3<Float>,
    normal: SIMD3<Float>,
    first: Int,
    step: Int
  ) -> Float {
    // Off the surface, or it would shade itself between texels.
    let place = point + flat * (texel * 1.6)
    var light: Float = 0.0001
    var all: Float = 0.0001
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
    return light / all
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
