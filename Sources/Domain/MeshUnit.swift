/// The unit of the coordinates in a mesh file, under the names that 3MF has for them (ISO/IEC 25422,
/// section 3.4). STL, OBJ and PLY state none: whoever uploads such a file says it, or it is taken to be in
/// millimetres.
public enum MeshUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case micron, millimeter, centimeter, inch, foot, meter

  /// All names, for a person.
  public static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
