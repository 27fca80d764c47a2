/// The mesh formats that are read.
public enum MeshFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// STL, 80 bytes of header, a count and 50 bytes a facet.
  case stlBinary = "stl-binary"
  /// STL, text from `solid` to `endsolid`.
  case stlASCII = "stl-ascii"
  /// Wavefront OBJ.
  case obj
  /// PLY as text.
  case plyASCII = "ply-ascii"
  /// PLY, binary of either byte order.
  case plyBinary = "ply-binary"
  /// 3MF, ISO/IEC 25422.
  case threeMF = "3mf"
}
