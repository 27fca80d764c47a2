internal import Geometry

/// Something about a readable mesh that may keep it from printing as meant.
public struct MeshProblem: Hashable, Sendable, Codable {
  /// The kinds of problem. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// The mesh has a boundary (seen without welding).
    case notClosed = "mesh.not_closed"
    /// Edges with one facet.
    case openEdges = "mesh.open_edges"
    /// Edges with more than two facets.
    case nonManifoldEdges = "mesh.non_manifold_edges"
    /// Edges whose two facets disagree on what is outside.
    case flippedEdges = "mesh.flipped_edges"
    /// A closed mesh whose facets face inwards.
    case inverted = "mesh.inverted"
    /// A closed mesh that encloses nothing.
    case noVolume = "mesh.no_volume"
    /// Facets with coinciding corners or no area.
    case degenerateFacets = "mesh.degenerate_facets"
    /// Facets over vertices that have one already.
    case duplicateFacets = "mesh.duplicate_facets"
    /// No unit is stated, and the part has a size in millimetres that it would rather have in another
    /// (`UnitSuspicion`).
    case unitSuspected = "mesh.unit_suspected"
    /// Too many triangles to be welded within the limit; vertices, shells and watertightness are unknown.
    case notWelded = "mesh.not_welded"
  }

  /// What kind of problem it is.
  public let code: Code
  /// What it means, in English.
  public let message: String
  /// How many facets or edges have it.
  public let count: Int

  /// A problem that `count` facets or edges have.
  public init(_ code: Code, _ message: String, count: Int) {
    self.code = code
    self.message = message
    self.count = count
  }
}

extension MeshProblem {
  /// What a pass in constant memory can find.
  static func found(in figures: MeshFigures) -> [MeshProblem] {
    let facets = figures.triangles
    var problems: [MeshProblem] = []
    if !figures.isClosed {
      problems.append(
        .init(.notClosed, "The surface has a boundary; its volume has no meaning.", count: 1)
      )
    } else if figures.signedVolume < 0 {
      problems.append(.init(.inverted, "The facets face inwards.", count: facets))
    } else if figures.signedVolume == 0 {
      problems.append(.init(.noVolume, "The surface encloses nothing.", count: facets))
    }
    if figures.degenerateFacets > 0 {
      problems.append(
        .init(
          .degenerateFacets,
          "Facets have coinciding corners or no area.",
          count: figures.degenerateFacets
        )
      )
    }
    return problems
  }

  /// What welding finds beyond that; it replaces `notClosed` with the edges that are to blame.
  static func found(in topology: MeshTopology) -> [MeshProblem] {
    [
      MeshProblem(.openEdges, "Edges belong to one facet only.", count: topology.openEdges),
      MeshProblem(
        .flippedEdges,
        "Neighbouring facets disagree on what is outside.",
        count: topology.flippedEdges
      ),
      MeshProblem(
        .nonManifoldEdges,
        "Edges belong to more than two facets.",
        count: topology.nonManifoldEdges
      ),
      MeshProblem(
        .duplicateFacets,
        "Facets lie over the vertices of another.",
        count: topology.duplicateFacets
      ),
    ].filter { $0.count > 0 }
  }
}
