/// One view of a part as lines on paper, visible and hidden ones, in scene units from the part's middle,
/// x to the right and y up.
struct SheetView {
  private(set) var visible: [[SIMD2<Float>]] = []
  private(set) var hidden: [[SIMD2<Float>]] = []

  /// Samples along the longer side of the depth map that tells visible from hidden.
  private static let side = 1400
  /// Samples walked along edges, at most.
  private static let stepsMax = 6_000_000

  /// Samples drawn into the depth map, at most.
  private static let depthStepsMax: Float = 8e7

  private typealias Segment = (SIMD2<Float>, SIMD2<Float>)

  init(
    _ scene: PreviewScene,
    _ sorted: EdgeRuns,
    right: SIMD3<Float>,
    up: SIMD3<Float>,
    edgesMax: Int,
    hiddenEdgesMax: Int
  ) {
    let back = right.cross(up)
    let features = FeatureEdges(scene, sorted, back: back, most: edgesMax)
    let side = Float(SheetView.side)
    let camera = PreviewCamera(
      towards: back,
      up: up,
      isOrthographic: true,
      frame: .init(left: 4, top: 4, right: side - 4, bottom: side - 4),
      points: scene.vertices
    )
    let raster = SheetView.depths(scene, camera)
    let showsHidden = !features.isReduced && features.edges.count <= hiddenEdgesMax
    var ink = [Bool](repeating: false, count: SheetView.side * SheetView.side)
    var steps = 0
    var visibleParts: [Segment] = []
    var hiddenParts: [Segment] = []
    var behind: [(SIMD3<Float>, SIMD3<Float>)] = []
    for edge in features.edges where steps < SheetView.stepsMax {
      let a = camera.project(scene.vertices[Int(edge.from)])
      let b = camera.project(scene.vertices[Int(edge.to)])
      let runs = SheetView.runs(a, b) { !SheetView.isCovered($0, raster, camera) }
      steps += runs.steps
      for run in runs.kept {
        if SheetView.stamp(run, &ink) { visibleParts.append(SheetView.flat(run, scene, camera)) }
      }
      if showsHidden { behind += runs.others }
    }
    // Hidden edges give way to visible ones, and to hidden ones that they lie on.
    let shown = ink
    for run in behind where steps < SheetView.stepsMax {
      let free = SheetView.runs(run.0, run.1) { !SheetView.isInked($0, shown) }
      steps += free.steps
      for part in free.kept where SheetView.stamp(part, &ink) {
        hiddenParts.append(SheetView.flat(part, scene, camera))
      }
    }
    visible = Polylines.joined(visibleParts)
    hidden = Polylines.joined(hiddenParts)
  }

  private static func depths(_ scene: PreviewScene, _ camera: PreviewCamera) -> FacetRaster {
    var raster = FacetRaster(width: side, rows: side)
    var steps: Float = 0
    for facet in 0..<scene.count {
      let a = camera.project(scene.vertices[Int(scene.corners[3 * facet])])
      let b = camera.project(scene.vertices[Int(scene.corners[3 * facet + 1])])
      let c = camera.project(scene.vertices[Int(scene.corners[3 * facet + 2])])
      // A row costs what some samples do. Beyond the budget facets hide nothing any more; the sheet stays a drawing.
      steps +=
        ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).magnitude / 2
        + 6 * (max(a.y, b.y, c.y) - min(a.y, b.y, c.y))
      if steps > SheetView.depthStepsMax { break }
      raster.draw(a, b, c, facet: UInt32(facet))
    }
    return raster
  }

  /// The parts of an edge along which `isKept` holds, and the others; those shorter than two samples
  /// belong to what is before them.
  private static func runs(
    _ a: SIMD3<Float>,
    _ b: SIMD3<Float>,
    isKept: (SIMD3<Float>) -> Bool
  ) -> (kept: [(SIMD3<Float>, SIMD3<Float>)], others: [(SIMD3<Float>, SIMD3<Float>)], steps: Int) {
    let way = b - a
    let count = max(1, Int(max(way.x.magnitude, way.y.magnitude).rounded(.up)))
    var kept: [(SIMD3<Float>, SIMD3<Float>)] = []
    var others: [(SIMD3<Float>, SIMD3<Float>)] = []
    func state(_ step: Int) -> Bool { isKept(a + way * ((Float(step) + 0.5) / Float(count))) }
    var start = 0
    var current = state(0)
    for step in 1...count {
      let isEnd = step == count
      let next = isEnd ? !current : state(step)
      guard next != current else { continue }
      // One sample alone is the map's grain.
      if !isEnd, step + 1 < count, state(step + 1) == current { continue }
      let run = (a + way * (Float(start) / Float(count)), a + way * (Float(step) / Float(count)))
      if step - start >= 2 || count < 4 {
        if current { kept.append(run) } else { others.append(run) }
      }
      start = step
      current = next
    }
    return (kept, others, count)
  }

  /// Whether the part is before a place, over all of the nine samples around it.
  private static func isCovered(
    _ place: SIMD3<Float>,
    _ raster: FacetRaster,
    _ camera: PreviewCamera
  ) -> Bool {
    let limit = place.z + 2.5 * camera.pixelSize(1)
    let x = min(max(Int(place.x), 1), side - 2)
    let y = min(max(Int(place.y), 1), side - 2)
    for row in y - 1...y + 1 {
      for column in x - 1...x + 1 {
        let sample = raster.samples[row * side + column]
        if Float(bitPattern: UInt32(truncatingIfNeeded: sample >> 32)) <= limit { return false }
      }
    }
    return true
  }

  private static func isInked(_ place: SIMD3<Float>, _ ink: [Bool]) -> Bool {
    let x = min(max(Int(place.x), 1), side - 2)
    let y = min(max(Int(place.y), 1), side - 2)
    for row in y - 1...y + 1 {
      for column in x - 1...x + 1 where ink[row * side + column] { return true }
    }
    return false
  }

  /// Notes where a line runs; false if there are lines all along it already.
  private static func stamp(_ run: (SIMD3<Float>, SIMD3<Float>), _ ink: inout [Bool]) -> Bool {
    let way = run.1 - run.0
    let count = max(1, Int(max(way.x.magnitude, way.y.magnitude).rounded(.up)))
    var isNew = false
    for step in 0..<count {
      let place = run.0 + way * ((Float(step) + 0.5) / Float(count))
      let index =
        min(max(Int(place.y), 0), side - 1) * side + min(max(Int(place.x), 0), side - 1)
      if !ink[index] {
        isNew = true
        ink[index] = true
      }
    }
    return isNew
  }

  private static func flat(
    _ run: (SIMD3<Float>, SIMD3<Float>),
    _ scene: PreviewScene,
    _ camera: PreviewCamera
  ) -> Segment {
    func place(_ point: SIMD3<Float>) -> SIMD2<Float> {
      let there = camera.unproject(point.x, point.y, point.z)
      return SIMD2(there.dot(camera.right), there.dot(camera.up))
    }
    return (place(run.0), place(run.1))
  }
}
