/// What a mesh file may cost its reader.
public struct MeshLimits: Hashable, Sendable {
  /// Triangles a file may have; below `MeshDetection.textCountMin` (151,587,081).
  public var trianglesMax: Int
  /// Bytes a file may have.
  public var bytesMax: Int
  /// Bytes a line of an ASCII STL or a PLY header may have, without its end.
  public var lineBytesMax: Int
  /// Bytes the name of a solid or an object may have.
  public var nameBytesMax: Int
  /// Corners a polygon of an OBJ or PLY file may have.
  public var polygonCornersMax: Int
  /// Named objects with facets that an OBJ file may have.
  public var bodiesMax: Int
  /// Triangles up to which the mesh is welded, at up to 170 bytes each. A larger mesh is measured in
  /// constant memory only: `MeshInspection` then knows no vertices, shells or watertightness.
  public var weldTrianglesMax: Int
  /// What a 3MF package may cost beyond that.
  public var threeMF: ThreeMFLimits

  /// Limits; by default a binary file is as large as `bytesMax` says, and welding costs up to 700 MB.
  public init(
    trianglesMax: Int = 43_000_000,
    bytesMax: Int = 2 << 30,
    lineBytesMax: Int = 1024,
    nameBytesMax: Int = 256,
    polygonCornersMax: Int = 4096,
    bodiesMax: Int = 10_000,
    weldTrianglesMax: Int = 4_000_000,
    threeMF: ThreeMFLimits = ThreeMFLimits()
  ) {
    self.trianglesMax = min(trianglesMax, Int(MeshDetection.textCountMin) - 1)
    self.bytesMax = bytesMax
    self.lineBytesMax = lineBytesMax
    self.nameBytesMax = nameBytesMax
    self.polygonCornersMax = polygonCornersMax
    self.bodiesMax = bodiesMax
    self.weldTrianglesMax = weldTrianglesMax
    self.threeMF = threeMF
  }

  /// Bytes a line of OBJ or PLY may have, on which a whole polygon stands: 32 for each corner.
  var polygonLineBytesMax: Int { lineBytesMax + 32 * polygonCornersMax }

  /// Vertices a file may have: three for each triangle.
  var verticesMax: Int { 3 * trianglesMax }
}
