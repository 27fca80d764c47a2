/// Where the eye is, and what of the scene falls on which pixel.
///
/// A projected point is (x, y, closeness): pixels from the picture's top left, and a number that grows
/// towards the eye, is positive, and is linear in x and y over a flat facet (1/distance with perspective,
/// after J. Blinn, "Hyperbolic Interpolation", IEEE CG&A 1992).
struct PreviewCamera {
  /// A rectangle of the picture, in pixels.
  struct Frame {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float
  }

  let right: SIMD3<Float>
  let up: SIMD3<Float>
  /// From the scene towards the eye.
  let back: SIMD3<Float>
  let isOrthographic: Bool
  /// Pixels a scene unit at distance 1 (perspective), or anywhere.
  private(set) var focal: Float
  private var eyeX: Float
  private var eyeY: Float
  private var eyeZ: Float
  private var centreX: Float
  private var centreY: Float

  /// A camera that fits every vertex into `frame`, as large as can be.
  init(
    towards back: SIMD3<Float>,
    up: SIMD3<Float>,
    isOrthographic: Bool,
    frame: Frame,
    points: [SIMD3<Float>]
  ) {
    self.back = back.normalised
    right = up.cross(self.back).normalised
    self.up = self.back.cross(right)
    self.isOrthographic = isOrthographic
    let width = frame.right - frame.left
    let height = frame.bottom - frame.top
    centreX = (frame.left + frame.right) / 2
    centreY = (frame.top + frame.bottom) / 2
    // A lens of about 26 degrees over the larger side.
    focal = 2.15 * max(width, height)
    let slopeX = isOrthographic ? 0 : width / 2 / focal
    let slopeY = isOrthographic ? 0 : height / 2 / focal

    // The planes of the frame's four sides touch the points: exact, also with perspective.
    var high = SIMD3<Float>(repeating: -.infinity)
    var low = SIMD3<Float>(repeating: .infinity)
    for point in points {
      let x = point.dot(right)
      let y = point.dot(self.up)
      let z = point.dot(self.back)
      high = high.larger(SIMD3(x + slopeX * z, y + slopeY * z, z))
      low = low.smaller(SIMD3(x - slopeX * z, y - slopeY * z, z))
    }
    eyeX = (high.x + low.x) / 2
    eyeY = (high.y + low.y) / 2
    if isOrthographic {
      focal = min(width / max(high.x - low.x, 1e-6), height / max(high.y - low.y, 1e-6))
      eyeZ = high.z + 1
    } else {
      eyeZ = max((high.x - low.x) / 2 / slopeX, (high.y - low.y) / 2 / slopeY, high.z + 0.25)
      centre(points, in: frame)
    }
  }

  /// Moves the picture so that the points' middle is the frame's: between the planes of the sides that are
  /// farther apart than the points need, it is not.
  private mutating func centre(_ points: [SIMD3<Float>], in frame: Frame) {
    var high = SIMD3<Float>(repeating: -.infinity)
    var low = SIMD3<Float>(repeating: .infinity)
    for point in points {
      let place = project(point)
      high = high.larger(place)
      low = low.smaller(place)
    }
    let middle = (high + low) / 2
    guard middle.isFinite else { return }
    centreX += (frame.left + frame.right) / 2 - middle.x
    centreY += (frame.top + frame.bottom) / 2 - middle.y
  }

  /// The picture's pixels multiplied: the same camera over a finer grid.
  func scaled(by factor: Int) -> PreviewCamera {
    var camera = self
    camera.focal *= Float(factor)
    camera.centreX *= Float(factor)
    camera.centreY *= Float(factor)
    return camera
  }

  @inline(__always)
  func project(_ point: SIMD3<Float>) -> SIMD3<Float> {
    let distance = eyeZ - point.dot(back)
    let closeness = isOrthographic ? max(4 - distance, 0.1) : 1 / distance
    let scale = isOrthographic ? focal : focal * closeness
    return SIMD3(
      centreX + scale * (point.dot(right) - eyeX),
      centreY - scale * (point.dot(up) - eyeY),
      closeness
    )
  }

  /// The scene's point that falls on (x, y) with a closeness.
  @inline(__always)
  func unproject(_ x: Float, _ y: Float, _ closeness: Float) -> SIMD3<Float> {
    let distance = isOrthographic ? 4 - closeness : 1 / closeness
    let scale = isOrthographic ? 1 / focal : distance / focal
    return right * (eyeX + (x - centreX) * scale) + up * (eyeY - (y - centreY) * scale)
      + back * (eyeZ - distance)
  }

  /// From the eye through (x, y); not of unit length.
  @inline(__always)
  func ray(_ x: Float, _ y: Float) -> (origin: SIMD3<Float>, direction: SIMD3<Float>) {
    if isOrthographic {
      return (
        right * (eyeX + (x - centreX) / focal) + up * (eyeY - (y - centreY) / focal) + back * eyeZ,
        -back
      )
    }
    let direction = right * ((x - centreX) / focal) - up * ((y - centreY) / focal) - back
    return (right * eyeX + up * eyeY + back * eyeZ, direction)
  }

  /// How far a step of one pixel is in the scene, at a closeness.
  @inline(__always)
  func pixelSize(_ closeness: Float) -> Float {
    isOrthographic ? 1 / focal : 1 / (closeness * focal)
  }

  /// The unit vector from a point of the scene to the eye.
  @inline(__always)
  func towardsEye(from point: SIMD3<Float>) -> SIMD3<Float> {
    isOrthographic ? back : (right * eyeX + up * eyeY + back * eyeZ - point).normalised
  }

  /// What a step away from the eye, in scene units, is in closeness.
  @inline(__always)
  func closenessStep(_ distance: Float, at closeness: Float) -> Float {
    isOrthographic ? distance : distance * closeness * closeness
  }
}
