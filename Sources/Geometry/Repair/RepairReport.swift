/// What a repair did to a mesh, and what it left; JSON with the keys in `CodingKeys`.
///
/// Lengths are in millimetres, volumes in cubic millimetres. A count of zero is something that needed
/// no repair.
public struct RepairReport: Hashable, Sendable, Codable {
  /// Vertices that became one with another, at the same place or within the tolerance.
  public var verticesMerged = 0
  /// Those of them that stood elsewhere than the vertex that they became.
  public var verticesMoved = 0
  /// How far the farthest of them moved.
  public var moveMaxMillimetres = 0.0
  /// Facets taken away because two of their corners are one.
  public var degenerateFacetsRemoved = 0
  /// Facets taken away because another lies over the same three vertices.
  public var duplicateFacetsRemoved = 0
  /// Facets without area that are gone because the facet beside them was divided at their corner.
  public var flatFacetsAbsorbed = 0
  /// Facets turned round so that neighbours agree and solids face outwards.
  public var facetsTurned = 0
  /// Closed shells inside of a solid: they face into their hollow.
  public var cavities = 0
  /// Shells that cannot be given an outside, like a Möbius strip; they are as they were.
  public var shellsWithoutSides = 0
  /// Closed shells of which is not known whether they lie in another, since the search came to its
  /// limit of steps; they face outwards.
  public var shellsNotPlaced = 0
  /// Holes closed, without counting cracks.
  public var holesClosed = 0
  /// Cracks closed: holes without area, where one side has vertices that the other lacks.
  public var cracksClosed = 0
  /// Facets added to close them.
  public var facetsAdded = 0
  /// Holes left open; the first `holesListedMax` are in `openHoles`.
  public var holesLeft = 0
  /// The holes left open, and why.
  public var openHoles: [OpenHole] = []
  /// The volume before; nil if the mesh had a boundary, so that it had none.
  public var volumeBefore: Double?
  /// The volume afterwards; nil if the mesh still has a boundary.
  public var volumeAfter: Double?
  /// Facets before.
  public var trianglesBefore = 0
  /// Facets afterwards.
  public var trianglesAfter = 0
  /// Whether every edge of the new mesh lies in exactly two facets that walk it in opposite directions.
  public var isWatertight = false

  /// How many holes are listed one by one.
  public static let holesListedMax = 100

  /// A report of nothing done.
  public init() {}

  /// Whether the new mesh differs from the old in more than the numbers of its vertices.
  public var isChanged: Bool {
    verticesMoved + degenerateFacetsRemoved + duplicateFacetsRemoved + flatFacetsAbsorbed
      + facetsTurned + facetsAdded > 0
  }

  mutating func leave(_ hole: OpenHole) {
    holesLeft += 1
    if openHoles.count < Self.holesListedMax { openHoles.append(hole) }
  }

  enum CodingKeys: String, CodingKey {
    case cavities
    case verticesMerged = "vertices_merged"
    case verticesMoved = "vertices_moved"
    case moveMaxMillimetres = "move_max_mm"
    case degenerateFacetsRemoved = "degenerate_facets_removed"
    case duplicateFacetsRemoved = "duplicate_facets_removed"
    case flatFacetsAbsorbed = "flat_facets_absorbed"
    case facetsTurned = "facets_turned"
    case shellsWithoutSides = "shells_without_sides"
    case shellsNotPlaced = "shells_not_placed"
    case holesClosed = "holes_closed"
    case cracksClosed = "cracks_closed"
    case facetsAdded = "facets_added"
    case holesLeft = "holes_left"
    case openHoles = "open_holes"
    case volumeBefore = "volume_before_mm3"
    case volumeAfter = "volume_after_mm3"
    case trianglesBefore = "triangles_before"
    case trianglesAfter = "triangles_after"
    case isWatertight = "watertight"
  }
}

/// A hole that a repair left open.
public struct OpenHole: Hashable, Sendable, Codable {
  /// Why a hole is left open. The raw values are part of the API.
  public enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// Its rim has more edges than the limit.
    case tooManyEdges = "too_many_edges"
    /// Its rim is longer than the limit.
    case tooLong = "too_long"
    /// Its rim is long and does not lie in a plane, so that its surface would be a guess.
    case notFlat = "not_flat"
    /// What would close it is as large as the surface: this is the rim of a sheet, not of a hole.
    case looseSheet = "loose_sheet"
    /// Whatever would close it runs through an edge that has two facets already.
    case blocked
    /// The rim does not come back to where it starts: too many facets meet in it, or they disagree on
    /// what is outside.
    case brokenRim = "broken_rim"
    /// Earlier holes took all the steps that a repair may take.
    case outOfSteps = "out_of_steps"
  }

  /// Why it is left open.
  public let reason: Reason
  /// Edges of its rim.
  public let edges: Int
  /// The length of its rim in millimetres.
  public let perimeterMillimetres: Double
  /// A vertex of the rim, in millimetres.
  public let place: SIMD3<Double>

  enum CodingKeys: String, CodingKey {
    case reason, edges, place
    case perimeterMillimetres = "perimeter_mm"
  }
}

/// Why a repair is refused; nothing was changed.
public struct RepairRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// A tolerance is negative, not a number, or large beside the part.
    case toleranceOutOfRange = "repair.tolerance_out_of_range"
    /// The tolerance would make one of surfaces that are apart.
    case toleranceGlues = "repair.tolerance_glues"
  }

  /// What kind of refusal it is.
  public let code: Code
  /// What is wrong, for a person.
  public let message: String

  /// A refusal.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The code and the message, for a log.
  public var description: String { "\(code.rawValue): \(message)" }
}
