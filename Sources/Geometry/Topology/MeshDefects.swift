/// An edge of a mesh.
public struct MeshEdge: Hashable, Sendable {
  /// The vertex with the lower number.
  public let low: UInt32
  /// The vertex with the higher number.
  public let high: UInt32
  /// The first facet beside it.
  public let facet: Int
}

/// Where a mesh is not as it should be: edges by their vertices, facets by their numbers, the first ones
/// of each kind in a fixed order.
public struct MeshDefects: Hashable, Sendable {
  /// Edges with one facet.
  public fileprivate(set) var openEdges: [MeshEdge] = []
  /// Edges with two facets that walk it the same way.
  public fileprivate(set) var flippedEdges: [MeshEdge] = []
  /// Edges with more than two facets.
  public fileprivate(set) var nonManifoldEdges: [MeshEdge] = []
  /// Facets that disagree with most of their shell on what is outside.
  public fileprivate(set) var flippedFacets: [Int] = []
  /// Facets with coinciding corners or no area.
  public fileprivate(set) var degenerateFacets: [Int] = []
  /// Facets beyond the first over the same three vertices.
  public fileprivate(set) var duplicateFacets: [Int] = []
}

extension Mesh {
  /// The places of what `topology()` counts, at most `max` of each kind. Weld first. Time n log n at most.
  public func defects(max: Int) -> MeshDefects {
    var collector = DefectCollector(max: max)
    _ = MeshShells(self, visitor: &collector)
    var defects = collector.defects
    defects.degenerateFacets = Array((0..<triangles).lazy.filter { isDegenerate($0) }.prefix(max))
    if !defects.flippedEdges.isEmpty { defects.flippedFacets = Array(flippedFacets().prefix(max)) }
    return defects
  }

  /// The facets that would have to be turned for all of a sheet to agree with the most of it (see
  /// `OrientedSheets`). A surface with one side only, like Möbius's, has no answer and gets one regardless.
  private func flippedFacets() -> [Int] {
    let uses = EdgeUses(corners: corners, vertexCount: vertices.count)
    let sheets = OrientedSheets(corners: corners, uses)
    return (0..<sheets.count).flatMap { sheets.minority(of: $0) }.sorted()
  }
}

private struct DefectCollector: EdgeVisitor {
  var defects = MeshDefects()
  let max: Int

  init(max: Int) {
    self.max = max
  }

  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>) {
    guard let first = sides.first else { return }
    let edge = MeshEdge(low: vertex, high: first.end, facet: Int(first.edge / 3))
    switch EdgeKind(sides) {
    case .good: break
    case .open: Self.append(edge, to: &defects.openEdges, max)
    case .flipped: Self.append(edge, to: &defects.flippedEdges, max)
    case .nonManifold: Self.append(edge, to: &defects.nonManifoldEdges, max)
    }
  }

  mutating func visit(duplicate facet: UInt32) {
    Self.append(Int(facet), to: &defects.duplicateFacets, max)
  }

  private static func append<Place>(_ place: Place, to places: inout [Place], _ max: Int) {
    if places.count < max { places.append(place) }
  }
}
