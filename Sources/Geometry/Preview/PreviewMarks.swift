/// What a preview's marks do to the picture: facets are tinted, what is tinted gets a glow around it, and
/// small or hidden places a ring.
struct PreviewMarks {
  let marks: [PreviewMark]
  /// Each drawn facet's mark plus one, 0 for none; empty where no facet is marked.
  let markOfFacet: [UInt16]
  private let centres: [SIMD3<Float>?]
  /// Places to ring, in scene units, the worst last.
  private let places: [(point: SIMD3<Float>, severity: PreviewMark.Severity)]

  init(_ marks: [PreviewMark], _ scene: PreviewScene, triangles: Int) {
    // The worst last, over the others; more would not be told apart.
    let marks = Array(
      marks.sorted { $0.severity < $1.severity }.suffix(Int(MarksInSight.middle) - 1))
    self.marks = marks
    var places: [(SIMD3<Float>, PreviewMark.Severity)] = []
    for mark in marks.reversed() {
      for point in mark.points.prefix(Preview.markedPointsMax - places.count) {
        guard let place = scene.scenePoint(point), place.dot(place) < 4 else { continue }
        places.append((place, mark.severity))
      }
    }
    self.places = places.reversed()
    guard marks.contains(where: { !$0.facets.isEmpty }) else {
      markOfFacet = []
      centres = marks.map { _ in nil }
      return
    }
    var markOfSource = [UInt16](repeating: 0, count: triangles)
    for (number, mark) in marks.enumerated() {
      for facet in mark.facets where facet >= 0 && facet < triangles {
        markOfSource[facet] = UInt16(number + 1)
      }
    }
    markOfFacet = scene.sources.map { markOfSource[Int($0)] }
    var low = [SIMD3<Float>](repeating: SIMD3(repeating: .infinity), count: marks.count)
    var high = [SIMD3<Float>](repeating: SIMD3(repeating: -.infinity), count: marks.count)
    for facet in 0..<scene.count where markOfFacet[facet] != 0 {
      let mark = Int(markOfFacet[facet]) - 1
      for corner in 0..<3 {
        let point = scene.vertices[Int(scene.corners[3 * facet + corner])]
        low[mark] = pointwiseMin(low[mark], point)
        high[mark] = pointwiseMax(high[mark], point)
      }
    }
    centres = marks.indices.map { low[$0].x <= high[$0].x ? (low[$0] + high[$0]) / 2 : nil }
  }

  static func colour(_ severity: PreviewMark.Severity) -> PreviewColour {
    switch severity {
    case .error: PreviewColour(red: 222, green: 44, blue: 48)
    case .warning: PreviewColour(red: 240, green: 152, blue: 0)
    case .note: PreviewColour(red: 30, green: 112, blue: 222)
    }
  }

  var tints: [SIMD3<Float>] {
    marks.map { LinearLight.light(PreviewMarks.colour($0.severity)) }
  }

  /// What is to be found out while the part is painted.
  func sight(_ camera: PreviewCamera, _ options: PreviewOptions) -> MarksInSight {
    MarksInSight(
      marks: [UInt16](
        repeating: 0, count: markOfFacet.isEmpty ? 0 : options.width * options.height
      ),
      probes: places.map { camera.project($0.point) },
      isHidden: [Bool](repeating: false, count: places.count)
    )
  }

  /// Draws glow, rings and legend.
  func draw(
    on canvas: inout Canvas,
    _ sight: MarksInSight,
    camera: PreviewCamera,
    options: PreviewOptions
  ) {
    let unit = Float(max(options.width, options.height)) / 1024
    if !sight.marks.isEmpty {
      glow(on: &canvas, sight.marks, width: options.width, reach: max(2, 9 * unit))
    }
    for (number, box) in seenBoxes(sight.marks, width: options.width).enumerated() {
      let ink = PreviewMarks.colour(marks[number].severity)
      if let box {
        let radius = (box.size / 2).max()
        if radius < 22 * unit {
          ring(on: &canvas, box.centre, max(radius + 7 * unit, 14 * unit), ink, unit, false)
        }
      } else if let centre = centres[number] {
        let place = camera.project(centre)
        ring(on: &canvas, SIMD2(place.x, place.y), 14 * unit, ink, unit, true)
      }
    }
    for (number, probe) in sight.probes.enumerated() {
      let centre = SIMD2(probe.x, probe.y)
      let ink = PreviewMarks.colour(places[number].severity)
      ring(on: &canvas, centre, 13 * unit, ink, unit, sight.isHidden[number])
      guard !sight.isHidden[number] else { continue }
      canvas.ring(centre, radius: 0, width: max(4, 6 * unit), colour: .paper)
      canvas.ring(centre, radius: 0, width: max(2.5, 4.4 * unit), colour: ink)
    }
    if options.showsLegend { legend(on: &canvas, options) }
  }

