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
    _ = MeshSheets(self, visitor: &collector)
    var defects = collector.defects
    defects.degenerateFacets = Array((0..<triangles).lazy.filter { isDegenerate($0) }.prefix(max))
    if !defects.flippedEdges.isEmpty { defects.flippedFacets = Array(flippedFacets().prefix(max)) }
    return defects
  }

  /// The facets that would have to be turned for all of a shell to agree with the most of it; where there
  /// are as many of either opinion, with its first facet. Shells hang together by edges between two
  /// facets here. A surface with one side only, like Möbius's, has no answer and gets one regardless.
  public func flippedFacets() -> [Int] {
    var sides = FacetSides(count: triangles)
    _ = MeshSheets(self, isThorough: true, visitor: &sides)
    return sides.minority()
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

/// Which facets agree with which on what is outside: union-find with a parity (see `DisjointSets`).
private struct FacetSides: EdgeVisitor {
  private var parents: [UInt32]
  /// Whether a facet disagrees with its parent.
  private var disagrees: [Bool]

  init(count: Int) {
    parents = Array(0..<UInt32(count))
    disagrees = [Bool](repeating: false, count: count)
  }

  mutating func visit(duplicate facet: UInt32) {}

  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>) {
    guard sides.count == 2, let first = sides.first, let last = sides.last else { return }
    let a = root(of: Int(first.edge / 3))
    let b = root(of: Int(last.edge / 3))
    guard a.facet != b.facet else { return }
    let differ = (first.isOutward == last.isOutward) != (a.disagrees != b.disagrees)
    parents[max(a.facet, b.facet)] = UInt32(min(a.facet, b.facet))
    disagrees[max(a.facet, b.facet)] = differ
  }

  private mutating func root(of facet: Int) -> (facet: Int, disagrees: Bool) {
    var node = facet
    var differs = false
    while Int(parents[node]) != node {
      let parent = Int(parents[node])
      disagrees[node] = disagrees[node] != disagrees[parent]
      parents[node] = parents[parent]
      differs = differs != disagrees[node]
      node = Int(parents[node])
    }
    return (node, differs)
  }

  mutating func minority() -> [Int] {
    var balance = [Int](repeating: 0, count: parents.count)
    for facet in parents.indices {
      let (root, differs) = root(of: facet)
      balance[root] += differs ? -1 : 1
    }
    return parents.indices.filter {
      let (root, differs) = root(of: $0)
      return differs == (balance[root] >= 0)
    }
  }
}
