/// The mesh formats as their files are named: by how the name ends.
public enum MeshFamily: String, Hashable, Sendable, CaseIterable {
  case stl, obj, ply
  case threeMF = "3mf"

  /// Whether its files say which unit they are in.
  public var statesUnit: Bool { self == .threeMF }

  /// What people call it.
  public var name: String { rawValue.uppercased() }
}

extension MeshFormat {
  /// The formats whose files are named alike.
  public var family: MeshFamily {
    switch self {
    case .stlBinary, .stlASCII: .stl
    case .obj: .obj
    case .plyASCII, .plyBinary: .ply
    case .threeMF: .threeMF
    }
  }
}
