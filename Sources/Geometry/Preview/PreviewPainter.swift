/// Paints the part, band after band of the picture's rows: which facet is at each sample, how it is lit,
/// and what share of each pixel it has.
struct PreviewPainter {
  let scene: PreviewScene
  let normals: [SIMD3<Float>]
  let skipsBacks: Bool
  let camera: PreviewCamera
  let studio: Studio
  let room: SkyVisibility
  let key: SkyVisibility
  /// Samples along a pixel's side: 4, 2 or 1.
  let fineness: Int
  let width: Int
  let height: Int
  let material: SIMD3<Float>
  /// What to mix into a facet's colour, by the mark it has; empty without marks.
  let tints: [SIMD3<Float>]
  /// Each drawn facet's mark plus one, 0 for none; empty without marks.
  let markOfFacet: [UInt16]
  /// Samples to either side of an outline that are inked; 0 for no lines.
  let reach: Int

  let projected: [SIMD3<Float>]
  let fine: PreviewCamera

  init(
    scene: PreviewScene,
    normals: ShadingNormals,
    camera: PreviewCamera,
    studio: Studio,
    room: SkyVisibility,
    key: SkyVisibility,
    fineness: Int,
    options: PreviewOptions,
    marks: PreviewMarks
  ) {
    self.scene = scene
    self.normals = normals.corners
    skipsBacks = normals.isClosed
    self.camera = camera
    self.studio = studio
    self.room = room
    self.key = key
    self.fineness = fineness
    width = options.width
    height = options.height
    material = LinearLight.light(options.material)
    tints = marks.tints
    markOfFacet = marks.markOfFacet
    let line = max(0.5, Float(max(width, height)) / 1900)
    reach = options.showsEdges ? max(1, Int((line * Float(fineness)).rounded())) : 0
    let fine = camera.scaled(by: fineness)
    self.fine = fine
    projected = scene.vertices.map { fine.project($0) }
  }

  /// Pixel rows painted at once: some two million samples.
  var bandRows: Int { max(8, 2_000_000 / (width * fineness * fineness)) }

  /// The band's pixels: red, green, blue as light, weighted by the fourth, the part's share of the pixel.
  /// `normals` is room for as many as the raster has samples; `seen` learns what marks are in sight.
  func paint(
    rows: Range<Int>,
    raster: inout FacetRaster,
    normals lit: inout [SIMD3<Float>],
    seen: inout MarksInSight
  ) -> [SIMD4<Float>] {
    let margin = fineness + reach
    let first = rows.lowerBound * fineness - margin
    raster.begin(firstRow: first, rows: rows.count * fineness + 2 * margin)
    draw(into: &raster)
    for (number, probe) in seen.probes.enumerated() {
      let (x, y) = (Int(probe.x * Float(fineness)), Int(probe.y * Float(fineness)) - first)
      guard rows.contains(Int(probe.y)), x >= 0, x < raster.width else { continue }
      let before = PreviewPainter.closeness(raster.samples[y * raster.width + x])
      seen.isHidden[number] = before > probe.z + camera.closenessStep(0.02, at: probe.z)
    }
    resolveNormals(raster, &lit)
    var pixels = [SIMD4<Float>](repeating: .zero, count: width * rows.count)
    let spread = TentFilter(fineness: fineness)
    var shades = PreviewShades(width: raster.width)
    for row in reach..<raster.rows - reach {
      let y = first + row
      if y & 1 == 0 || row == reach { shade(raster, lit, rowOf: y & ~1, into: &shades) }
      let (upper, upperWeight, lowerWeight) = spread.places(y)
      for x in 0..<raster.width {
        let index = row * raster.width + x
        guard raster.samples[index] != 0 else { continue }
        var colour = shades.colours[(y & 1) * raster.width + x]
        colour *= SIMD3(repeating: 1 - ink(raster, lit, index, x: x))
        let (left, leftWeight, rightWeight) = spread.places(x)
        let sample = SIMD4(colour, 1) * spread.scale
        for (line, weight) in [(upper, upperWeight), (upper + 1, lowerWeight)] {
          guard rows.contains(line) else { continue }
          let base = (line - rows.lowerBound) * width
          if left >= 0 { pixels[base + left] += sample * (weight * leftWeight) }
          if left + 1 < width { pixels[base + left + 1] += sample * (weight * rightWeight) }
        }
        if !markOfFacet.isEmpty, y >= 0, rows.contains(y / fineness) {
          let mark = markOfFacet[Int(UInt32(truncatingIfNeeded: raster.samples[index])) - 1]
          if mark != 0 {
            // A pixel's middle decides whether the glow starts in it or around it.
            let isMiddle = x % fineness == fineness / 2 && y % fineness == fineness / 2
            let pixel = y / fineness * width + x / fineness
            if isMiddle {
              seen.marks[pixel] = mark | MarksInSight.middle
            } else if seen.marks[pixel] == 0 {
              seen.marks[pixel] = mark
            }
          }
        }
      }
    }
    return pixels
  }

