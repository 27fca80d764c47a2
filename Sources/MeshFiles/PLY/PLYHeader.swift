/// What the header of a PLY file says.
///
/// G. Turk, "The PLY Polygon File Format", 1994; and the names with sizes (`float32`) that later writers
/// use for the types.
struct PLYHeader: Sendable {
  enum Encoding: Sendable {
    case ascii, binaryLittleEndian, binaryBigEndian
  }

  enum Scalar: Sendable {
    case int8, uint8, int16, uint16, int32, uint32, float32, float64

    init?(_ name: String) {
      switch name {
      case "char", "int8": self = .int8
      case "uchar", "uint8": self = .uint8
      case "short", "int16": self = .int16
      case "ushort", "uint16": self = .uint16
      case "int", "int32": self = .int32
      case "uint", "uint32": self = .uint32
      case "float", "float32": self = .float32
      case "double", "float64": self = .float64
      default: return nil
      }
    }

    var bytes: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .float64: 8
      }
    }

    var isInteger: Bool { self != .float32 && self != .float64 }
  }

  struct Property: Sendable {
    enum Shape: Sendable {
      case scalar(Scalar)
      case list(count: Scalar, items: Scalar)
    }

    let name: String
    let shape: Shape
    /// 0, 1, 2 for a vertex's x, y, z.
    var axis: Int?
    /// Whether it lists the vertices of a face or strip.
    var isIndices = false
  }

  struct Element: Sendable {
    enum Role: Sendable {
      case vertices, faces, strips, other
    }

    let role: Role
    let name: String
    let count: Int
    var properties: [Property] = []
  }

  let encoding: Encoding
  /// Those with properties, in the order of the file; others have no bytes.
  let elements: [Element]

  var format: MeshFormat { encoding == .ascii ? .plyASCII : .plyBinary }

  var vertexCount: Int { elements.first { $0.role == .vertices }?.count ?? 0 }
}
