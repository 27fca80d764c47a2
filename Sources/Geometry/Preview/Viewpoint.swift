/// Where to look at a part from, so that it can be recognised.
struct Viewpoint {
  /// From the part towards the eye, of unit length.
  let back: SIMD3<Float>
  /// Away from the ground that the part stands on.
  let vertical: SIMD3<Float>
}

extension Viewpoint {
  /// The viewpoint that the options ask for.
  init(_ view: PreviewOptions.View, _ scene: PreviewScene) {
    if case .direction(let asked) = view {
      let largest = max(asked.x.magnitude, asked.y.magnitude, asked.z.magnitude)
      if largest > 0, largest.isFinite {
        back = SIMD3<Float>(asked / largest).normalised
        vertical = back.z.magnitude > 0.999 ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1)
        return
      }
    }
    self = Viewpoint.best(of: scene)
  }

  /// The best of 16 three-quarter views on each of the two sides the part would stand on best.
  private static func best(of scene: PreviewScene) -> Viewpoint {
    let facets = telling(scene)
    let standings = standings(scene).prefix(2)
    var best = (view: candidates(standings[0].0, scene)[0], score: -Float.infinity)
    for (vertical, standing) in standings {
      for view in candidates(vertical, scene) {
        let score = standing + tells(view, facets, scene)
        if score > best.score { best = (view, score) }
      }
    }
    return best.view
  }

  /// The six ways up, best first: what lies flat on the ground, and which way the file has it.
  private static func standings(_ scene: PreviewScene) -> [(SIMD3<Float>, Float)] {
    var found: [(SIMD3<Float>, Float)] = []
    for axis in [2, 1, 0] {
      for sign: Float in [1, -1] {
        var up = SIMD3<Float>.zero
        up[axis] = sign
        let others = scene.halfSize * (SIMD3<Float>(repeating: 1) - up * up)
        let sides = [others.x, others.y, others.z].filter { $0 > 0 }
        // Of a thread across kilometres it vanishes in single precision.
        let area = sides.count == 2 ? 4 * sides[0] * sides[1] : 0
        let floor = area > 0 ? area : 1
        var contact: Float = 0
        let ground = -scene.halfSize[axis] * 0.996
        for facet in 0..<scene.count where scene.facetNormals[facet].dot(up) < -0.999 {
          let height = scene.vertices[Int(scene.corners[3 * facet])].dot(up)
          if height <= ground { contact += scene.facetAreas[facet] }
        }
        let flatness = 1 - scene.halfSize[axis]
        let asFiled: Float = axis == 2 ? (sign > 0 ? 0.62 : 0.1) : 0
        found.append((up, min(contact / floor, 1) * 0.5 + flatness * 0.15 + asFiled))
      }
    }
    return found.enumerated()
      .sorted { ($0.element.1, $1.offset) > ($1.element.1, $0.offset) }
      .map(\.element)
  }

  /// Three-quarter views around a vertical, the longer level side across in half of them.
  private static func candidates(
    _ vertical: SIMD3<Float>,
    _ scene: PreviewScene
  ) -> [Viewpoint] {
    let first: SIMD3<Float> = vertical.x == 0 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0)
    let second = vertical.cross(first)
    return [(Float(1), Float(-1)), (-1, -1), (1, 1), (-1, 1)].flatMap { quadrant in
      [Float(0.52), 1 / 0.52].flatMap { slant in
        [Float(0.42), 0.66].map { rise in
          let level = (first * (quadrant.0 * slant) + second * quadrant.1).normalised
          return Viewpoint(back: (level + vertical * rise).normalised, vertical: vertical)
        }
      }
    }
  }

  /// The facets to judge by: all, or the large ones and a share of the others.
  private static func telling(_ scene: PreviewScene) -> [Int] {
    let most = 24_000
    guard scene.count > most else { return Array(0..<scene.count) }
    let mean = scene.facetAreas.reduce(0, +) / Float(scene.count)
    let stride = scene.count / (most / 2)
    var large = 0
    return (0..<scene.count).filter { facet in
      if facet % stride == 0 { return true }
      guard scene.facetAreas[facet] > 8 * mean, large < most / 2 else { return false }
      large += 1
      return true
    }
  }

  /// How much a view tells: the variety of directions seen, the share of the surface seen, steps in
  /// depth (holes, bosses), and breadth. After P. Vázquez et al., "Viewpoint Selection using Viewpoint
  /// Entropy" (VMV 2001), with Gini's index for entropy.
  private static func tells(
    _ view: Viewpoint,
    _ facets: [Int],
    _ scene: PreviewScene
  ) -> Float {
    let side: Float = 96
    let camera = PreviewCamera(
      towards: view.back,
      up: view.vertical,
      isOrthographic: true,
      frame: .init(left: 0, top: 0, right: side, bottom: side),
      points: (0..<8).map { corner in
        scene.halfSize
          * SIMD3(corner & 1 == 0 ? -1 : 1, corner & 2 == 0 ? -1 : 1, corner & 4 == 0 ? -1 : 1)
      }
    )
    var raster = FacetRaster(width: Int(side), rows: Int(side))
    for facet in facets {
      raster.draw(
        camera.project(scene.vertices[Int(scene.corners[3 * facet])]),
        camera.project(scene.vertices[Int(scene.corners[3 * facet + 1])]),
        camera.project(scene.vertices[Int(scene.corners[3 * facet + 2])]),
        facet: UInt32(facet)
      )
    }
    return judge(raster, camera, scene)
  }

  private static func judge(
    _ raster: FacetRaster,
    _ camera: PreviewCamera,
    _ scene: PreviewScene
  ) -> Float {
    var directions = [Float](repeating: 0, count: 125)
    var seen: Float = 0
    var surface: Float = 0
    var steps: Float = 0
    let pixel = camera.pixelSize(1)
    for index in raster.samples.indices where raster.samples[index] != 0 {
      let sample = raster.samples[index]
      let normal = scene.facetNormals[Int(UInt32(truncatingIfNeeded: sample)) - 1]
      let bin = (normal * 2).rounded(.toNearestOrEven) + 2
      directions[Int(bin.x) * 25 + Int(bin.y) * 5 + Int(bin.z)] += 1
      seen += 1
      surface += pixel * pixel / max(normal.dot(camera.back).magnitude, 0.15)
      let next = index + 1 < raster.samples.count ? raster.samples[index + 1] : 0
      let below =
        index + raster.width < raster.samples.count ? raster.samples[index + raster.width] : 0
      let closeness = Float(bitPattern: UInt32(sample >> 32))
      for other in [next, below] where other != 0 {
        let step = closeness - Float(bitPattern: UInt32(other >> 32))
        if step.magnitude > 6 * pixel { steps += 1 }
      }
    }
    guard seen > 0 else { return 0 }
    var same: Float = 0
    for count in directions { same += (count / seen) * (count / seen) }
    let total = scene.facetAreas.reduce(0, +)
    let share = total > 0 ? min(surface / total, 1) : 0
    return (1 - same) + 0.9 * share + 0.5 * min(steps / seen * 4, 1)
      + 0.25 * seen / Float(raster.samples.count)
      + 0.5 * breadth(camera, scene)
  }

  /// From 0 for a tall picture to 1 for a broad one.
  private static func breadth(_ camera: PreviewCamera, _ scene: PreviewScene) -> Float {
    func reach(_ axis: SIMD3<Float>) -> Float {
      (scene.halfSize * SIMD3(axis.x.magnitude, axis.y.magnitude, axis.z.magnitude)).sum()
    }
    let across = reach(camera.right)
    return across / (across + reach(camera.up))
  }
}