  private func draw(into raster: inout FacetRaster) {
    let top = Float(raster.firstRow)
    let bottom = Float(raster.firstRow + raster.rows)
    for facet in 0..<scene.count {
      let a = projected[Int(scene.corners[3 * facet])]
      let b = projected[Int(scene.corners[3 * facet + 1])]
      let c = projected[Int(scene.corners[3 * facet + 2])]
      if max(a.y, b.y, c.y) < top || min(a.y, b.y, c.y) > bottom { continue }
      // y runs down: what is anticlockwise from outside is clockwise here.
      if skipsBacks, (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y) >= 0 { continue }
      raster.draw(a, b, c, facet: UInt32(facet))
    }
  }

  /// The normal at every sample with a facet, towards the eye; the zero vector where there is none.
  private func resolveNormals(_ raster: FacetRaster, _ found: inout [SIMD3<Float>]) {
    for row in 0..<raster.rows {
      let y = Float(raster.firstRow + row) + 0.5
      for column in 0..<raster.width {
        let index = row * raster.width + column
        let sample = raster.samples[index]
        guard sample != 0 else {
          found[index] = .zero
          continue
        }
        let facet = Int(UInt32(truncatingIfNeeded: sample)) - 1
        let x = Float(column) + 0.5
        let a = projected[Int(scene.corners[3 * facet])]
        let b = projected[Int(scene.corners[3 * facet + 1])]
        let c = projected[Int(scene.corners[3 * facet + 2])]
        let whole = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
        var v = ((x - a.x) * (c.y - a.y) - (c.x - a.x) * (y - a.y)) / whole
        var w = ((b.x - a.x) * (y - a.y) - (x - a.x) * (b.y - a.y)) / whole
        // A sliver's middle may be computed outside of it.
        v = min(max(v.isFinite ? v : 0, 0), 1)
        w = min(max(w.isFinite ? w : 0, 0), 1 - v)
        let normal =
          (normals[3 * facet] * (1 - v - w) + normals[3 * facet + 1] * v
          + normals[3 * facet + 2] * w).normalised
        found[index] = whole < 0 ? normal : -normal
      }
    }
  }

  /// How much of the line colour a sample has, 0 to 1: at the near side of an outline or a step in
  /// depth, and at one side of a crease.
  private func ink(
    _ raster: FacetRaster,
    _ lit: [SIMD3<Float>],
    _ index: Int,
    x: Int
  ) -> Float {
    guard reach > 0 else { return 0 }
    guard x >= reach, x < raster.width - reach else { return 0 }
    let closeness = PreviewPainter.closeness(raster.samples[index])
    let pixel = fine.pixelSize(closeness)
    let threshold = fine.closenessStep(max(0.014, pixel * Float(2 * reach)), at: closeness)
    var found: Float = 0
    for stride in [reach, reach * raster.width] {
      let before = raster.samples[index - stride]
      let after = raster.samples[index + stride]
      if before == 0 || after == 0 { return 0.62 }
      let ahead = PreviewPainter.closeness(before)
      let behind = PreviewPainter.closeness(after)
      // Zero over a plane, as closeness is linear there.
      if 2 * closeness - ahead - behind > threshold {
        found = max(found, 0.5)
      } else if (behind - closeness).magnitude < threshold {
        let cosine = lit[index].dot(lit[index + stride])
        if cosine < 0.82 { found = max(found, 0.34) }
      }
    }
    return found
  }

  @inline(__always)
  static func closeness(_ sample: UInt64) -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: sample >> 32))
  }
}

/// What of the marks is in sight: found while the depths are at hand.
struct MarksInSight {
  /// The mark seen at each pixel, plus one; empty where no facet is marked.
  var marks: [UInt16]
  /// Added where the mark is seen at the pixel's middle.
  static let middle: UInt16 = 0x8000
  /// Marked points, projected.
  let probes: [SIMD3<Float>]
  /// Whether the part is before a point.
  var isHidden: [Bool]
}

/// A tent over two pixels' width around each pixel's middle: smoother than a box of the same samples.
struct TentFilter {
  let fineness: Int
  /// What makes the weights of all samples of a pixel add up to one.
  let scale: Float

  init(fineness: Int) {
    self.fineness = fineness
    scale = 1 / Float(fineness * fineness)
  }

  /// The first of the two pixels that a sample is spread over, and the two's weights.
  @inline(__always)
  func places(_ sample: Int) -> (first: Int, weight: Float, nextWeight: Float) {
    let place = (Float(sample) + 0.5) / Float(fineness) - 0.5
    let first = place.rounded(.down)
    return (Int(first), 1 - (place - first), place - first)
  }
}
