public import Geometry

/// What a mesh file holds once it is read: bodies in millimetres, where the file puts them.
public struct MeshDocument: Sendable {
  /// One body as it will be printed. What the file uses twice is there twice.
  public struct Body: Sendable {
    /// What the file calls it; of outside: control characters and all.
    public let name: String?
    /// Its surface, in millimetres.
    public let mesh: Mesh
    /// What it is for, where the file says.
    public let purpose: Purpose
    /// Whether vertices at equal positions are one. Not so in a file of more triangles than
    /// `MeshLimits.weldTrianglesMax`: such a mesh has edges that only seem open.
    public let isWelded: Bool

    /// A body; `mesh` must be welded unless it says otherwise.
    public init(
      name: String? = nil, mesh: Mesh, purpose: Purpose = .part, isWelded: Bool = true
    ) {
      self.name = name
      self.mesh = mesh
      self.purpose = purpose
      self.isWelded = isWelded
    }

    /// What a body is for (the object types of ISO/IEC 25422).
    public enum Purpose: String, Hashable, Sendable, Codable, CaseIterable {
      /// The part, or a piece of it.
      case part
      /// A support that is filled like the part.
      case solidSupport = "solid_support"
      /// A support that is not filled.
      case support
      /// A surface without a volume.
      case surface
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
  /// What the file calls itself; of outside, like a body's name, and at most 256 bytes of it.
  public let title: String?
  /// What the file has beside its geometry, and was read past.
  public let readPast: Set<ReadPast>

  /// A document; its bodies have been converted to millimetres.
  public init(
    format: MeshFormat, unit: LengthUnit?, readAs: LengthUnit, bodies: [Body],
    title: String? = nil, readPast: Set<ReadPast> = []
  ) {
    self.format = format
    self.unit = unit
    self.readAs = readAs
    self.bodies = bodies
    self.title = title
    self.readPast = readPast
  }

  /// What a file can have that does not change the shape of its bodies.
  public enum ReadPast: String, Hashable, Sendable, Codable, CaseIterable {
    /// Materials and colours.
    case materials
    /// Images on the surface.
    case textures
    /// Pictures of the part.
    case thumbnails
    /// Named groups of triangles.
    case triangleSets = "triangle_sets"
    /// Beams beside the mesh, which the file does not require to be read.
    case beamLattice = "beam_lattice"
    /// Slices of the bodies.
    case slices
    /// Fields and functions over a volume.
    case volumetric
    /// Boolean operations, which the file does not require to be done.
    case booleans
    /// Displaced surfaces, which the file does not require to be displaced.
    case displacement
    /// Other representations of the bodies.
    case alternatives
    /// What slicers write on items and triangles without a namespace: painted seams, supports, colours.
    case slicerMarks = "slicer_marks"
    /// Settings for a printer.
    case printTicket = "print_ticket"
    /// Elements of an extension that is not known here.
    case unknownExtension = "unknown_extension"
    /// An extension that the file recommends, and that is not read.
    case recommendedExtension = "recommended_extension"
  }

  /// All bodies as one mesh. Bodies that touch stay apart: none of their vertices become one.
  public var mesh: Mesh { .joined(bodies.map(\.mesh)) }
}
