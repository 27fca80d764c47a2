/// Why a mesh file is refused.
///
/// `code` is stable and fit for a program; `message` is fit for the person who sent the file. Neither
/// ever contains a byte of the file: places are given as numbers.
public struct MeshRefusal: Error, Hashable, Sendable {
  /// The kinds of refusal. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// The file ends before the mesh does.
    case truncated = "mesh.truncated"
    /// A binary STL ends between two facets, with fewer of them than its header counts; or the count
    /// of a list in a PLY is impossible.
    case countMismatch = "mesh.count_mismatch"
    /// A coordinate is infinite, not a number, or beyond single precision.
    case notFinite = "mesh.not_finite"
    /// The content is of no mesh format that is read here.
    case unrecognised = "mesh.unrecognised"
    /// More bytes or triangles than `MeshLimits` allows.
    case tooLarge = "mesh.too_large"
    /// A line of an ASCII file is longer than `MeshLimits` allows.
    case lineTooLong = "mesh.line_too_long"
    /// The name of a solid or an object is longer than `MeshLimits` allows.
    case nameTooLong = "mesh.name_too_long"
    /// A text file has a word where its grammar wants another.
    case asciiSyntax = "mesh.ascii_syntax"
    /// The file goes on after the end of the mesh.
    case trailingData = "mesh.trailing_data"
    /// There is no facet in the file.
    case empty = "mesh.empty"
    /// A facet uses a vertex that there is not.
    case indexOutOfRange = "mesh.index_out_of_range"
    /// The header of a PLY does not describe a mesh.
    case badHeader = "mesh.bad_header"
    /// Geometry that is not read here, such as free-form surfaces: what is left would not be the part.
    case unsupported = "mesh.unsupported"
    /// Polygons so intricate that cutting them into triangles takes too long.
    case tooComplex = "mesh.too_complex"
  }

  /// What kind of refusal it is.
  public let code: Code
  /// What is wrong and where, in English, without anything from the file.
  public let message: String

  /// A refusal; `message` must not quote the file.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension MeshRefusal: CustomStringConvertible {
  /// The code and the message, for a log.
  public var description: String { "\(code.rawValue): \(message)" }
}
