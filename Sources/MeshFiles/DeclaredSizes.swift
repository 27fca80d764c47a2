internal import Geometry

/// What a brand says of a part that nothing here measures: a STEP file, which has surfaces and no facets.
public struct DeclaredSizes: Hashable, Sendable, Codable {
  /// The edges of the part's box along x, y, z, in millimetres.
  public var size: SIMD3<Double>
  /// What the part's surface encloses, in cubic millimetres.
  public var volumeCubicMillimetres: Double
  /// The part's surface in square millimetres.
  public var areaSquareMillimetres: Double

  /// Sizes as they are said.
  public init(
    size: SIMD3<Double>, volumeCubicMillimetres: Double, areaSquareMillimetres: Double
  ) {
    self.size = size
    self.volumeCubicMillimetres = volumeCubicMillimetres
    self.areaSquareMillimetres = areaSquareMillimetres
  }

  private enum CodingKeys: String, CodingKey {
    case size = "size_mm"
    case volumeCubicMillimetres = "volume_mm3"
    case areaSquareMillimetres = "area_mm2"
  }

  /// The longest edge that is taken, in millimetres: no machine makes a part of a hundred metres.
  public static let edgeMax = 100_000.0
  /// The largest surface that is taken, in square millimetres: ten square kilometres, of a lattice perhaps.
  public static let areaMax = 1e13

  /// Why no part can have these sizes, in words; nil where one can.
  ///
  /// - The volume is at most the box's.
  /// - The surface is at least that of a ball of the volume (the isoperimetric inequality, V ≤ A^(3/2) /
  ///   (6√π)). The box asks no more of it: a thin bent rod touches all six faces.
  ///
  /// All with room for figures that were rounded to four digits.
  public var impossibility: String? {
    let edges = [size.x, size.y, size.z]
    guard edges.allSatisfy({ $0 > 0 && $0 <= Self.edgeMax }) else {
      return "each edge of the box is more than 0 and at most \(Int(Self.edgeMax)) mm"
    }
    guard volumeCubicMillimetres > 0,
      volumeCubicMillimetres <= size.x * size.y * size.z * Self.room
    else { return "the volume is more than 0 and at most that of the box" }
    guard areaSquareMillimetres > 0, areaSquareMillimetres <= Self.areaMax,
      volumeCubicMillimetres <= MeshFigures.volumeMax(area: areaSquareMillimetres) * Self.room
    else { return "a surface of that area does not enclose that volume" }
    return nil
  }

  private static let room = 1.001
}

extension MeshSummary {
  /// What a brand has said of a STEP file. Its box begins at zero, because nobody knows where it lies.
  public init(declared sizes: DeclaredSizes) {
    self.init(
      format: .step, unit: .millimeter, source: .sender,
      figures: MeshFigures(
        triangles: 0, bounds: Bounds(min: .zero, max: sizes.size),
        signedVolume: sizes.volumeCubicMillimetres, area: sizes.areaSquareMillimetres,
        isClosed: true),
      measuredBy: .brand)
  }

  /// Of a STEP file, by the mesh that a converter has made of it in millimetres.
  public init(converted mesh: MeshSummary) {
    self.init(
      format: .step, unit: .millimeter, source: .file, figures: MeshFigures(mesh),
      measuredBy: .converter)
  }

  /// What was declared, of sizes that were.
  public var declared: DeclaredSizes? {
    guard measuredBy == .brand else { return nil }
    return DeclaredSizes(
      size: size, volumeCubicMillimetres: volumeCubicMillimetres,
      areaSquareMillimetres: areaSquareMillimetres)
  }
}
