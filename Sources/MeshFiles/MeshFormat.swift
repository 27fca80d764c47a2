/// The mesh formats that are read.
public enum MeshFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// STL, 80 bytes of header, a count and 50 bytes a facet.
  case stlBinary = "stl-binary"
  /// STL, text from `solid` to `endsolid`.
  case stlASCII = "stl-ascii"
}
