public import Geometry
public import MeshFiles

/// What a worker says of a mesh: counts and figures, and no text at all. The words for people are made from
/// them by whoever asked, so nothing that a worker makes up is ever shown to anybody.
public struct MeshReport: Sendable, Hashable {
  /// What came of the file.
  public enum Finding: Sendable, Hashable {
    /// How its facets hang together; nil where there are too many to weld.
    case measured(MeshTopology?)
    /// It is no mesh that is read here.
    case refused(MeshRefusal.Code)
  }

  /// What the worker has measured of a mesh that nobody has measured before.
  public struct Measured: Sendable, Hashable {
    /// The file's format.
    public let format: MeshFormat
    /// The unit that the file states; nil for one that states none, whose figures are in millimetres as if
    /// its coordinates were.
    public let unit: LengthUnit?
    /// In millimetres.
    public let figures: MeshFigures
  }

  /// What is known of a mesh before a worker has seen it.
  public enum Known: Sendable, Hashable {
    /// It was measured as it came in: a worker adds how its facets hang together.
    case measured(MeshSummary)
    /// It is none that is measured as it comes in: of the family, where name or media type tell it. With
    /// how many facets a mesh may have.
    case unmeasured(MeshFamily?, trianglesMax: Int)
  }

  /// What came of the file.
  public let finding: Finding
  /// Facets that were read.
  public let triangles: Int
  /// Sizes, where nobody had measured them before.
  public let measured: Measured?

  init(_ finding: Finding, triangles: Int, measured: Measured? = nil) {
    self.finding = finding
    self.triangles = triangles
    self.measured = measured
  }

  /// What a worker says of a mesh that it has read without being told a unit. Sizes of STL are known already.
  init(_ inspection: MeshInspection) {
    let summary = inspection.summary
    self.init(
      .measured(inspection.topology), triangles: summary.triangles,
      measured: summary.format.family == .stl
        ? nil
        : Measured(
          format: summary.format, unit: summary.unitSource == .file ? summary.unit : nil,
          figures: MeshFigures(summary)))
  }

  /// Reads an answer and holds it against what is known of the file.
  ///
  /// - Parameter known: what this process has found itself.
  /// - Returns: nil for an answer that cannot be true.
  public init?(answer: [UInt8], of known: Known) {
    guard let wire: Wire = StrictJSON.decode(answer),
      (wire.format != nil) == (wire.figures != nil), wire.unit == nil || wire.format != nil
    else { return nil }
    self.init(wire)
    guard isPossible(for: known) else { return nil }
  }

  private func isPossible(for known: Known) -> Bool {
    guard case .measured(let topology) = finding else { return measured == nil }
    let (isClosed, degenerate): (Bool, Int)
    switch known {
    case .measured(let summary):
      guard measured == nil, triangles == summary.triangles else { return false }
      isClosed = summary.isClosed
      degenerate = summary.problems.first { $0.code == .degenerateFacets }?.count ?? 0
    case .unmeasured(let family, let trianglesMax):
      guard let measured, measured.figures.isPossible, measured.figures.triangles == triangles,
        triangles <= trianglesMax, measured.format.family == family ?? measured.format.family,
        measured.format.family != .stl, measured.format.family != .step,
        (measured.unit != nil) == measured.format.family.statesUnit
      else { return false }
      (isClosed, degenerate) = (measured.figures.isClosed, measured.figures.degenerateFacets)
    }
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
    return topology.degenerateFacets == degenerate && topology.isClosed == isClosed
  }
}

extension MeshReport {
  /// The report as it is written: every member is a number, or one of a few words.
  private struct Wire: Codable {
    let refused: MeshRefusal.Code?
    let topology: MeshTopology?
    let triangles: Int
    let format: MeshFormat?
    let unit: LengthUnit?
    let figures: MeshFigures?
  }

  private init(_ wire: Wire) {
    triangles = wire.triangles
    finding = wire.refused.map(Finding.refused) ?? .measured(wire.topology)
    if let format = wire.format, let figures = wire.figures {
      measured = Measured(format: format, unit: wire.unit, figures: figures)
    } else {
      measured = nil
    }
  }

  private var wire: Wire {
    let (refused, topology): (MeshRefusal.Code?, MeshTopology?) =
      switch finding {
      case .refused(let code): (code, nil)
      case .measured(let topology): (nil, topology)
      }
    return Wire(
      refused: refused, topology: topology, triangles: triangles, format: measured?.format,
      unit: measured?.unit, figures: measured?.figures)
  }

  /// The report's bytes: an answer, and what is kept of it.
  ///
  /// - Throws: where a figure is no number.
  public func encoded() throws -> [UInt8] { try StrictJSON.encode(wire) }

  /// Reads what ``encoded()`` has written.
  public init?(stored bytes: [UInt8]) {
    guard let wire: Wire = StrictJSON.decode(bytes) else { return nil }
    self.init(wire)
  }
}

extension MeshReport.Measured {
  /// What a brand and its bureaus read.
  ///
  /// - Parameter said: the unit that whoever uploaded the file said its coordinates are in.
  public func summary(read said: LengthUnit?) -> MeshSummary {
    guard let unit else { return MeshSummary(format: format, figures: figures, read: said) }
    return MeshSummary(format: format, unit: unit, source: .file, figures: figures)
  }
}
