/// The unit of a file's coordinates: those that 3MF knows (ISO/IEC 25422, section 3.4), by its names.
public enum LengthUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case micron, millimeter, centimeter, inch, foot, meter

  /// How many millimetres one is.
  public var millimetres: Double {
    switch self {
    case .micron: 0.001
    case .millimeter: 1
    case .centimeter: 10
    case .inch: 25.4
    case .foot: 304.8
    case .meter: 1000
    }
  }
}
