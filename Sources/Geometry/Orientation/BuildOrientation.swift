/// Which direction of a part points up, away from the bed, while it is printed.
public struct BuildOrientation: Hashable, Sendable, Codable {
  /// Up, in the part's own axes; of length one.
  public let up: SIMD3<Double>

  /// The orientation with `direction`, of any length, pointing up; nil if it has no direction.
  public init?(up direction: SIMD3<Double>) {
    guard let up = direction.unit else { return nil }
    self.up = up
  }

  private init(axis: SIMD3<Double>) { up = axis }

  /// As the part is drawn: z up.
  public static let asDrawn = BuildOrientation(axis: SIMD3(0, 0, 1))

  /// The six axis directions up: +z, −z, +x, −x, +y, −y.
  public static let alongAxes = [
    SIMD3(0, 0, 1), SIMD3(0, 0, -1), SIMD3(1, 0, 0), SIMD3(-1, 0, 0), SIMD3(0, 1, 0),
    SIMD3(0, -1, 0),
  ].map(BuildOrientation.init(axis:))

  /// The six axis directions up, and those of a box around the part that is turned: `axes` and their
  /// opposites, but for those that are along the part's own, to a ten thousandth of a radian.
  public static func along(boxAxes axes: [SIMD3<Double>]) -> [BuildOrientation] {
    let turned = axes.filter { max($0.max(), -$0.min()) < 1 - 5e-9 }
    return alongAxes + turned.flatMap { [$0, -$0] }.compactMap(BuildOrientation.init(up:))
  }

  /// Whether it is along an axis of the part.
  var isAlongAxis: Bool { up.max() == 1 || up.min() == -1 }

  /// Reads a direction of any length; fails if it has none.
  public init(from decoder: any Decoder) throws {
    let direction = try SIMD3<Double>(from: decoder)
    guard let orientation = BuildOrientation(up: direction) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a direction needs a length"))
    }
    self = orientation
  }

  /// Writes `up` as an array of three numbers.
  public func encode(to encoder: any Encoder) throws { try up.encode(to: encoder) }
}
