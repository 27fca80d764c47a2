/// Draws lines and letters over a finished picture, anti-aliased.
struct Canvas {
  private(set) var picture: Picture

  init(_ picture: Picture) { self.picture = picture }

  /// A stroke with round ends from `a` to `b`, `width` pixels wide.
  mutating func line(
    _ a: SIMD2<Float>,
    _ b: SIMD2<Float>,
    width: Float,
    colour: PreviewColour,
    opacity: Float = 1
  ) {
    let way = b - a
    let square = (way * way).sum()
    cover(pointwiseMin(a, b) - width, pointwiseMax(a, b) + width, colour, opacity) { point in
      let along = square > 0 ? min(max(((point - a) * way).sum() / square, 0), 1) : 0
      let off = point - a - way * along
      return width / 2 + 0.5 - (off * off).sum().squareRoot()
    }
  }

  /// A filled triangle.
  mutating func triangle(
    _ a: SIMD2<Float>,
    _ b: SIMD2<Float>,
    _ c: SIMD2<Float>,
    colour: PreviewColour
  ) {
    let turn = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    guard turn != 0 else { return }
    let corners = turn > 0 ? [a, b, c] : [a, c, b]
    let low = pointwiseMin(a, pointwiseMin(b, c)) - 1
    let high = pointwiseMax(a, pointwiseMax(b, c)) + 1
    cover(low, high, colour, 1) { point in
      var inside = Float.infinity
      for index in 0..<3 {
        let from = corners[index]
        let way = corners[(index + 1) % 3] - from
        let length = (way * way).sum().squareRoot()
        guard length > 0 else { return 0 }
        let off = way.x * (point.y - from.y) - way.y * (point.x - from.x)
        inside = min(inside, off / length)
      }
      return inside + 0.5
    }
  }

  /// A ring, or with `radius` ≤ `width` / 2 a dot. A broken ring has eight dashes.
  mutating func ring(
    _ centre: SIMD2<Float>,
    radius: Float,
    width: Float,
    colour: PreviewColour,
    opacity: Float = 1,
    isBroken: Bool = false
  ) {
    let reach = SIMD2(repeating: radius + width)
    cover(centre - reach, centre + reach, colour, opacity) { point in
      let off = point - centre
      let distance = (off * off).sum().squareRoot()
      let coverage = width / 2 + 0.5 - (distance - radius).magnitude
      guard isBroken, distance > 0 else { return coverage }
      // Gaps around eight directions: where |cos 4φ|, by its polynomial in cos φ, is small.
      let square = off.x * off.x / (distance * distance)
      let cosine = 8 * square * square - 8 * square + 1
      return min(coverage, (cosine.magnitude - 0.35) * radius / 3)
    }
  }

  /// A line of text in `StrokeFont` around its middle; `height` is that of a capital.
  mutating func text(
    _ text: String,
    centre: SIMD2<Float>,
    height: Float,
    colour: PreviewColour,
    halo: PreviewColour? = nil
  ) {
    let strokes = StrokeFont.strokes(text)
    let size = SIMD2(StrokeFont.width(text) * height, height)
    let weight = max(1.05, height * 0.125)
    for (ink, width) in [(halo, weight * 3.2), (colour, weight)] {
      guard let ink else { continue }
      for (a, b) in strokes {
        line(
          centre - size / 2 + a * height, centre - size / 2 + b * height, width: width, colour: ink)
      }
    }
  }

  /// Mixes a colour into the pixels of a box, as far as `coverage` of their middles says.
  private mutating func cover(
    _ low: SIMD2<Float>,
    _ high: SIMD2<Float>,
    _ colour: PreviewColour,
    _ opacity: Float,
    coverage: (SIMD2<Float>) -> Float
  ) {
    let limit = SIMD2(Float(picture.width), Float(picture.height))
    let first = pointwiseMin(pointwiseMax(low, .zero), limit)
    let last = pointwiseMin(pointwiseMax(high + 1, .zero), limit)
    for y in Int(first.y)..<max(Int(first.y), Int(last.y)) {
      for x in Int(first.x)..<max(Int(first.x), Int(last.x)) {
        let share = min(max(coverage(SIMD2(Float(x) + 0.5, Float(y) + 0.5)), 0), 1) * opacity
        if share > 0 { mix(colour, share, x, y) }
      }
    }
  }

  mutating func mix(_ colour: PreviewColour, _ share: Float, _ x: Int, _ y: Int) {
    let first = (y * picture.width + x) * picture.bytesPerPixel
    let below = picture.hasAlpha ? Float(picture.pixels[first + 3]) / 255 : 1
    let opacity = share + below * (1 - share)
    let new = [colour.red, colour.green, colour.blue]
    for channel in 0..<3 {
      let old = Float(picture.pixels[first + channel]) * below * (1 - share)
      let value = (Float(new[channel]) * share + old) / opacity
      picture.pixels[first + channel] = UInt8(min(max(value.rounded(), 0), 255))
    }
    if picture.hasAlpha { picture.pixels[first + 3] = UInt8((opacity * 255).rounded()) }
  }
}
