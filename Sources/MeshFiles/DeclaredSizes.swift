public import Geometry

/// What a brand says of a part that nothing here measures: a STEP file, which has surfaces and no facets.
public struct DeclaredSizes: Hashable, Sendable {
  // Three numbers: async functions whose arguments are aligned to 32 bytes, as SIMD3 is, free memory that they
  // have not got (Swift 6.3, "freed pointer was not the last allocation").
  private var x, y, z: Double
  /// The edges of the part's box along x, y, z, in millimetres.
  public var size: SIMD3<Double> {
    get { SIMD3(x, y, z) }
    set { (x, y, z) = (newValue.x, newValue.y, newValue.z) }
  }
  /// What the part's surface encloses, in cubic millimetres.
  public var volumeCubicMillimetres: Double
  /// The part's surface in square millimetres.
  public var areaSquareMillimetres: Double

  /// Sizes as they are said.
  public init(
    size: SIMD3<Double>, volumeCubicMillimetres: Double, areaSquareMillimetres: Double
  ) {
    (x, y, z) = (size.x, size.y, size.z)
    self.volumeCubicMillimetres = volumeCubicMillimetres
    self.areaSquareMillimetres = areaSquareMillimetres
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
