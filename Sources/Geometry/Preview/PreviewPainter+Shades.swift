/// The light of two rows of samples, the first of them even.
struct PreviewShades {
  var colours: [SIMD3<Float>]

  init(width: Int) { colours = [SIMD3<Float>](repeating: .zero, count: 2 * width) }
}

extension PreviewPainter {
  /// Lights the samples of the rows `y` and `y` + 1.
  ///
  /// Light changes little within half a pixel: four samples that are of one smooth surface are lit as one,
  /// by the lights of all four.
  func shade(
    _ raster: FacetRaster, _ lit: [SIMD3<Float>], rowOf y: Int, into shades: inout PreviewShades
  ) {
    let row = y - raster.firstRow
    let width = raster.width
    let isWhole = fineness > 1 && row >= 0 && row + 1 < raster.rows
    var x = 0
    while x < width {
      let index = row * width + x
      if isWhole, let closeness = meanCloseness(raster, lit, index) {
        let normal =
          (lit[index] + lit[index + 1] + lit[index + width] + lit[index + width + 1]).normalised
        let place = fine.unproject(Float(x) + 1, Float(y) + 1, closeness)
        let facet = PreviewPainter.facet(raster.samples[index])
        let colour = light(on: facet, at: place, normal: normal, x, y, isBlock: true)
        shades.colours[x] = colour
        shades.colours[x + 1] = colour
        shades.colours[width + x] = colour
        shades.colours[width + x + 1] = colour
      } else {
        for (line, column) in [(0, x), (0, x + 1), (1, x), (1, x + 1)] where column < width {
          guard row + line >= 0, row + line < raster.rows else { continue }
          let index = (row + line) * width + column
          let sample = raster.samples[index]
          guard sample != 0 else { continue }
          let place = fine.unproject(
            Float(column) + 0.5, Float(y + line) + 0.5, PreviewPainter.closeness(sample)
          )
          shades.colours[line * width + column] = light(
            on: PreviewPainter.facet(sample), at: place, normal: lit[index], column, y + line,
            isBlock: false
          )
        }
      }
      x += 2
    }
  }

  /// The closeness in the middle of four samples, if they are of one smooth surface.
  @inline(__always)
  private func meanCloseness(_ raster: FacetRaster, _ lit: [SIMD3<Float>], _ index: Int) -> Float? {
    let width = raster.width
    let a = raster.samples[index]
    let b = raster.samples[index + 1]
    let c = raster.samples[index + width]
    let d = raster.samples[index + width + 1]
    guard a != 0, b != 0, c != 0, d != 0 else { return nil }
    if !skipsBacks || !markOfFacet.isEmpty {
      let facet = UInt32(truncatingIfNeeded: a)
      guard facet == UInt32(truncatingIfNeeded: b), facet == UInt32(truncatingIfNeeded: c),
        facet == UInt32(truncatingIfNeeded: d)
      else { return nil }
    }
    let normal = lit[index]
    // cos 8 degrees.
    guard normal.dot(lit[index + 1]) > 0.99, normal.dot(lit[index + width]) > 0.99,
      normal.dot(lit[index + width + 1]) > 0.99
    else { return nil }
    let far = PreviewPainter.closeness(min(a, b, c, d))
    let near = PreviewPainter.closeness(max(a, b, c, d))
    guard near - far < fine.closenessStep(8 * fine.pixelSize(near), at: near) else { return nil }
    return
      (PreviewPainter.closeness(a) + PreviewPainter.closeness(b) + PreviewPainter.closeness(c)
      + PreviewPainter.closeness(d)) / 4
  }

  @inline(__always)
  private static func facet(_ sample: UInt64) -> Int {
    Int(UInt32(truncatingIfNeeded: sample)) - 1
  }

  /// The light that a place sends to the eye. (x, y) is the sample, or the first of a block of four.
  @inline(__always)
  private func light(
    on facet: Int, at place: SIMD3<Float>, normal: SIMD3<Float>, _ x: Int, _ y: Int, isBlock: Bool
  ) -> SIMD3<Float> {
    let towardsEye = fine.towardsEye(from: place)
    let facing = scene.facetNormals[facet].dot(towardsEye)
    // The facet's own side to the eye keeps the shadow's start off the surface.
    let flat = facing < 0 ? -scene.facetNormals[facet] : scene.facetNormals[facet]

    var albedo = material
    if facing < 0, !skipsBacks { albedo = albedo * 0.35 + SIMD3(0.42, 0.16, 0.07) * 0.65 }
    if !markOfFacet.isEmpty, markOfFacet[facet] != 0 {
      albedo = albedo * 0.12 + tints[Int(markOfFacet[facet]) - 1] * 0.88
    }
    let roomShare = share(of: room, at: place, flat, normal, x, y, isBlock: isBlock)
    let keyShare = share(of: key, at: place, flat, normal, x, y, isBlock: isBlock)
    let light = studio.room[normal] * roomShare + studio.key[normal] * keyShare
    let cosine = max(0, normal.dot(towardsEye))
    let mirrored = normal * (2 * normal.dot(towardsEye)) - towardsEye
    let grazing = (1 - cosine) * (1 - cosine)
    let fresnel = 0.045 + 0.35 * grazing * grazing * (1 - cosine)
    let gloss = studio.gloss[mirrored] * (fresnel * (0.35 * keyShare + 0.65 * roomShare))
    return albedo * light + gloss
  }

  /// Each sample asks some of the directions, all samples of a pixel ask all.
  @inline(__always)
  private func share(
    of sky: SkyVisibility, at place: SIMD3<Float>, _ flat: SIMD3<Float>, _ normal: SIMD3<Float>,
    _ x: Int, _ y: Int, isBlock: Bool
  ) -> Float {
    func ask(_ first: Int, _ step: Int) -> SIMD2<Float> {
      sky.light(at: place, flat: flat, normal: normal, first: first, step: step)
    }
    var light = SIMD2<Float>(repeating: 0.0001)
    switch (fineness, isBlock) {
    case (4, true):
      // Two by two of four by four.
      let first = (y & 2) * 4 + (x & 2)
      light += ask(first, 16) + ask(first + 1, 16) + ask(first + 4, 16) + ask(first + 5, 16)
    case (4, false): light += ask((y & 3) * 4 + (x & 3), 16)
    case (2, false): light += ask((y & 1) * 2 + (x & 1), 4)
    default: light += ask(0, 1)
    }
    return light.x / light.y
  }
}
