public import Geometry

/// What a mesh file holds once it is read: bodies in millimetres, where the file puts them.
public struct MeshDocument: Sendable {
  /// One body as it will be printed. What the file uses twice is there twice.
  public struct Body: Sendable {
    /// What the file calls it; of outside: control characters and all.
    public let name: String?
    /// Its surface, in millimetres.
    public let mesh: Mesh
    /// Whether vertices at equal positions are one. Not so in a file of more triangles than
    /// `MeshLimits.weldTrianglesMax`: such a mesh has edges that only seem open.
    public let isWelded: Bool

    /// A body; `mesh` must be welded unless it says otherwise.
    public init(name: String? = nil, mesh: Mesh, isWelded: Bool = true) {
      self.name = name
      self.mesh = mesh
      self.isWelded = isWelded
    }
  }

  /// The file's format.
  public let format: MeshFormat
  /// The unit that the file states; nil where it states none and another one was assumed.
  public let unit: LengthUnit?
  /// The unit that its coordinates were read in.
  public let readAs: LengthUnit
  /// At least one, each with at least one facet.
  public let bodies: [Body]

  /// A document; its bodies have been converted to millimetres.
  public init(format: MeshFormat, unit: LengthUnit?, readAs: LengthUnit, bodies: [Body]) {
    self.format = format
    self.unit = unit
    self.readAs = readAs
    self.bodies = bodies
  }

  /// All bodies as one mesh. Bodies that touch stay apart: none of their vertices become one.
  public var mesh: Mesh { .joined(bodies.map(\.mesh)) }
}
