/// What a model's extensions mean to somebody who wants its geometry.
extension XMLNamespace {
  /// Why a model that requires this extension is refused; nil where nothing that is printed is lost
  /// without it, or where it is read.
  var refusalWhereRequired: (code: MeshRefusal.Code, name: String)? {
    switch self {
    // Read, or properties and groups of triangles that leave the shape as it is. Slices repeat the
    // shape of meshes; where a mesh is only approximate, its object says so (`meshresolution`). What is
    // encrypted is opened, or refused, where it is needed.
    case .core, .production, .materials, .triangleSets, .slice, .secureContent: nil
    case .beamLattice, .beamBalls: (.requiresBeamLattice, "beam lattices")
    case .volumetric, .implicit: (.requiresVolumetric, "volumetric geometry")
    case .booleans: (.requiresBoolean, "boolean operations")
    case .displacement: (.requiresDisplacement, "displacement")
    case .alternatives: (.requiresAlternatives, "alternative representations")
    default: (.requiresUnknown, "an extension that is not known here")
    }
  }

  /// What its elements are called in `MeshDocument.readPast`; nil for those that are not worth a word.
  var readPast: MeshDocument.ReadPast? {
    switch self {
    case .materials: .materials
    case .triangleSets: .triangleSets
    case .beamLattice, .beamBalls: .beamLattice
    case .slice: .slices
    case .volumetric, .implicit: .volumetric
    case .booleans: .booleans
    case .displacement: .displacement
    case .alternatives: .alternatives
    case .other: .unknownExtension
    default: nil
    }
  }
}
