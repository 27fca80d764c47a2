/// What is known of a part when its printability is judged. What is not known is said, with the reason,
/// and comes back as a finding.
public struct PartFacts: Sendable {
  /// The box along the axes; nil for a part without facets.
  public var bounds: Bounds?
  /// The enclosed volume in cubic millimetres, negative if the facets face inwards. Without meaning
  /// unless the mesh is watertight.
  public var signedVolume: Double?
  /// How the facets hang together.
  public var topology: Measured<MeshTopology>
  /// Where they do not hang together as they should, up to a hundred places of each kind; nil where that
  /// was not looked for.
  public var defects: MeshDefects?
  /// How thick the walls are.
  public var walls: Measured<WallDistances>
  /// How narrow the gaps are.
  public var gaps: Measured<WallDistances>
  /// The hollows that nothing can leave.
  public var voids: Measured<EnclosedVoids>
  /// Where the surface runs through itself.
  public var selfIntersections: Measured<Crossings>
  /// What each orientation takes, those of `BuildOrientation.along(boxAxes:)` unless others were asked for, measured with `ProcessRules.orientationRules` of the process.
  public var orientations: Measured<[OrientationMeasurement]>
  /// The sides of the smallest box that was found around the part, whichever way it is turned, in
  /// millimetres.
  public var orientedBoxSize: Measured<SIMD3<Double>>
  /// The unit vectors along that box's sides, in their order; none where they are not known.
  public var orientedBoxAxes: [SIMD3<Double>] = []

  /// Where a surface runs through itself.
  public struct Crossings: Hashable, Sendable {
    /// Pairs of facets that cross.
    public var count: Int
    /// A point where they do, in millimetres.
    public var place: SIMD3<Double>?
    /// Some of the facets.
    public var facets: [Int]
    /// Whether all pairs were looked at.
    public var isComplete: Bool

    /// Crossings; none by default.
    public init(
      count: Int = 0, place: SIMD3<Double>? = nil, facets: [Int] = [], isComplete: Bool = true
    ) {
      self.count = count
      self.place = place
      self.facets = facets
      self.isComplete = isComplete
    }
  }

  /// Facts of which nothing but the bounds is known yet.
  public init(bounds: Bounds?, signedVolume: Double? = nil) {
    self.bounds = bounds
    self.signedVolume = signedVolume
    topology = .notMeasured("it was not asked for")
    walls = .notMeasured("it was not asked for")
    gaps = .notMeasured("it was not asked for")
    voids = .notMeasured("it was not asked for")
    selfIntersections = .notMeasured("it was not asked for")
    orientations = .notMeasured("it was not asked for")
    orientedBoxSize = .notMeasured("it was not asked for")
  }
}

/// A measurement, or why there is none, as the end of a sentence: `the mesh has holes`.
public enum Measured<Value: Sendable>: Sendable {
  /// What was measured.
  case measured(Value)
  /// Why it was not.
  case notMeasured(String)

  /// What was measured; nil if it was not.
  public var value: Value? {
    if case .measured(let value) = self { value } else { nil }
  }

  /// Measures, and keeps the reason if that cannot be.
  public init(_ measure: () throws(NotMeasured) -> Value) {
    do {
      self = .measured(try measure())
    } catch {
      self = .notMeasured(error.reason)
    }
  }
}

extension NotMeasured {
  /// What makes it measurable, where that is known.
  static func advice(on reason: String) -> String? {
    switch reason {
    case NotMeasured.notClosed.reason:
      "Close the surface first, in the design or with `everpart repair`; then this can be measured."
    case NotMeasured.insideOut.reason:
      "Turn the facets outwards first, in the design or with `everpart repair`; then this can be measured."
    default: nil
    }
  }

  /// The reason, as the end of a sentence.
  var reason: String {
    switch self {
    case .noSurface: "the mesh has no surface to measure"
    case .notClosed: "the mesh is not closed, so that it has no inside"
    case .insideOut: "the facets face inwards"
    }
  }
}
