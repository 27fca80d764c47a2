/// The formats of geometry: the meshes, which are read here, and STEP, which is not.
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
  /// STEP, ISO 10303-21. It has no facets: its sizes are those of a mesh that a converter has made of it, or
  /// what its brand says (``MeshSummary/measuredBy``).
  case step
}
