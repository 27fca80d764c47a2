public import Geometry
public import MeshFiles

/// What a worker says of a mesh: counts, and no text at all. The words for people are made from them by
/// whoever asked, so nothing that a worker makes up is ever shown to anybody.
public struct MeshReport: Sendable, Hashable {
  /// What came of the file.
  public enum Finding: Sendable, Hashable {
    /// How its facets hang together; nil where there are too many to weld.
    case measured(MeshTopology?)
    /// It is no mesh that is read here.
    case refused(MeshRefusal.Code)
  }

  /// What came of the file.
  public let finding: Finding
  /// Facets that were read.
  public let triangles: Int

  init(_ finding: Finding, triangles: Int) {
    self.finding = finding
    self.triangles = triangles
  }

  /// Reads an answer and holds it against what is known of the file.
  ///
  /// - Parameter summary: what the pass in this process has found.
  /// - Returns: nil for an answer that cannot be true.
  public init?(answer: [UInt8], of summary: MeshSummary) {
    guard let wire: Wire = StrictJSON.decode(answer) else { return nil }
    self.init(wire)
    guard isPossible(for: summary) else { return nil }
  }

  private func isPossible(for summary: MeshSummary) -> Bool {
    guard case .measured(let topology) = finding else { return true }
    guard triangles == summary.triangles else { return false }
    guard let topology else { return true }
    let corners = triangles * 3
    let edges = [topology.openEdges, topology.flippedEdges, topology.nonManifoldEdges]
    guard (1...corners).contains(topology.vertices), (0...triangles).contains(topology.shells),
      edges.allSatisfy((0...corners).contains), edges.reduce(0, +) <= corners,
      (0..<triangles).contains(topology.duplicateFacets),
      (0...corners).contains(topology.unbalancedEdges),
      (0...topology.openEdges).contains(topology.holes)
    else { return false }
    // Both passes see the same facets.
    let degenerate = summary.problems.first { $0.code == .degenerateFacets }?.count ?? 0
    return topology.degenerateFacets == degenerate
      && topology.isClosed == summary.isClosed
  }
}

extension MeshReport {
  /// The report as it is written: every member is a count, or one of a few words.
  private struct Wire: Codable {
    let refused: MeshRefusal.Code?
    let topology: MeshTopology?
    let triangles: Int
  }

  private init(_ wire: Wire) {
    triangles = wire.triangles
    finding = wire.refused.map(Finding.refused) ?? .measured(wire.topology)
  }

  private var wire: Wire {
    switch finding {
    case .refused(let code): Wire(refused: code, topology: nil, triangles: triangles)
    case .measured(let topology): Wire(refused: nil, topology: topology, triangles: triangles)
    }
  }

  /// The report's bytes: an answer, and what is kept of it.
  public func encoded() throws -> [UInt8] { try StrictJSON.encode(wire) }

  /// Reads what ``encoded()`` has written.
  public init?(stored bytes: [UInt8]) {
    guard let wire: Wire = StrictJSON.decode(bytes) else { return nil }
    self.init(wire)
  }
}
