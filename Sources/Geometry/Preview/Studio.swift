/// The light that parts are photographed in: a white room with a floor that throws light back, a large
/// soft key light from the upper left, a weak fill from the right and a rim light from behind.
///
/// The lights stand around the camera, so that no side the camera looks at is in the dark. What falls
/// on a surface is gathered once into tables over its normal; shadows are a share of it taken away
/// (`SkyVisibility`).
struct Studio {
  /// Light of the room, without the key light, that falls on a normal.
  let room: DirectionTable
  /// Light of the key light that falls on a normal.
  let key: DirectionTable
  /// What a satin surface mirrors towards the eye, over the mirrored direction.
  let gloss: DirectionTable
  /// Evenly spread directions and the room's radiance there.
  let roomSamples: [(direction: SIMD3<Float>, radiance: Float)]
  /// Directions spread over the key light.
  let keySamples: [(direction: SIMD3<Float>, radiance: Float)]

  private static let keyTint = SIMD3<Float>(1.0, 0.975, 0.94)
  private static let roomTint = SIMD3<Float>(0.955, 0.98, 1.0)
  private static let keyPower: Float = 1.55

  /// The studio around a camera; `vertical` is away from the ground.
  init(camera: PreviewCamera, vertical: SIMD3<Float>, roomCount: Int, keyCount: Int) {
    let level = (camera.back - vertical * camera.back.dot(vertical))
    // Seen from straight above, "towards the viewer" is the lower edge of the picture.
    let front = (level.dot(level) > 0.01 ? level : -camera.up).normalised
    let side = vertical.cross(front).normalised
    let keyDirection = (front * 0.38 - side * 0.62 + vertical * 0.80).normalised

    func roomRadiance(_ direction: SIMD3<Float>) -> Float {
      let height = direction.dot(vertical)
      var radiance = height > 0 ? 0.36 + 0.34 * height : 0.36 - 0.14 * -height
      let fill = max(0, direction.dot((front * 0.5 + side * 0.8 + vertical * 0.25).normalised))
      radiance += 0.30 * fill * fill * fill
      let rim = max(0, direction.dot((side * 0.35 - front * 0.85 + vertical * 0.4).normalised))
      radiance += 0.65 * rim * rim * rim * rim
      return radiance
    }

    let fine = Sphere.directions(600).map { ($0, roomRadiance($0)) }
    room = DirectionTable { normal in
      var sum: Float = 0
      for (direction, radiance) in fine { sum += radiance * max(0, direction.dot(normal)) }
      return Studio.roomTint * (sum * 4 / 600)
    }
    let keyFine = Studio.lobe(around: keyDirection, count: 48)
    key = DirectionTable { normal in
      var sum: Float = 0
      for direction in keyFine { sum += max(0, direction.dot(normal)) }
      return Studio.keyTint * (sum * Studio.keyPower / 48)
    }
    gloss = DirectionTable { mirrored in
      var sum: Float = 0
      for direction in keyFine {
        let cosine = max(0, direction.dot(mirrored))
        let fourth = cosine * cosine * cosine * cosine
        let sixteenth = fourth * fourth * fourth * fourth
        sum += sixteenth * sixteenth
      }
      let strip = max(0, mirrored.dot((side * 0.75 + front * 0.1 + vertical * 0.55).normalised))
      let stripEighth = strip * strip * strip * strip * strip * strip * strip * strip
      return SIMD3(repeating: sum / 48 * 2.4 + stripEighth * 0.35 + roomRadiance(mirrored) * 0.5)
    }
    roomSamples = Sphere.directions(roomCount).map { ($0, roomRadiance($0)) }
    keySamples = Studio.lobe(around: keyDirection, count: keyCount).map { ($0, 1) }
  }

  /// Directions evenly over a disc of about 20 degrees around one: a sunflower (H. Vogel, "A better way
  /// to construct the sunflower head", Mathematical Biosciences 44 (1979)).
  private static func lobe(around axis: SIMD3<Float>, count: Int) -> [SIMD3<Float>] {
    let across = axis.cross(axis.z.magnitude < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)).normalised
    let along = axis.cross(across)
    var turn = SIMD2<Float>(1, 0)
    return (0..<count).map { index in
      let radius = 0.36 * ((Float(index) + 0.5) / Float(count)).squareRoot()
      let direction = (axis + across * (turn.x * radius) + along * (turn.y * radius)).normalised
      turn = SIMD2(
        turn.x * -0.73736888 - turn.y * 0.67549029, turn.x * 0.67549029 + turn.y * -0.73736888
      )
      return direction
    }
  }
}
