/// A finding to be pointed at in a preview.
public struct PreviewMark: Hashable, Sendable {
  /// How bad what is there is; each has a colour of its own.
  public enum Severity: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Something to know. Blue.
    case note = 1
    /// Something that may go wrong. Amber.
    case warning
    /// Something that keeps the part from being printed. Red.
    case error

    /// By badness.
    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
  }

  /// How bad it is.
  public var severity: Severity
  /// Numbers of facets to tint; those the mesh does not have are passed over.
  public var facets: [Int]
  /// Places to ring, in millimetres; those that are not finite are passed over. A place that the part
  /// hides is ringed too, with a broken line. At most `Preview.markedPointsMax` are drawn in all.
  public var points: [SIMD3<Double>]

  /// A mark over facets, points or both.
  public init(severity: Severity, facets: [Int] = [], points: [SIMD3<Double>] = []) {
    self.severity = severity
    self.facets = facets
    self.points = points
  }
}
