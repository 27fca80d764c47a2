/// Something about a part that may keep it from being printed as meant, where it is, and what to do.
public struct PrintabilityFinding: Hashable, Sendable, Codable {
  /// The kinds of finding. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// A wall is thinner than the process makes.
    case wallTooThin = "print.wall_too_thin"
    /// A gap is narrower than the process keeps open.
    case gapTooSmall = "print.gap_too_small"
    /// The whole part is smaller than a detail that the process makes.
    case tooSmall = "print.too_small"
    /// The part does not fit into the build volume, however it is turned.
    case tooLarge = "print.too_large"
    /// The part fits into the build volume, but in none of the allowed orientations.
    case fitsOnlyTurned = "print.fits_only_turned"
    /// No build volume was given, and the part does not fit into a typical one.
    case largerThanTypical = "print.larger_than_typical"
    /// A hollow has no way out at all; whether holes that it has are large enough is not judged.
    case enclosedVoid = "print.enclosed_void"
    /// Surfaces need supports.
    case overhang = "print.overhang"
    /// In the best orientation the part does not stand by itself, or nothing of it lies flat on the bed.
    case unstable = "print.unstable"
    /// The part is tall and thin.
    case slender = "print.slender"
    /// A large flat area may warp.
    case warping = "print.warping"
    /// The layer height is not one of the process.
    case layerHeight = "print.layer_height"
    /// The mesh has holes.
    case notWatertight = "print.not_watertight"
    /// More than two facets share an edge.
    case nonManifold = "print.non_manifold"
    /// Neighbouring facets disagree on what is outside.
    case facetsDisagree = "print.facets_disagree"
    /// The facets face inwards.
    case insideOut = "print.inside_out"
    /// The mesh encloses nothing.
    case noVolume = "print.no_volume"
    /// Facets have no area.
    case degenerateFacets = "print.degenerate_facets"
    /// Facets lie over each other.
    case duplicateFacets = "print.duplicate_facets"
    /// The surface runs through itself.
    case selfIntersecting = "print.self_intersecting"
    /// There are no rules for the process.
    case processUnknown = "print.process_unknown"
    /// Something was not measured, or not to its end.
    case notMeasured = "print.not_measured"
  }

  /// What kind of finding it is.
  public let code: Code
  /// What it means.
  public var severity: FindingSeverity
  /// What was found, in one sentence.
  public let message: String
  /// What a designer can do about it, in one sentence.
  public let advice: String
  /// What was measured, in `unit`.
  public var measured: Double?
  /// What it is held against, in `unit`.
  public var limit: Double?
  /// `mm`, `mm2`, `mm3`, `edges`, `facets` or `1`.
  public var unit: String?
  /// Where, in millimetres; nil if it is the whole part.
  public var place: SIMD3<Double>?
  /// Numbers of facets to mark.
  public var facets: [Int] = []
  /// Where the limit is from; nil where no limit is needed.
  public var source: RuleSource?

  /// A finding of the part as a whole, without a limit.
  public init(_ code: Code, _ severity: FindingSeverity, _ message: String, advice: String) {
    self.code = code
    self.severity = severity
    self.message = message
    self.advice = advice
  }

  /// The order of a report: the worst first, then by code, then by what sets them apart.
  static func comesBefore(_ left: Self, _ right: Self) -> Bool {
    (left.severity.rawValue == right.severity.rawValue ? nil : left.severity < right.severity)
      ?? (left.code == right.code ? nil : left.code.rawValue < right.code.rawValue)
      ?? (left.message < right.message)
  }
}
