/// What can be known of a mesh in one pass and constant memory.
///
/// Volume and centre of mass are sums over the tetrahedra that each facet spans with the mesh's first
/// vertex (C. Zhang, T. Chen, "Efficient feature extraction for 2D/3D objects in mesh representation",
/// ICIP 2001), so that a part far from the origin measures like one beside it. Sums are compensated:
/// the order of the facets does not show.
public struct MeshMeasurement: FacetSink, Sendable {
  /// Facets seen, degenerate ones included.
  public private(set) var triangles = 0
  /// Facets with coinciding corners or no area (`Facet.isDegenerate`).
  public private(set) var degenerateFacets = 0
  /// The box that holds every corner; nil before the first facet.
  public var bounds: Bounds? { triangles > 0 ? box : nil }

  private var box = Bounds(min: .zero, max: .zero)
  private var origin = SIMD3<Double>.zero
  private var sixfoldVolume = CompensatedSum()
  private var doubleArea = CompensatedSum()
  private var momentX = CompensatedSum()
  private var momentY = CompensatedSum()
  private var momentZ = CompensatedSum()

  /// The measurement of a mesh without facets.
  public init() {}

  /// Takes one facet. Coordinates that are not finite spoil the sums; they do not crash.
  public mutating func add(_ facet: Facet) {
    add(facet.a.position, facet.b.position, facet.c.position)
  }

  /// Takes the facet between three positions, in millimetres.
  @inline(__always)
  public mutating func add(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) {
    if triangles == 0 {
      origin = a
      box = Bounds(min: a, max: a)
    }
    box.include(a)
    box.include(b)
    box.include(c)
    triangles += 1

    let normal = cross(b - a, c - a)
    if normal == .zero {
      degenerateFacets += 1
    } else {
      doubleArea.add(dot(normal, normal).squareRoot())
    }

    let p = a - origin
    let q = b - origin
    let r = c - origin
    let volume = dot(p, cross(q, r))
    sixfoldVolume.add(volume)
    let corners = p + q + r
    momentX.add(volume * corners.x)
    momentY.add(volume * corners.y)
    momentZ.add(volume * corners.z)
  }

  /// The enclosed volume in cubic millimetres: positive where facets face outwards, negative in a mesh
  /// turned inside out, and without meaning unless it is closed.
  public var signedVolume: Double { sixfoldVolume.value / 6 }

  /// The surface in square millimetres.
  public var area: Double { doubleArea.value / 2 }

  /// The centre of mass of the enclosed volume at even density, in millimetres; nil where no volume is
  /// enclosed. Without meaning unless the mesh is closed.
  public var centreOfMass: SIMD3<Double>? {
    let volume = sixfoldVolume.value
    guard volume != 0, volume.isFinite else { return nil }
    return origin + SIMD3(momentX.value, momentY.value, momentZ.value) / (4 * volume)
  }
}

extension Mesh {
  /// Measures all facets.
  public func measurement() -> MeshMeasurement {
    var measurement = MeshMeasurement()
    // Positions are fetched in a loop with nothing else in it, so that many loads are on their way at a
    // time where the facets have no order.
    var block: [SIMD3<Double>] = []
    for start in stride(from: 0, to: corners.count, by: 3 * 128) {
      block.removeAll(keepingCapacity: true)
      for corner in corners[start..<min(start + 3 * 128, corners.count)] {
        block.append(vertices[Int(corner)])
      }
      for first in stride(from: 0, to: block.count, by: 3) {
        measurement.add(block[first], block[first + 1], block[first + 2])
      }
    }
    return measurement
  }
}
