/// What is kept of a 3D model part (3MF core specification, chapter 3): what there is to build.
struct Model {
  /// The unit of its coordinates.
  var unit = LengthUnit.millimeter
  var title: String?
  /// In the order of the file, so that what an object refers to precedes it.
  var objects: [ObjectResource] = []
  /// Every resource by its identifier.
  var resources: [UInt32: Resource] = [:]
  /// Empty in a model that is not the package's root.
  var items: [Component] = []
}

/// What an identifier stands for in a model.
enum Resource {
  /// The object with that number in `Model.objects`.
  case object(Int)
  /// Properties that triangles refer to by group and index.
  case properties(PropertyGroup)
  case texture
  /// Something that is neither, such as display properties.
  case other
}

/// A group of properties; its members are read past, but they are counted.
struct PropertyGroup {
  /// The kinds of the core specification and of the materials extension.
  enum Kind {
    case baseMaterials, colors, textureCoordinates, compositeMaterials, multiProperties
    /// One of another extension: its members cannot be counted.
    case unknown
  }

  let kind: Kind
  var count: Int
}

/// An object of a model: a mesh, or other objects put together.
struct ObjectResource {
  /// What it is for (chapter 4).
  enum Kind: String {
    case model, solidsupport, support, surface, other
  }

  enum Content {
    case mesh(ObjectMesh)
    case components([Component])
  }

  let kind: Kind
  let name: String?
  let content: Content
  /// Whether the slice extension says that the mesh is only approximate.
  let isApproximate: Bool
}

/// A mesh in the unit of its model.
struct ObjectMesh {
  var vertices: [SIMD3<Double>] = []
  /// Three vertex numbers a triangle.
  var corners: [UInt32] = []
}

/// An object used in another one, or to be built: which, and where.
struct Component {
  /// What few have; apart, as there can be as many components as bytes in a file over 24.
  private final class Details: Sendable {
    let path: PartName?
    let transform: Transform

    init(_ path: PartName?, _ transform: Transform) {
      self.path = path
      self.transform = transform
    }
  }

  let identifier: UInt32
  private let details: Details?

  init(path: PartName?, identifier: UInt32, transform: Transform) {
    self.identifier = identifier
    details = path == nil && transform == .identity ? nil : Details(path, transform)
  }

  /// The model part it is in; nil for the one that says so.
  var path: PartName? { details?.path }
  var transform: Transform { details?.transform ?? .identity }
}
