/// The sizes along the axes, beside the part: three lines along edges of its box that lie on the box's
/// outline, drawn outside of it, so that no line crosses the part.
struct PreviewDimensions {
  /// One size, in scene units.
  private struct Measure {
    let from: SIMD3<Float>
    let to: SIMD3<Float>
    /// From the box outwards, of unit length.
    let outward: SIMD3<Float>
    let text: String
  }

  private let measures: [Measure]
  /// Scene units from the box to a dimension line, and from there to an extension line's end.
  private static let offset: Float = 0.15
  private static let overhang: Float = 0.03

  init(_ scene: PreviewScene, _ viewpoint: Viewpoint) {
    let right = viewpoint.vertical.cross(viewpoint.back).normalised
    let up = viewpoint.back.cross(right)
    measures = (0..<3).compactMap { axis in
      PreviewDimensions.measure(axis, scene, viewpoint, right: right, up: up)
    }
  }

  /// What must be in the picture beside the part.
  var points: [SIMD3<Float>] {
    measures.flatMap { measure in
      let away = measure.outward * (PreviewDimensions.offset + PreviewDimensions.overhang)
      return [measure.from + away, measure.to + away]
    }
  }

  /// The edge along an axis to write its size at: of the two on the box' outline the lower one, and for
  /// upright edges the right one.
  private static func measure(
    _ axis: Int,
    _ scene: PreviewScene,
    _ viewpoint: Viewpoint,
    right: SIMD3<Float>,
    up: SIMD3<Float>
  ) -> Measure? {
    var along = SIMD3<Float>.zero
    along[axis] = 1
    // Seen end-on, or without a length: nothing to write at.
    let seen = SIMD2(along.dot(right), along.dot(up))
    guard (seen * seen).sum() > 0.02, scene.halfSize[axis] > 0 else { return nil }
    let others = [0, 1, 2].filter { $0 != axis }
    var best: (measure: Measure, score: Float)?
    for signs in [(Float(1), Float(1)), (1, -1), (-1, 1), (-1, -1)] {
      var first = SIMD3<Float>.zero
      var second = SIMD3<Float>.zero
      first[others[0]] = signs.0
      second[others[1]] = signs.1
      let facing = (first.dot(viewpoint.back), second.dot(viewpoint.back))
      // One side towards the eye and one away from it; seen straight on, a side may count as either.
      guard facing.0 * facing.1 <= 1e-6 else { continue }
      func reach(_ direction: SIMD3<Float>) -> Float {
        let place = SIMD2(direction.dot(right), direction.dot(up))
        let off = place - seen * ((place * seen).sum() / (seen * seen).sum())
        return (off * off).sum().squareRoot()
      }
      // Outwards along the ground where that can be seen, and never along a side seen edge-on.
      let front = facing.0 > facing.1 ? first : second
      let rear = facing.0 > facing.1 ? second : first
      let outward = reach(front) > 0.35 ? front : reach(front) > reach(rear) ? front : rear
      let middle = scene.halfSize * (first + second)
      let isUpright = seen.y.magnitude > 0.8 * (seen * seen).sum().squareRoot()
      // Of two that are seen at one place, the nearer: the further is drawn shorter than what is seen.
      let score =
        (isUpright ? middle.dot(right) : -middle.dot(up)) + 1e-3 * middle.dot(viewpoint.back)
      if score > best?.score ?? -.infinity {
        let size = scene.bounds.max[axis] - scene.bounds.min[axis]
        best = (
          Measure(
            from: middle - scene.halfSize * along,
            to: middle + scene.halfSize * along,
            outward: outward,
            text: SizeText.millimetres(size)
          ),
          score
        )
      }
    }
    return best?.measure
  }

  /// The height of the digits, in pixels.
  static func textHeight(_ options: PreviewOptions) -> Float {
    min(max(Float(max(options.width, options.height)) / 62, 6.5), 44)
  }

  func draw(on canvas: inout Canvas, _ camera: PreviewCamera, _ options: PreviewOptions) {
    let height = PreviewDimensions.textHeight(options)
    let ink = PreviewColour(red: 64, green: 72, blue: 84)
    let pale = PreviewColour(red: 150, green: 157, blue: 167)
    let thin = max(1, height * 0.085)
    func place(_ point: SIMD3<Float>) -> SIMD2<Float> {
      let projected = camera.project(point)
      return SIMD2(projected.x, projected.y)
    }
    for measure in measures {
      let away = measure.outward * PreviewDimensions.offset
      let past = measure.outward * (PreviewDimensions.offset + PreviewDimensions.overhang)
      let gap = measure.outward * 0.025
      for end in [measure.from, measure.to] {
        canvas.line(place(end + gap), place(end + past), width: thin, colour: pale)
      }
      let a = place(measure.from + away)
      let b = place(measure.to + away)
      let length = ((b - a) * (b - a)).sum().squareRoot()
      guard length > 1 else { continue }
      let way = (b - a) / length
      canvas.line(a, b, width: thin, colour: ink)
      let arrow = min(height * 0.95, length * 0.3)
      let across = SIMD2(-way.y, way.x) * (arrow * 0.19)
      canvas.triangle(a, a + way * arrow + across, a + way * arrow - across, colour: ink)
      canvas.triangle(b, b - way * arrow + across, b - way * arrow - across, colour: ink)

      // Beside the line, on the side away from the part.
      let base = place((measure.from + measure.to) / 2)
      let out = (a + b) / 2 - base
      let normal = SIMD2(-way.y, way.x) * ((-way.y * out.x + way.x * out.y) < 0 ? -1 : 1)
      let size = SIMD2(StrokeFont.width(measure.text) * height, height)
      let half = (size.x * normal.x.magnitude + size.y * normal.y.magnitude) / 2
      canvas.text(
        measure.text,
        centre: (a + b) / 2 + normal * (half + height * 0.55),
        height: height,
        colour: ink
      )
    }
  }
}
