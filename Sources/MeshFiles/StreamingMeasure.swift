public import Geometry

/// Reads and measures a mesh file as its bytes pass by, in constant memory.
///
/// For uploads: the broker feeds it the plaintext it is sealing. `finish` is the only way to a summary,
/// so nothing is learned of a file that is refused half way.
public struct StreamingMeasure: Sendable {
  private var reader: STLReader
  private var sink: StreamingSink

  /// A measure for one file. `key` should be fresh and secret (`MeshHashKey`); `declaredBytes` is the
  /// file's length where it is known, and lets a bad file be refused sooner.
  public init(key: MeshHashKey, limits: MeshLimits = MeshLimits(), declaredBytes: Int? = nil) {
    reader = STLReader(limits: limits, declaredBytes: declaredBytes)
    sink = StreamingSink(key: key)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    try bytes.withSpan { (span) throws(MeshRefusal) in try update(span) }
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    try reader.update(bytes, into: &sink)
  }

  /// Ends the file and says what it was; throws if the mesh is not complete.
  ///
  /// - Parameter unit: of the coordinates, as whoever handed the file in has said it; nil to assume
  ///   millimetres.
  public mutating func finish(unit: LengthUnit? = nil) throws(MeshRefusal) -> MeshSummary {
    let format = try reader.finish(into: &sink)
    return MeshSummary(format: format, figures: try sink.figures(), read: unit)
  }
}

extension MeshSummary {
  /// Of a file that states no unit.
  ///
  /// - Parameters:
  ///   - figures: with the file's coordinates as they are.
  ///   - unit: what its sender says they are in; nil to assume millimetres.
  public init(format: MeshFormat, figures: MeshFigures, read unit: LengthUnit?) {
    let read = unit ?? .millimeter
    self.init(
      format: format, unit: read, source: unit == nil ? .assumed : .sender,
      figures: figures.scaled(by: read.millimetres))
  }
}

/// Measures facets and whether they enclose something, in constant memory.
struct StreamingSink: FacetSink, Sendable {
  private var measurement = MeshMeasurement()
  private var balance: EdgeBalance

  init(key: MeshHashKey) {
    balance = EdgeBalance(key: key)
  }

  mutating func add(_ facet: Facet) {
    measurement.add(facet)
    balance.add(facet)
  }

  func figures() throws(MeshRefusal) -> MeshFigures {
    try MeshFigures(measurement, isClosed: balance.isBalanced)
  }
}
