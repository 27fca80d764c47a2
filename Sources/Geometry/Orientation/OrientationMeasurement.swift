/// What it takes to print a part in one orientation.
public struct OrientationMeasurement: Hashable, Sendable, Codable {
  /// The orientation.
  public var orientation: BuildOrientation
  /// From the lowest to the highest vertex, in millimetres. Exact.
  public var height: Double
  /// The area of the facets that lie on the bed, in square millimetres: no vertex higher above the
  /// lowest one, and no normal further from straight down, than `OrientationRules` allow. Exact.
  public var bedContactArea: Double
  /// The area, in square millimetres, of the facets that face down and lie flatter than the overhang
  /// angle, without those on the bed. Exact.
  public var overhangArea: Double
  /// The space between overhanging facets and the bed or part below them, in cubic millimetres.
  public var supportVolume: Double
  /// The part of `supportVolume` that was sampled: what the part itself takes away from the space
  /// between the overhanging facets and the bed, in cubic millimetres. The rest is exact.
  public var supportVolumeSampled: Double
  /// How the sampled part was sampled; `areaPerSample` is measured on the bed.
  public var coverage: SamplingCoverage
  /// How far inside the convex hull of the bed contact the centre of mass stands, in millimetres;
  /// negative outside of it. Nil without contact or where the centre of mass is not known.
  public var tippingMargin: Double?

  /// Whether the part stands on its contact area by itself; nil where that is not known.
  public var isStable: Bool? { tippingMargin.map { $0 > 0 } }

  private enum CodingKeys: String, CodingKey {
    case orientation, height, coverage
    case bedContactArea = "bed_contact_area"
    case overhangArea = "overhang_area"
    case supportVolume = "support_volume"
    case supportVolumeSampled = "support_volume_sampled"
    case tippingMargin = "tipping_margin"
  }

  /// A result from its parts.
  public init(
    orientation: BuildOrientation, height: Double, bedContactArea: Double, overhangArea: Double,
    supportVolume: Double, supportVolumeSampled: Double, coverage: SamplingCoverage,
    tippingMargin: Double?
  ) {
    self.orientation = orientation
    self.height = height
    self.bedContactArea = bedContactArea
    self.overhangArea = overhangArea
    self.supportVolume = supportVolume
    self.supportVolumeSampled = supportVolumeSampled
    self.coverage = coverage
    self.tippingMargin = tippingMargin
  }
}

/// What counts as an overhang and as resting on the bed.
public struct OrientationRules: Hashable, Sendable, Codable {
  /// Facets that face down and lie flatter than this, in degrees from the horizontal, are overhangs.
  public var overhangAngle: Double
  /// How far above the lowest vertex a facet may still rest on the bed, in millimetres.
  public var bedHeight: Double
  /// How far from horizontal a facet may be that rests on the bed, in degrees.
  public var bedAngle: Double

  private enum CodingKeys: String, CodingKey {
    case overhangAngle = "overhang_angle"
    case bedHeight = "bed_height"
    case bedAngle = "bed_angle"
  }

  /// Rules; by default 45° for overhangs, 0.05 mm and 1° for the bed.
  public init(overhangAngle: Double = 45, bedHeight: Double = 0.05, bedAngle: Double = 1) {
    self.overhangAngle = overhangAngle
    self.bedHeight = bedHeight
    self.bedAngle = bedAngle
  }
}
