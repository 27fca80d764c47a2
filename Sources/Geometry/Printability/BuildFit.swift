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
  /// holds the part, unless the orientation runs along an axis.
  public let size: SIMD3<Double>
  /// Whether it fits.
  public let kind: Kind

  init(_ orientation: BuildOrientation, of bounds: Bounds, into volume: SIMD3<Double>) {
    self.orientation = orientation
    let frame = Self.frame(orientation.up)
    let size = bounds.size
    func extent(_ axis: SIMD3<Double>) -> Double {
      axis.x.magnitude * size.x + axis.y.magnitude * size.y + axis.z.magnitude * size.z
    }
    let (u, v) = (extent(frame.u), extent(frame.v))
    self.size = SIMD3(max(u, v), min(u, v), extent(orientation.up))
    let isAlongAxis = orientation.up.max() == 1 || orientation.up.min() == -1
    kind =
      switch Self.kind(footprint: (self.size.x, self.size.y), height: self.size.z, volume) {
      case .tooLarge: isAlongAxis ? .tooLarge : .notKnown
      case let kind: kind
      }
  }

  private static func frame(_ up: SIMD3<Double>) -> (u: SIMD3<Double>, v: SIMD3<Double>) {
    let side: SIMD3<Double> = up.z.magnitude < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
    let u = cross(side, up)
    let unit = u / dot(u, u).squareRoot()
    return (unit, cross(up, unit))
  }

  private static func kind(
    footprint: (long: Double, short: Double), height: Double, _ volume: SIMD3<Double>
  ) -> Kind {
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
      let kind = kind(footprint: (max(a, b), min(a, b)), height: box[up], volume)
      return kind == .fits || kind == .fitsTurned
    }
  }
}
