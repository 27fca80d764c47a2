/// The soft shadow on the ground below the part, as darkness over a coarse grid of the picture.
///
/// A soft shadow has no detail that a grid of some hundred points would miss.
struct PreviewGround {
  private let step: Float
  private let columns: Int
  private let darkness: [Float]

  /// No shadow where the camera looks along the ground or from below it.
  init?(
    camera: PreviewCamera,
    viewpoint: Viewpoint,
    scene: PreviewScene,
    room: SkyVisibility,
    key: SkyVisibility,
    width: Int,
    height: Int
  ) {
    let up = viewpoint.vertical
    guard viewpoint.back.dot(up) > 0.1 else { return nil }
    let floor = -(scene.halfSize * SIMD3(up.x.magnitude, up.y.magnitude, up.z.magnitude)).sum()
    let step = max(1, Float(max(width, height)) / 300)
    let columns = Int(Float(width) / step) + 2
    let rows = Int(Float(height) / step) + 2
    self.step = step
    self.columns = columns
    let sharp = (0..<columns * rows).map { index -> Float in
      let ray = camera.ray(
        Float(index % columns) * step, Float(index / columns) * step
      )
      let way = (floor - ray.origin.dot(up)) / ray.direction.dot(up)
      guard way > 0, way.isFinite else { return 0 }
      let point = ray.origin + ray.direction * way
      let away = min(max((point.dot(point).squareRoot() - 0.7) / 1.1, 0), 1)
      guard away < 1 else { return 0 }
      let lit =
        0.3 * key.share(at: point, flat: up, normal: up)
        + 0.7 * room.share(at: point, flat: up, normal: up)
      let fade = 1 - away * away * (3 - 2 * away)
      return (1 - lit) * fade * 0.62
    }
    // The lights' maps are few: where their edges would show, three by three cells blur them.
    darkness = PreviewGround.blurred(
      PreviewGround.blurred(PreviewGround.blurred(sharp, columns), columns), columns
    )
  }

  private static func blurred(_ cells: [Float], _ columns: Int) -> [Float] {
    var blurred = cells
    for index in columns + 1..<cells.count - columns - 1 {
      var sum: Float = 0
      for line in [index - columns, index, index + columns] {
        sum += cells[line - 1] + cells[line] + cells[line + 1]
      }
      blurred[index] = sum / 9
    }
    return blurred
  }

  /// How much of the light is missing at a pixel, 0 to 1.
  @inline(__always)
  func darkness(_ x: Float, _ y: Float) -> Float {
    let u = x / step
    let v = y / step
    let column = Int(u)
    let row = Int(v)
    let fx = u - Float(column)
    let fy = v - Float(row)
    let cell = row * columns + column
    let upper = darkness[cell] * (1 - fx) + darkness[cell + 1] * fx
    let lower = darkness[cell + columns] * (1 - fx) + darkness[cell + columns + 1] * fx
    return upper * (1 - fy) + lower * fy
  }
}
