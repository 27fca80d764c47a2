/// The formats of geometry as their files are named: by how the name ends.
public enum MeshFamily: String, Hashable, Sendable, CaseIterable {
  case stl, obj, ply
  case threeMF = "3mf"
  /// ISO 10303-21: surfaces, which nothing here turns into facets.
  case step

  /// Of a file with such a name; nil where the name says nothing.
  public init?(fileNamed name: String) {
    let ending = name.split(separator: ".").last?.lowercased() ?? ""
    self.init(rawValue: ending == "stp" ? "step" : ending)
  }

  /// Whether its files say which unit they are in.
  public var statesUnit: Bool { self == .threeMF || self == .step }

  /// What people call it.
  public var name: String { rawValue.uppercased() }
}

extension MeshFamily {
  /// Refuses a unit that comes with a file that states its own.
  func checkSaid(_ unit: LengthUnit?) throws(MeshRefusal) {
    guard unit == nil || !statesUnit else {
      throw MeshRefusal(
        .unitStated, "A \(name) file says its own unit: leave out the one that came with it.")
    }
  }
}

extension DetectedFormat {
  var family: MeshFamily {
    switch self {
    case .stlBinary, .stlASCII: .stl
    case .obj: .obj
    case .ply: .ply
    case .threeMF: .threeMF
    case .step: .step
    }
  }
}

extension MeshFormat {
  /// The formats whose files are named alike.
  public var family: MeshFamily {
    switch self {
    case .stlBinary, .stlASCII: .stl
    case .obj: .obj
    case .plyASCII, .plyBinary: .ply
    case .threeMF: .threeMF
    case .step: .step
    }
  }
}
