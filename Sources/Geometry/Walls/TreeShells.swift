/// The shells of a mesh, numbered as the facets come in its tree.
struct TreeShells {
  struct Shell {
    /// Relative to the shell's first corner, so that a small shell far from the middle keeps its digits.
    private let origin: SIMD3<Double>
    private var sixfold = CompensatedSum()
    private(set) var low: SIMD3<Double>
    private(set) var high: SIMD3<Double>
    /// The largest facet, by position in the tree.
    private(set) var facet: Int
    private var largest = -1.0

    init(_ triangle: Triangle, _ position: Int) {
      (origin, low, high, facet) = (triangle.a, triangle.a, triangle.a, position)
    }

    /// In the tree's frame; negative where the facets face inwards.
    var signedVolume: Double { sixfold.value / 6 }

    mutating func add(_ triangle: Triangle, _ position: Int) {
      let (a, b, c) = (triangle.a - origin, triangle.b - origin, triangle.c - origin)
      sixfold.add(dot(a, cross(b, c)))
      low = pointwiseMin(low, pointwiseMin(triangle.a, pointwiseMin(triangle.b, triangle.c)))
      high = pointwiseMax(high, pointwiseMax(triangle.a, pointwiseMax(triangle.b, triangle.c)))
      let vector = triangle.areaVector
      if dot(vector, vector) > largest { (largest, facet) = (dot(vector, vector), position) }
    }
  }

  private(set) var list: [Shell] = []
  /// The shell of each facet, by position in the tree.
  private(set) var numbers: [UInt32] = []

  /// Those of `mesh`, which is welded and which `tree` was built of.
  init(of mesh: Mesh, in tree: FacetTree) {
    var shells = MeshShells(mesh)
    var known: [UInt32: UInt32] = [:]
    numbers.reserveCapacity(tree.count)
    for position in 0..<tree.count {
      let triangle = tree.triangle(position)
      let root = shells.shell(of: Int(tree.facets[position]))
      let number = known[root] ?? UInt32(list.count)
      if number == list.count {
        known[root] = number
        list.append(Shell(triangle, position))
      }
      list[Int(number)].add(triangle, position)
      numbers.append(number)
    }
  }
}
