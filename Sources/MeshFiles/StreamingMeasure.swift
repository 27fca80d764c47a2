public import Geometry

/// Reads and measures a mesh file as its bytes pass by, in constant memory.
///
/// For uploads: the broker feeds it the plaintext it is sealing. `finish` is the only way to a summary,
/// so nothing is learned of a file that is refused half way.
public struct StreamingMeasure: Sendable {
  private var reader: STLReader
  private var measurement: MeshMeasurement

  /// A measure for one file. `key` should be fresh and secret (`MeshHashKey`); `declaredBytes` is the
  /// file's length where it is known, and lets a bad file be refused sooner.
  public init(key: MeshHashKey, limits: MeshLimits = MeshLimits(), declaredBytes: Int? = nil) {
    reader = STLReader(limits: limits, declaredBytes: declaredBytes)
    measurement = MeshMeasurement(key: key)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    try reader.update(bytes, into: &measurement)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    try reader.update(bytes, into: &measurement)
  }

  /// Ends the file and says what it was; throws if the mesh is not complete.
  ///
  /// - Parameter unit: of the coordinates, as whoever handed the file in has said it; nil to assume
  ///   millimetres.
  public mutating func finish(unit: LengthUnit? = nil) throws(MeshRefusal) -> MeshSummary {
    let format = try reader.finish(into: &measurement)
    guard let figures = MeshFigures(measurement) else {
      throw MeshRefusal(.empty, "The file has no facets.")
    }
    return MeshSummary(format: format, figures: figures, read: unit)
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