  /// A ring on a lighter one, so that it shows on any colour.
  private func ring(
    on canvas: inout Canvas,
    _ centre: SIMD2<Float>,
    _ radius: Float,
    _ ink: PreviewColour,
    _ unit: Float,
    _ isBroken: Bool
  ) {
    let radius = max(radius, 6)
    canvas.ring(
      centre, radius: radius, width: max(3.5, 5.5 * unit), colour: .paper, opacity: 0.85
    )
    canvas.ring(
      centre, radius: radius, width: max(1.6, 2.4 * unit), colour: ink, isBroken: isBroken
    )
  }

  /// The boxes of the pixels that each mark is seen at.
  private func seenBoxes(
    _ seen: [UInt16],
    width: Int
  ) -> [(centre: SIMD2<Float>, size: SIMD2<Float>)?] {
    var low = [SIMD2<Float>](repeating: SIMD2(repeating: .infinity), count: marks.count)
    var high = [SIMD2<Float>](repeating: SIMD2(repeating: -.infinity), count: marks.count)
    for (index, mark) in seen.enumerated() where mark != 0 {
      let place = SIMD2(Float(index % width) + 0.5, Float(index / width) + 0.5)
      let number = Int(mark & ~MarksInSight.middle) - 1
      low[number] = pointwiseMin(low[number], place)
      high[number] = pointwiseMax(high[number], place)
    }
    return marks.indices.map { number in
      low[number].x <= high[number].x
        ? ((low[number] + high[number]) / 2, high[number] - low[number]) : nil
    }
  }

  /// Colour around what is marked, fading over `reach` pixels: a chamfer distance in two passes
  /// (G. Borgefors, "Distance Transformations in Digital Images", CVGIP 34 (1986)).
  private func glow(on canvas: inout Canvas, _ seen: [UInt16], width: Int, reach: Float) {
    let height = seen.count / width
    var nearest = seen
    var distance = seen.map {
      $0 >= MarksInSight.middle ? Float(0) : $0 != 0 ? 0.7 : .infinity
    }
    func relax(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, _ step: Float) {
      let (column, row) = (x + dx, y + dy)
      guard column >= 0, column < width, row >= 0, row < height else { return }
      let other = row * width + column
      let here = y * width + x
      if distance[other] + step < distance[here] {
        distance[here] = distance[other] + step
        nearest[here] = nearest[other]
      }
    }
    for y in 0..<height {
      for x in 0..<width {
        for (dx, dy, step) in [(-1, 0, Float(1)), (-1, -1, 1.41), (0, -1, 1), (1, -1, 1.41)] {
          relax(x, y, dx, dy, step)
        }
      }
    }
    for y in (0..<height).reversed() {
      for x in (0..<width).reversed() {
        for (dx, dy, step) in [(1, 0, Float(1)), (1, 1, 1.41), (0, 1, 1), (-1, 1, 1.41)] {
          relax(x, y, dx, dy, step)
        }
      }
    }
    for index in seen.indices where distance[index] > 0 && distance[index] < reach {
      let mark = Int(nearest[index] & ~MarksInSight.middle) - 1
      let ink = PreviewMarks.colour(marks[mark].severity)
      let share = 1 - distance[index] / reach
      canvas.mix(ink, 0.55 * share * share, index % width, index / width)
    }
  }

  /// How many marks there are of each severity, in the lower left corner.
  private func legend(on canvas: inout Canvas, _ options: PreviewOptions) {
    let height = PreviewDimensions.textHeight(options) * 0.8
    var y = Float(options.height) - height * 2
    for severity in PreviewMark.Severity.allCases {
      let count = marks.count { $0.severity == severity }
      guard count > 0 else { continue }
      let name =
        switch severity {
        case .error: count == 1 ? "ERROR" : "ERRORS"
        case .warning: count == 1 ? "WARNING" : "WARNINGS"
        case .note: count == 1 ? "NOTE" : "NOTES"
        }
      let text = "\(count) \(name)"
      let middle = 3.4 * height + StrokeFont.width(text) * height / 2
      canvas.ring(
        SIMD2(2 * height, y), radius: 0, width: height * 1.1,
        colour: PreviewMarks.colour(severity)
      )
      canvas.text(
        text, centre: SIMD2(middle, y), height: height,
        colour: PreviewColour(red: 64, green: 72, blue: 84), halo: .paper
      )
      y -= height * 2
    }
  }
}

extension PreviewColour {
  static let paper = PreviewColour(red: 255, green: 255, blue: 255)
}
