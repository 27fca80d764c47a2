/// Whether a part fits into a build volume in one orientation.
public struct BuildFit: Hashable, Sendable, Codable {
  /// How it fits. The raw values are part of the API.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// It fits with its sides along the machine's, either way round.
    case fits
    /// It fits if it is turned about the vertical, by less than a right angle.
    case fitsTurned = "fits_turned"
    /// The orientation runs along none of the part's axes, and the box around its box does not fit; the
    /// part itself may.
    case notKnown = "not_known"
    /// It is too large.
    case tooLarge = "too_large"
  }

  /// The orientation.
  public let orientation: BuildOrientation
  /// The longer and the shorter side of the footprint, and the height, in millimetres; of a box that
  /// holds the part, unless the orientation runs along an axis of it or of its smallest box.
  public let size: SIMD3<Double>
  /// Whether it fits.
  public let kind: Kind

  /// The part's smallest box that was found: what it measures along which directions.
  typealias TurnedBox = (axes: [SIMD3<Double>], size: SIMD3<Double>)

  init(
    _ orientation: BuildOrientation, of bounds: Bounds, turned box: TurnedBox? = nil,
    into volume: SIMD3<Double>
  ) {
    self.orientation = orientation
    let frame = Self.frame(orientation.up)
    let size = bounds.size
    func extent(_ axis: SIMD3<Double>) -> Double {
      axis.x.magnitude * size.x + axis.y.magnitude * size.y + axis.z.magnitude * size.z
    }
    let own = Self.upright(extent(frame.u), extent(frame.v), extent(orientation.up))
    let ownKind = Self.kind(own, volume)
    // Standing on a side of its smallest box, the part needs no more room than that.
    let turned = box.flatMap { Self.standing($0, orientation.up) }
    let turnedKind = turned.map { Self.kind($0, volume) }
    if ownKind != .tooLarge, turned == nil || orientation.isAlongAxis {
      (self.size, kind) = (own, ownKind)
    } else if let turned, turnedKind != .tooLarge || !orientation.isAlongAxis {
      self.size = turned
      kind = turnedKind == .fits && orientation.isAlongAxis ? .fitsTurned : turnedKind ?? .tooLarge
    } else {
      (self.size, kind) = (own, orientation.isAlongAxis ? .tooLarge : .notKnown)
    }
  }

  /// The longer and the shorter side of a footprint, and the height.
  private static func upright(_ a: Double, _ b: Double, _ height: Double) -> SIMD3<Double> {
    SIMD3(max(a, b), min(a, b), height)
  }

  /// The sides of the box where it stands on one of them; nil where it does not.
  private static func standing(_ box: TurnedBox, _ up: SIMD3<Double>) -> SIMD3<Double>? {
    box.axes.indices.first { dot(box.axes[$0], up).magnitude > 1 - 5e-9 }.map {
      upright(box.size[($0 + 1) % 3], box.size[($0 + 2) % 3], box.size[$0])
    }
  }

  private static func frame(_ up: SIMD3<Double>) -> (u: SIMD3<Double>, v: SIMD3<Double>) {
    let side: SIMD3<Double> = up.z.magnitude < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
    let u = cross(side, up)
    let unit = u / dot(u, u).squareRoot()
    return (unit, cross(up, unit))
  }

  /// How what has such sides (`size`) fits.
  private static func kind(_ size: SIMD3<Double>, _ volume: SIMD3<Double>) -> Kind {
    let (footprint, height) = ((long: size.x, short: size.y), size.z)
    // What is equal but for rounding fits.
    let bed = (
      long: max(volume.x, volume.y) * (1 + 1e-9), short: min(volume.x, volume.y) * (1 + 1e-9)
    )
    guard height <= volume.z * (1 + 1e-9), footprint.short <= bed.short else { return .tooLarge }
    if footprint.long <= bed.long { return .fits }
    // J. Wetzel, "Rectangles in Rectangles", Mathematics Magazine 73 (2000), theorem 1, for a rectangle
    // that is longer than the one it must fit into.
    let (p, q, a) = (footprint.long, footprint.short, bed.long)
    let squares = p * p + q * q
    let least = (2 * p * q * a + (p * p - q * q) * (squares - a * a).squareRoot()) / squares
    return bed.short >= least ? .fitsTurned : .tooLarge
  }

  /// Whether a box fits with any of its sides down, turned about the vertical as it may be.
  static func fits(box: SIMD3<Double>, into volume: SIMD3<Double>) -> Bool {
    (0..<3).contains { up in
      let (a, b) = (box[(up + 1) % 3], box[(up + 2) % 3])
      let kind = kind(upright(a, b, box[up]), volume)
      return kind == .fits || kind == .fitsTurned
    }
  }
}
