/// A bounding volume hierarchy over a mesh's facets, for asking what a ray hits, which surface is
/// nearest and which facets lie close to each other, in about logarithmic time a question.
///
/// **Frame.** Questions and answers are in the tree's own frame: the mesh moved to the middle of its
/// bounds and scaled by a power of two into ±1 (`local`, `millimetres`). Far from the origin, or a
/// thousand times larger, a part is the same there. Points and directions stay in double precision,
/// boxes are in single precision and padded, so that no rounding makes a query miss a facet.
///
/// **Order.** Facets are sorted along a Morton curve through their centroids (G. Morton 1966; C. Lauterbach
/// et al., "Fast BVH Construction on GPUs", Eurographics 2009, section 3), ties by position. The tree of
/// a mesh whose facets are listed in another order is the same but for the facets' numbers, and so is
/// whatever is measured with it. Equal centroids are split in the middle: the depth stays below
/// `depthMax` whatever the mesh.
///
/// Building takes n log n time. A tree holds at most 210 bytes a facet, and about 80 for a closed mesh;
/// 40 more while it is built.
public struct FacetTree: Sendable {
  /// A box around some facets. Nodes are in preorder: an inner node's first child follows it.
  struct Node {
    /// The padded box, in the tree's frame; the fourth lane is 0.
    var low: SIMD4<Float>
    var high: SIMD4<Float>
    /// A leaf's first facet, by position; an inner node's second child.
    var link: UInt32
    /// A leaf's facets; 0 in an inner node.
    var count: UInt32
    /// The directions that facets in the box face (`NormalCells`).
    var normals: UInt64
  }

  /// No leaf is deeper than this: 63 bits of a Morton code, then halves of at most 2^30 facets.
  static let depthMax = 96
  /// The most facets a tree takes.
  public static let facetsMax = 1 << 30
  static let leafFacetsMax = 4
  /// What boxes are padded by: sixteen units in the last place of 1, for the rounding of a query's
  /// origin and of its arithmetic in single precision, for coordinates within ±4.
  static let padding: Float = 0x1p-20

  /// The middle of the mesh's bounds, in millimetres.
  let centre: SIMD3<Double>
  /// The length of the frame's unit, in millimetres; a power of two.
  let unit: Double
  let nodes: [Node]
  /// The facets' numbers in the mesh, by position in the tree.
  let facets: [UInt32]
  /// Three numbers of `points` a facet, by position in the tree.
  let corners: [UInt32]
  /// The vertices in the tree's frame, in the order in which facets first use them.
  let points: [SIMD3<Double>]

  /// The tree over all facets of `mesh`; nil if there are none or more than `facetsMax`, or if their
  /// size is beyond what double precision can square (10^100 mm, either way).
  public init?(_ mesh: Mesh) {
    guard mesh.triangles <= Self.facetsMax, let bounds = mesh.bounds else { return nil }
    // Halved first: the sum of two finite numbers need not be one.
    let centre = bounds.min / 2 + bounds.max / 2
    let half = (bounds.max / 2 - bounds.min / 2).max()
    guard half > 1e-100, half < 1e100 else { return nil }
    self.centre = centre
    // half is in [unit / 2, unit): what is rounded in the middle stays within ±1.
    unit = 2 * half.binade
    let builder = FacetTreeBuilder(mesh: mesh, centre: centre, scale: 1 / unit)
    nodes = builder.nodes
    facets = builder.facets
    corners = builder.corners
    points = builder.points
  }

  /// Facets in the tree: all of the mesh.
  public var count: Int { facets.count }

  /// The volume that the facets enclose, in the tree's frame; negative in a mesh turned inside out.
  var signedVolume: Double {
    var sixfold = CompensatedSum()
    for position in 0..<count {
      let triangle = triangle(position)
      sixfold.add(dot(triangle.a, cross(triangle.b, triangle.c)))
    }
    return sixfold.value / 6
  }

  /// A position in millimetres, in the tree's frame.
  func local(_ point: SIMD3<Double>) -> SIMD3<Double> { (point - centre) / unit }

  /// A position in the tree's frame, in millimetres.
  func millimetres(_ point: SIMD3<Double>) -> SIMD3<Double> { point * unit + centre }

  /// The corners, in the tree's frame, of the facet at a position in the tree.
  @inline(__always)
  func triangle(_ position: Int) -> Triangle {
    Triangle(
      a: points[Int(corners[3 * position])], b: points[Int(corners[3 * position + 1])],
      c: points[Int(corners[3 * position + 2])])
  }
}

/// Three corners, anticlockwise seen from outside.
struct Triangle {
  var a: SIMD3<Double>
  var b: SIMD3<Double>
  var c: SIMD3<Double>

  /// Outward, twice the area long.
  @inline(__always)
  var areaVector: SIMD3<Double> { cross(b - a, c - a) }

  var centroid: SIMD3<Double> { (a + b + c) / 3 }
}

/// How much work a query may do; a step is a box or a facet looked at.
struct StepCounter {
  let limit: Int
  private(set) var used = 0

  init(limit: Int) { self.limit = limit }

  /// Whether a query was or would be cut short; its answer is then not to be relied on.
  var isExhausted: Bool { used >= limit }

  @inline(__always)
  mutating func take(_ steps: Int = 1) { used &+= steps }
}
