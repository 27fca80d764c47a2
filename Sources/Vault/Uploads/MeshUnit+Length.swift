public import Domain
public import MeshFiles

extension MeshUnit {
  /// The same unit where meshes are measured.
  public var length: LengthUnit {
    switch self {
    case .micron: .micron
    case .millimeter: .millimeter
    case .centimeter: .centimeter
    case .inch: .inch
    case .foot: .foot
    case .meter: .meter
    }
  }

  /// The unit that a mesh was measured in, under the same name.
  init?(_ unit: LengthUnit) { self.init(rawValue: unit.rawValue) }
}
